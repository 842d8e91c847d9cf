/// Names one transfer in the loop. Numbers are never used twice.
struct TransferID: Hashable, Sendable {
    let rawValue: UInt64
}

/// Which transfers the loop knows, and what a message about one of them has to do. Pure: events in, verdicts out.
///
/// Cancelling is a race by nature: the message may come before the submission, during the transfer, or after its end.
/// The submission carries whether its task was cancelled already, which settles the first; the second removes the
/// handle; the third is nobody's any more.
struct LoopState<Slot> {
    /// What a submission leads to.
    enum Submission: Equatable {
        /// Start it.
        case start
        /// Its task was cancelled before it came: answer `cancelled`, send nothing.
        case alreadyCancelled
        /// The loop is shutting down: answer `cancelled`.
        case refused
    }

    private var running: [TransferID: Slot] = [:]
    /// Whether ``shutDown()`` was called.
    private(set) var isShutDown = false

    /// Transfers under way.
    var count: Int { running.count }

    /// A task asks for a transfer.
    func submit(isCancelled: Bool) -> Submission {
        if isShutDown { return .refused }
        return isCancelled ? .alreadyCancelled : .start
    }

    /// The transfer was handed to libcurl.
    mutating func started(_ id: TransferID, in slot: Slot) {
        running[id] = slot
    }

    /// A task was cancelled. Gives the slot to take out of libcurl while it is under way; nil before its submission,
    /// which will say so itself, and after its end.
    mutating func cancel(_ id: TransferID) -> Slot? {
        running.removeValue(forKey: id)
    }

    /// libcurl has ended the transfer.
    mutating func completed(_ id: TransferID) {
        running.removeValue(forKey: id)
    }

    /// Nothing starts from now on; gives all that is under way, to be ended. Calling it again gives none.
    mutating func shutDown() -> [Slot] {
        isShutDown = true
        defer { running.removeAll() }
        return Array(running.values)
    }
}
