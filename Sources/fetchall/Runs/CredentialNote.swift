import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import Synchronization

/// Records in the journal whose the credentials of the command line are, before the first request is sent: a run that is
/// killed before its first outcome must not leave it to another order of the list.
final class CredentialNote: Sendable {
    private struct State {
        var journal: Journal
        var isDone = false
        var failure: InputFailure?
    }

    private let gate: CredentialGate
    private let state: Mutex<State>

    /// - Parameters:
    ///   - gate: Knows the origin when the first input has been read.
    ///   - journal: A journal to which nothing has been added since it was opened.
    init(_ gate: CredentialGate, _ journal: Journal) {
        self.gate = gate
        state = Mutex(State(journal: journal))
    }

    /// The journal with what was recorded.
    var journal: Journal { state.withLock { $0.journal } }

    /// Why the origin could not be written.
    var failure: InputFailure? { state.withLock { $0.failure } }

    /// Records the origin, if there is one; it is called when the first input has been read.
    ///
    /// - Returns: Whether requests may be sent.
    func record() -> Bool {
        state.withLock { state in
            guard !state.isDone else { return state.failure == nil }
            state.isDone = true
            guard let home = gate.home else { return true }
            state.journal.note(credentialOrigin: home.serialization)
            do throws(StoreFailure) {
                try state.journal.flush()
                return true
            } catch {
                state.failure = InputFailure(error.message)
                return false
            }
        }
    }
}

/// A source that returns its first input when the journal knows whose the credentials are.
struct NotingSource: InputSource {
    let source: any InputSource
    let note: CredentialNote

    func next() async -> [Input]? {
        guard let chunk = await source.next() else { return nil }
        guard note.record() else {
            source.close()
            return nil
        }
        return chunk
    }

    func close() { source.close() }

    var total: Int? { source.total }

    var failure: InputFailure? { note.failure ?? source.failure }
}
