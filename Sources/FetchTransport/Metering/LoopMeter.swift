/// Counts the bytes of the bodies of one loop, and publishes them once a turn, and when a transfer ends. Not Sendable: it belongs to the loop's thread.
final class LoopMeter {
    /// The meter of the run.
    let meter: TransferMeter
    /// What is to be published: bytes received, and the changes of ``BodyProgress/missing`` and ``BodyProgress/known``.
    var received = 0
    var missing = 0
    var known = 0

    init(_ meter: TransferMeter) { self.meter = meter }

    /// Publishes the sums of the turn.
    func publish() {
        guard received != 0 || missing != 0 || known != 0 else { return }
        meter.add(received: received, missing: missing, known: known)
        received = 0
        missing = 0
        known = 0
    }
}
