/// Names one transfer in the loop. No two at once have the same number.
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

    /// What is under way, each in a place that it keeps: looked up by number a million times, without a hash.
    private var running: [(id: TransferID, slot: Slot)?] = []
    private var freePlaces: [Int] = []
    /// Whether ``shutDown()`` was called.
    private(set) var isShutDown = false

    /// Transfers under way.
    var count: Int { running.count - freePlaces.count }

    /// A task asks for a transfer.
    func submit(isCancelled: Bool) -> Submission {
        if isShutDown { return .refused }
        return isCancelled ? .alreadyCancelled : .start
    }

    /// The transfer was handed to libcurl.
    ///
    /// - Returns: Its place until it ends.
    mutating func started(_ id: TransferID, in slot: Slot) -> Int {
        guard let place = freePlaces.popLast() else {
            running.append((id, slot))
            return running.count - 1
        }
        running[place] = (id, slot)
        return place
    }

    /// A task was cancelled. Gives the slot to take out of libcurl while it is under way; nil before its submission,
    /// which will say so itself, and after its end.
    ///
    /// - Parameters:
    ///   - id: Which transfer.
    ///   - place: Where it was; nil when it has not started yet.
    mutating func cancel(_ id: TransferID, at place: Int?) -> Slot? {
        guard let place, place < running.count, let (running, slot) = running[place], running == id else { return nil }
        completed(at: place)
        return slot
    }

    /// libcurl has ended the transfer in a place.
    mutating func completed(at place: Int) {
        running[place] = nil
        freePlaces.append(place)
    }

    /// Nothing starts from now on; gives all that is under way, to be ended. Calling it again gives none.
    mutating func shutDown() -> [Slot] {
        isShutDown = true
        defer {
            freePlaces = Array(running.indices)
            for place in running.indices { running[place] = nil }
        }
        return running.compactMap { $0?.slot }
    }
}
