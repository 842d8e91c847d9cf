import Synchronization

/// A door that a script waits at (`Step.hold`) until the test opens it.
///
/// A gate makes "in the middle of the answer" a fact and not a matter of timing: the server stands still there until
/// the test has looked, cancelled or measured. Once open it stays open.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// A closed gate.
    package init() {}

    /// Whether the gate has been opened.
    package var isOpen: Bool { state.withLock { $0.isOpen } }

    /// How many scripts have come to the closed gate, those whose connection has ended since included.
    package var waiterCount: Int { state.withLock { $0.waiting.count } }

    /// Opens the gate for all that wait at it and all that come later.
    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for resume in waiting { resume() }
    }

    /// Calls `resume` when the gate opens, on the thread that opens it. False, and no call, if it is open already.
    func register(_ resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard !state.isOpen else { return false }
            state.waiting.append(resume)
            return true
        }
    }
}
