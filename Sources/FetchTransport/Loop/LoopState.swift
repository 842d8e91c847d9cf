/// Identifies one transfer in the loop. Numbers of concurrent transfers are different.
struct TransferID: Hashable, Sendable {
    let rawValue: UInt64
}

/// The transfers that the loop knows, and what a message about one of them must do. Pure: it takes events and returns
/// verdicts.
///
/// Cancelling is always a race: the message may arrive before the submission, during the transfer, or after its end.
/// The submission contains whether its task was cancelled already, which decides the first case; in the second the
/// handle is removed; in the third nothing is left to do.
struct LoopState<Handle> {
    /// The verdict on a submission.
    enum Submission: Equatable {
        /// Start it.
        case start
        /// Its task was cancelled before it arrived: complete it as `cancelled`, send nothing.
        case alreadyCancelled
        /// The loop is shutting down: complete it as `cancelled`.
        case refused
    }

    /// The transfers in flight, each in a slot that it keeps, so that it is found by number without a hash.
    private var running: [(id: TransferID, handle: Handle)?] = []
    private var freeSlots: [Int] = []
    /// Whether ``shutDown()`` was called.
    private(set) var isShutDown = false

    /// The number of transfers in flight.
    var count: Int { running.count - freeSlots.count }

    /// A task submits a transfer.
    func submit(isCancelled: Bool) -> Submission {
        if isShutDown { return .refused }
        return isCancelled ? .alreadyCancelled : .start
    }

    /// The transfer was passed to libcurl.
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

    /// A task was cancelled. Returns the handle to remove from libcurl while the transfer is in flight; nil before its
    /// submission, which contains the cancellation, and after its end.
    ///
    /// - Parameters:
    ///   - id: The transfer.
    ///   - slot: Its slot; nil if it has not started yet.
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

    /// No transfer starts from now on; returns all transfers in flight, to be ended. The second call returns none.
    mutating func shutDown() -> [Handle] {
        isShutDown = true
        defer {
            freeSlots = Array(running.indices)
            for slot in running.indices { running[slot] = nil }
        }
        return running.compactMap { $0?.handle }
    }
}
