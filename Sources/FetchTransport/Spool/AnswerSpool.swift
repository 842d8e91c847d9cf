package import FetchHTTP
import Synchronization

/// The body of an answer between its arrival and its turn to be written: up to 64 KiB in memory, the rest in a file.
///
/// The transfer appends, the writer takes. An answer that is sure to be the last of its input, because its status is
/// accepted, may be taken while it arrives; after that its request cannot be repeated. All others wait for the outcome.
package final class AnswerSpool: Sendable {
    private struct State {
        /// The blocks of the file that were not taken, in order, with their sizes.
        var blocks: [(number: Int, count: Int)] = []
        /// How many of them were taken.
        var taken = 0
        /// The bytes that follow those of the blocks.
        var tail: [UInt8] = []
        /// The head of the answer that arrives; nil before it has come.
        var head: Response?
        /// Whether the bytes wait for the outcome.
        var isHeld = true
        /// Whether bytes were taken before the outcome.
        var isTakenEarly = false
        /// Why no more bytes are accepted.
        var refusal: FetchError?
    }

    /// Bytes that were taken.
    package struct Piece: Sendable {
        /// The head of their response, without its body; nil if a response never came to its head.
        package let head: Response?
        /// The next bytes of the body.
        package let bytes: [UInt8]
    }

    private let file: BlockFile
    /// Whether a body is kept at all.
    private let keepsBody: Bool
    /// Whether bodies of statuses that are not accepted are kept.
    package let keepsFailures: Bool
    /// Called when bytes have come that may be taken.
    private let arrived: @Sendable () -> Void
    private let state = Mutex(State())

    init(
        file: BlockFile, keepsBody: Bool, keepsFailures: Bool, arrived: @escaping @Sendable () -> Void
    ) {
        self.file = file
        self.keepsBody = keepsBody
        self.keepsFailures = keepsFailures
        self.arrived = arrived
    }

    // MARK: The transfer

    /// Drops what is there, because a request is sent, or sent again.
    package func restart() {
        state.withLock { state in
            if state.isTakenEarly {
                state.refusal = FetchError(.truncated, "the answer is written in part and cannot begin again")
                return
            }
            drop(&state)
            state.head = nil
            state.isHeld = true
        }
    }

    /// The head of a response has come.
    ///
    /// - Parameter isLast: Whether it is the answer of its input, whatever comes.
    package func begin(_ head: Response, isLast: Bool) {
        state.withLock { state in
            state.head = head
            state.isHeld = !isLast
        }
    }

    /// Takes bytes of the body.
    ///
    /// - Returns: Why it cannot, or nil.
    package func append(_ bytes: UnsafeRawBufferPointer) -> FetchError? {
        let (failure, isOpen) = state.withLock { state -> (FetchError?, Bool) in
            if let refusal = state.refusal { return (refusal, false) }
            guard keepsBody else { return (nil, false) }
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while !rest.isEmpty {
                let count = min(rest.count, BlockFile.blockSize - state.tail.count)
                state.tail.append(contentsOf: rest.prefix(count))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                guard state.tail.count == BlockFile.blockSize else { continue }
                do throws(FetchError) {
                    state.blocks.append((try file.write(state.tail), state.tail.count))
                } catch {
                    return (error, false)
                }
                state.tail.removeAll(keepingCapacity: true)
            }
            return (nil, !state.isHeld)
        }
        if isOpen { arrived() }
        return failure
    }

    /// Keeps what is there until the outcome, because the attempt has failed.
    ///
    /// - Returns: Whether the request may be repeated: no byte of its answer was taken.
    package func hold() -> Bool {
        state.withLock { state in
            state.isHeld = true
            return !state.isTakenEarly
        }
    }

    // MARK: The writer

    /// Takes the next bytes of an answer that is its input's last; nil if there are none now.
    package func takeEarly() throws(FetchError) -> Piece? {
        try take { !$0.isHeld && ($0.taken < $0.blocks.count || !$0.tail.isEmpty) }
    }

    /// Takes the next bytes after the outcome; nil if there are no more.
    package func take() throws(FetchError) -> Piece? {
        try take { $0.taken < $0.blocks.count || !$0.tail.isEmpty }
    }

    /// Accepts no more bytes.
    package func refuse(_ reason: FetchError) {
        state.withLock { state in
            state.refusal = reason
            drop(&state)
        }
    }

    private func take(if isThere: (State) -> Bool) throws(FetchError) -> Piece? {
        let result = state.withLock { state -> Result<Piece?, FetchError> in
            guard isThere(state) else { return .success(nil) }
            state.isTakenEarly = true
            guard state.taken < state.blocks.count else {
                let bytes = state.tail
                state.tail = []
                return .success(Piece(head: state.head, bytes: bytes))
            }
            let block = state.blocks[state.taken]
            state.taken += 1
            if state.taken == state.blocks.count {
                state.blocks.removeAll()
                state.taken = 0
            }
            do throws(FetchError) {
                return .success(Piece(head: state.head, bytes: try file.take(block.number, count: block.count)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func drop(_ state: inout State) {
        for block in state.blocks[state.taken...] { file.release(block.number) }
        state.blocks.removeAll()
        state.taken = 0
        state.tail = []
    }
}

extension AnswerSpool: Hashable {
    /// Whether they are one spool.
    package static func == (left: AnswerSpool, right: AnswerSpool) -> Bool { left === right }

    /// Hashes the identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
