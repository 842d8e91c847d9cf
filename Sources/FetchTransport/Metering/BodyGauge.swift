import FetchHTTP

/// Counts the bytes of one body after the other, those of one easy handle. Not Sendable: it belongs to the loop's thread.
final class BodyGauge {
    private let loop: LoopMeter
    private var received = 0
    /// The length that the head announced; nil if it is not known.
    private var length: Int?
    /// The bytes of it that are missing.
    private var missing = 0
    private var entry: LargeTransfer?
    /// The bytes that an earlier transfer left and this one continues; to be set before the body is announced.
    var resumedFrom = 0

    /// The file that the body is a segment of, which is shown instead; to be set before the body is announced.
    var segments: SegmentProgress?

    init(_ loop: LoopMeter) { self.loop = loop }

    /// The head of the response announces a body.
    ///
    /// - Parameter length: The bytes on the wire that will come.
    /// - Returns: Whether the body is large, and is to be shown.
    func announce(length: Int) -> Bool {
        guard segments == nil else { return true }
        self.length = length
        missing = length
        loop.missing += length
        loop.known += 1
        return length > BodyProgress.largeSize
    }

    /// Counts bytes of the body.
    ///
    /// - Returns: Whether the body is large and is not shown yet.
    func receive(_ count: Int) -> Bool {
        received += count
        loop.received += count
        if let segments {
            segments.receive(count)
            return false
        }
        if missing > 0 {
            let part = min(missing, count)
            missing -= part
            loop.missing -= part
        }
        if let entry {
            entry.has(received)
            return false
        }
        return received > BodyProgress.largeSize
    }

    /// Shows the body as a line of its own.
    func show(as name: String) {
        if let segments { return segments.begin(loop.meter, as: name) }
        guard entry == nil else { return }
        let entry = loop.meter.begin(name, length: length, resumedFrom: resumedFrom)
        entry.has(received)
        self.entry = entry
    }

    /// The transfer has ended, whole or not: nothing of it is missing any more.
    func end() {
        if length != nil {
            loop.known -= 1
            loop.missing -= missing
            length = nil
            missing = 0
        }
        if let entry {
            loop.meter.end(entry)
            self.entry = nil
        }
        received = 0
        resumedFrom = 0
        segments = nil
    }
}
