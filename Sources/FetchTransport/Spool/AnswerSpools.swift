import Synchronization

/// The spools of a run's answers, by the index of their inputs, and whose turn it is to be written.
package final class AnswerSpools: Sendable {
    private struct State {
        var spools: [Int: AnswerSpool] = [:]
        var turn = 0
    }

    private let file: BlockFile
    private let keepsBodies: Bool
    private let keepsFailures: Bool
    private let state = Mutex(State())
    private let continuation: AsyncStream<Void>.Continuation
    /// An element for bytes that have come for the answer whose turn it is.
    package let arrivals: AsyncStream<Void>

    /// Makes the spools of a run.
    ///
    /// - Parameters:
    ///   - folder: The directory of the temporary file.
    ///   - keepsBodies: Whether bodies are kept at all, or only heads are wanted.
    ///   - keepsFailures: Whether bodies of statuses that are not accepted are kept.
    package init(folder: String, keepsBodies: Bool, keepsFailures: Bool) {
        file = BlockFile(folder: folder)
        self.keepsBodies = keepsBodies
        self.keepsFailures = keepsFailures
        (arrivals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The spool of an input; it is made for the first request.
    package func spool(of index: Int) -> AnswerSpool {
        state.withLock { state in
            if let spool = state.spools[index] { return spool }
            let spool = AnswerSpool(file: file, keepsBody: keepsBodies, keepsFailures: keepsFailures) { [weak self] in
                self?.arrived(index)
            }
            state.spools[index] = spool
            return spool
        }
    }

    /// The spool whose turn it is; nil if nothing was sent for its input yet.
    package var current: AnswerSpool? { state.withLock { $0.spools[$0.turn] } }

    /// The index of the input whose turn it is.
    package var turn: Int { state.withLock { $0.turn } }

    /// Takes the spool of an input whose outcome is there; nil if nothing was sent for it.
    package func take(_ index: Int) -> AnswerSpool? { state.withLock { $0.spools.removeValue(forKey: index) } }

    /// Gives the turn to an input. What has come for it may be taken.
    package func turn(to index: Int) {
        state.withLock { $0.turn = index }
        continuation.yield()
    }

    private func arrived(_ index: Int) {
        if state.withLock({ $0.turn }) == index { continuation.yield() }
    }
}
