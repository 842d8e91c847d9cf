package import FetchHTTP
package import FetchRecords
package import FetchSystem
package import FetchTransport
import Synchronization

/// The inputs of a list that are not done according to a journal.
///
/// No input is returned before all that the journal contains was found in the list again, so that another list is
/// refused before anything is sent. Only if more than ``mostHeld`` inputs would have to wait for that, they are
/// returned, and the rest of the list is compared as it is read.
package final class ResumedSource: InputSource {
    private struct State {
        var held: [Input] = []
        var found = 0
        var isGiving = false
        var isAtEnd = false
        var isClosed = false
        var failure: InputFailure?
    }

    /// The maximum number of inputs that wait while the list is compared.
    static let mostHeld = 65_536

    private let source: any InputSource
    private let completed: CompletedInputs
    private let name: String
    private let folder: BodyFolder?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - source: The whole list.
    ///   - completed: The inputs that are done.
    ///   - name: The name of the journal, for messages.
    ///   - folder: The directory for bodies; all inputs claim their names there.
    package init(_ source: any InputSource, completed: CompletedInputs, name: String, folder: BodyFolder? = nil) {
        self.source = source
        self.completed = completed
        self.name = name
        self.folder = folder
    }

    /// The next inputs that are not done.
    package func next() async -> [Input]? {
        while true {
            if let chunk = state.withLock({ takeHeld(&$0) }) { return chunk.isEmpty ? nil : chunk }
            guard let chunk = await source.next() else {
                state.withLock { $0.isAtEnd = true }
                continue
            }
            if !take(chunk) { source.close() }
        }
    }

    /// The inputs that may be returned; none at the end; nil when more must be read.
    private func takeHeld(_ state: inout State) -> [Input]? {
        if state.failure != nil { return [] }
        if state.isAtEnd, !state.isClosed, state.found < completed.count, source.failure == nil {
            state.failure = InputFailure(
                "the list is shorter than the one that \(name) was started with; no more requests are sent")
            return []
        }
        if state.found == completed.count || state.held.count > Self.mostHeld || state.isAtEnd { state.isGiving = true }
        guard state.isGiving, !state.held.isEmpty else { return state.isAtEnd ? [] : nil }
        defer { state.held = [] }
        return state.held
    }

    /// Compares a chunk with the journal; false if the list is another one.
    private func take(_ chunk: [Input]) -> Bool {
        var waiting: [Input] = []
        var found = 0
        for input in chunk {
            guard let fingerprint = completed.fingerprint(of: input.index) else {
                folder?.reserve(for: input, isDone: false)
                waiting.append(input)
                continue
            }
            guard fingerprint == input.fingerprint else {
                state.withLock { state in
                    state.failure = InputFailure(
                        "input \(input.index) differs from the one in \(name): the list was changed; no more requests are sent"
                    )
                    state.held = []
                }
                return false
            }
            folder?.reserve(for: input, isDone: true)
            found += 1
        }
        state.withLock { state in
            state.held += waiting
            state.found += found
        }
        return true
    }

    /// Ends the list.
    package func close() {
        state.withLock { $0.isClosed = true }
        source.close()
    }

    /// The number of remaining inputs, once it is known.
    package var total: Int? { source.total.map { $0 - completed.count } }

    /// What is wrong with the list.
    package var failure: InputFailure? { state.withLock { $0.failure } ?? source.failure }

    /// Whether the list is not the journal's.
    package var isRefused: Bool { state.withLock { $0.failure != nil } }
}
