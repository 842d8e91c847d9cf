import Testing

@testable import FetchTransport

/// What the kernel is told of sockets: as little as possible, and nothing wrong.
@Suite struct SocketInterestTests {
    private func changes(_ interest: inout SocketInterest) -> [SocketInterest.Change] {
        var changes: [SocketInterest.Change] = []
        interest.takeChanges { changes.append($0) }
        return changes
    }

    private func change(
        _ socket: Int32, _ events: SocketInterest.Events, isNew: Bool = true
    ) -> SocketInterest.Change {
        SocketInterest.Change(socket: socket, events: events, isNew: isNew)
    }

    @Test func tellsOnlyTheDifferenceThatIsLeft() {
        var interest = SocketInterest()
        interest.want(.writable, of: 5, for: 0)
        interest.want([], of: 5, for: 0)
        interest.want(.readable, of: 5, for: 0)
        #expect(changes(&interest) == [change(5, .readable)])
        #expect(changes(&interest) == [])
        // Asked for and dropped and asked for again, as libcurl does it between two requests.
        interest.want([], of: 5, for: 0)
        interest.want(.writable, of: 5, for: 0)
        interest.want(.readable, of: 5, for: 0)
        #expect(changes(&interest) == [])
        interest.want([.readable, .writable], of: 5, for: 0)
        #expect(changes(&interest) == [change(5, [.readable, .writable], isNew: false)])
    }

    @Test func leavesAnIdleSocketRegistered() {
        var interest = SocketInterest()
        interest.want(.readable, of: 5, for: 3)
        #expect(interest.owner(of: 5) == 3)
        _ = changes(&interest)
        interest.want([], of: 5, for: 3)
        #expect(changes(&interest) == [])
        #expect(interest.owner(of: 5) == nil)
        // Its event was met by nobody: told to forget it, the kernel has to be told anew.
        interest.forget(5)
        interest.want(.readable, of: 5, for: 2)
        #expect(changes(&interest) == [change(5, .readable)])
        #expect(interest.owner(of: 5) == 2)
    }

    @Test func knowsNothingOfASocketThatIsNew() {
        var interest = SocketInterest()
        interest.want(.readable, of: 7, for: 1)
        _ = changes(&interest)
        interest.reset(7)
        #expect(interest.owner(of: 7) == nil)
        #expect(changes(&interest) == [])
        interest.want(.readable, of: 7, for: 1)
        #expect(changes(&interest) == [change(7, .readable)])
    }

    @Test func saysWhetherTheKernelMustForgetASocketAtOnce() {
        var interest = SocketInterest()
        #expect(interest.drop(9) == false)
        interest.want(.readable, of: 9, for: 0)
        #expect(interest.drop(9) == false, "the kernel was not told yet")
        #expect(changes(&interest) == [])
        interest.want(.readable, of: 9, for: 0)
        _ = changes(&interest)
        #expect(interest.drop(9) == true)
        #expect(interest.drop(9) == false)
        interest.want(.readable, of: 9, for: 0)
        #expect(changes(&interest) == [change(9, .readable)])
    }

    @Test func growsWithTheNumbers() {
        var interest = SocketInterest()
        #expect(interest.owner(of: 1_000_000) == nil)
        interest.forget(1_000_000)
        for socket: Int32 in [0, 63, 64, 65, 1000, 99_999] {
            interest.want(.writable, of: socket, for: UInt8(socket % 60))
        }
        #expect(changes(&interest).map(\.socket) == [0, 63, 64, 65, 1000, 99_999])
        #expect(interest.owner(of: 99_999) == 39)
        #expect(interest.owner(of: 99_998) == nil)
    }
}
