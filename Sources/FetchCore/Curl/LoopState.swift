/// Names one transfer in the loop. No two at once have the same number.
struct TransferID: Hashable, Sendable {
    let rawValue: UInt64
}

/// Which transfers the loop knows, and what a message about one of them has to do. Pure: events in, verdicts out.
///
/// Cancelling is a race by nature: the message may come before the submission, during the transfer, or after its end.
/// The submission carries whether its task was cancelled already, which answers the first; the second removes the
/// handle; the third is nobody's any more.
struct LoopState<Handle> {
    /// What a submission leads to.
    enum Submission: Equatable {
        /// Start it.
        case start
        /// Its task was cancelled before it came: answer `cancelled`, send nothing.
        case alreadyCancelled
        /// The loop is shutting down: answer `cancelled`.
        case refused
    }

    /// What is under way, each in a slot that it keeps: looked up by number a million times, without a hash.
    private var running: [(id: TransferID, handle: Handle)?] = []
    private var freeSlots: [Int] = []
    /// Whether ``shutDown()`` was called.
    private(set) var isShutDown = false

    /// Transfers under way.
    var count: Int { running.count - freeSlots.count }

    /// A task asks for a transfer.
    func submit(isCancelled: Bool) -> Submission {
        if isShutDown { return .refused }
        return isCancelled ? .alreadyCancelled : .start
    }

    /// The transfer was handed to libcurl.
    ///
    /// - Returns: Its slot until it ends.
    mutating func started(_ id: TransferID, in handle: Handle) -> Int {
        guard let slot = freeSlots.popLast() else {
            running.append((id, handle))
            return running.count - 1
        }
        running[slot] = (id, handle)
        return slot
    }

    /// A task was cancelled. Gives the handle to take out of libcurl while it is under way; nil before its submission,
    /// which will say so itself, and after its end.
    ///
    /// - Parameters:
    ///   - id: Which transfer.
    ///   - slot: Where it was; nil when it has not started yet.
    mutating func cancel(_ id: TransferID, at slot: Int?) -> Handle? {
        guard let slot, slot < running.count, let (running, handle) = running[slot], running == id else { return nil }
        completed(at: slot)
        return handle
    }

    /// libcurl has ended the transfer in a slot.
    mutating func completed(at slot: Int) {
        running[slot] = nil
        freeSlots.append(slot)
    }

    /// Nothing starts from now on; gives all that is under way, to be ended. Calling it again gives none.
    mutating func shutDown() -> [Handle] {
        isShutDown = true
        defer {
            freeSlots = Array(running.indices)
            for slot in running.indices { running[slot] = nil }
        }
        return running.compactMap { $0?.handle }
    }
}
