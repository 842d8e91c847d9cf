import Testing

@testable import FetchTransport

/// The three moments of a cancellation, and the end, without a thread.
@Suite struct LoopStateTests {
    private let id = TransferID(rawValue: 1)

    @Test func startsWhatIsSubmitted() {
        var state = LoopState<String>()
        #expect(state.submit(isCancelled: false) == .start)
        let slot = state.started(id, in: "handle")
        #expect(state.count == 1)
        state.completed(at: slot)
        #expect(state.count == 0)
    }

    @Test func startsNothingThatWasCancelledBefore() {
        var state = LoopState<String>()
        // The message overtook the submission: nothing to take out, and nothing to remember.
        #expect(state.cancel(id, at: nil) == nil)
        #expect(state.submit(isCancelled: true) == .alreadyCancelled)
        #expect(state.count == 0)
    }

    @Test func takesOutWhatIsCancelledOnItsWay() {
        var state = LoopState<String>()
        let slot = state.started(id, in: "handle")
        let other = state.started(TransferID(rawValue: 2), in: "other")
        #expect(other != slot)
        #expect(state.cancel(id, at: slot) == "handle")
        #expect(state.cancel(id, at: slot) == nil)
        #expect(state.count == 1)
    }

    @Test func leavesAloneWhatHasEnded() {
        var state = LoopState<String>()
        let slot = state.started(id, in: "handle")
        state.completed(at: slot)
        // The handle and its slot belong to another transfer by now.
        #expect(state.started(TransferID(rawValue: 2), in: "handle") == slot)
        #expect(state.cancel(id, at: slot) == nil)
        #expect(state.count == 1)
    }

    @Test func endsAllAtShutdownAndStartsNoMore() {
        var state = LoopState<String>()
        let slot = state.started(id, in: "a")
        _ = state.started(TransferID(rawValue: 2), in: "b")
        #expect(!state.isShutDown)
        #expect(state.shutDown().sorted() == ["a", "b"])
        #expect(state.isShutDown)
        #expect(state.count == 0)
        #expect(state.shutDown() == [])
        #expect(state.submit(isCancelled: false) == .refused)
        #expect(state.submit(isCancelled: true) == .refused)
        #expect(state.cancel(id, at: slot) == nil)
    }
}
