import Synchronization
import Testing

@testable import FetchTransport

/// What is due when.
@Suite struct AlarmListTests {
    private final class Calls: Sendable {
        private let names = Mutex<[String]>([])
        var made: [String] { names.withLock { $0 } }
        func make(_ name: String) -> @Sendable () -> Void { { self.names.withLock { $0.append(name) } } }
    }

    @Test func givesWhatIsDueTheEarliestFirst() {
        let calls = Calls()
        var alarms = AlarmList()
        #expect(alarms.earliest == nil)
        alarms.add(at: 30, calls.make("c"))
        alarms.add(at: 10, calls.make("a"))
        alarms.add(at: 20, calls.make("b"))
        #expect(alarms.earliest == 10)
        #expect(alarms.takeDue(now: 9).isEmpty)
        for action in alarms.takeDue(now: 20) { action() }
        #expect(calls.made == ["a", "b"])
        #expect(alarms.earliest == 30)
        for action in alarms.takeDue(now: .max) { action() }
        #expect(calls.made == ["a", "b", "c"])
        #expect(alarms.earliest == nil)
        #expect(alarms.takeDue(now: .max).isEmpty)
    }

    @Test func keepsWhatIsAddedWhileOneIsUnderWay() {
        let calls = Calls()
        var alarms = AlarmList()
        alarms.add(at: 10, calls.make("a"))
        let due = alarms.takeDue(now: 10)
        alarms.add(at: 5, calls.make("b"))
        for action in due { action() }
        #expect(calls.made == ["a"])
        #expect(alarms.earliest == 5)
    }
}
