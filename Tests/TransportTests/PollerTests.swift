import FetchHTTP
import FetchSystem
@testable import FetchTransport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Both ways of waiting, held to the same behaviour: the one of this system and the one of the others.
@Suite(.timeLimit(.minutes(20))) struct PollerTests {
    @Test func pollDoesWhatAPollerDoes() throws {
        var poller = try PollPoller()
        defer { poller.close() }
        try exercise(&poller)
    }

    #if os(Linux)
    @Test func epollDoesWhatAPollerDoes() throws {
        var poller = try EpollPoller()
        defer { poller.close() }
        try exercise(&poller)
    }

    @Test func epollTakesANumberThatStandsForAnotherSocketNow() throws {
        var poller = try EpollPoller()
        defer { poller.close() }
        let first = try Pipe()
        poller.set(change(first.readEnd, .readable))
        // Closed behind its back: the kernel forgot it, and the number comes back for another pipe.
        first.close()
        let second = try Pipe()
        defer { second.close() }
        poller.set(change(second.readEnd, .readable, isNew: false))
        second.write()
        #expect(events(&poller) == [second.readEnd: .readable])
        // Told twice that it is new.
        poller.set(change(second.readEnd, .readable))
        #expect(events(&poller) == [second.readEnd: .readable])
    }

    /// The kernel watches no regular file, as it watches no socket beyond fs.epoll.max_user_watches.
    @Test func `issue 20.3: what epoll refuses is polled, beside what it watches`() throws {
        var poller = try EpollPoller()
        defer { poller.close() }
        let refused = open("/proc/self/exe", O_RDONLY)
        try #require(refused >= 0)
        defer { SystemFile.close(refused) }
        poller.set(change(refused, .readable))
        #expect(events(&poller) == [refused: .readable])
        let pipe = try Pipe()
        defer { pipe.close() }
        poller.set(change(pipe.readEnd, .readable))
        #expect(events(&poller) == [refused: .readable])
        pipe.write()
        #expect(events(&poller) == [refused: .readable, pipe.readEnd: .readable])
        poller.waker.wake()
        #expect(events(&poller) == [refused: .readable, pipe.readEnd: .readable])
        poller.set(change(refused, .writable, isNew: false))
        #expect(events(&poller) == [refused: .writable, pipe.readEnd: .readable])
        poller.remove(refused)
        #expect(events(&poller) == [pipe.readEnd: .readable])
        pipe.read()
        #expect(events(&poller, milliseconds: 0).isEmpty)
    }
    #endif

    @Test func pollForgetsASocketThatWasClosed() throws {
        var poller = try PollPoller()
        defer { poller.close() }
        let pipe = try Pipe()
        poller.set(change(pipe.readEnd, .readable))
        pipe.close()
        #expect(events(&poller, milliseconds: 20).isEmpty)
        #expect(events(&poller, milliseconds: 0).isEmpty)
    }

    private func exercise(_ poller: inout some SocketPoller) throws {
        let pipe = try Pipe()
        let other = try Pipe()
        defer { other.close() }

        // A time.
        #expect(emptyWait(&poller, milliseconds: 30) >= .milliseconds(29))

        // Readable once there is something, for as long as there is; nothing that was not asked for.
        poller.set(change(pipe.readEnd, .readable))
        poller.set(change(other.readEnd, .readable))
        #expect(events(&poller, milliseconds: 0).isEmpty)
        pipe.write()
        #expect(events(&poller) == [pipe.readEnd: .readable])
        #expect(events(&poller) == [pipe.readEnd: .readable])
        pipe.read()
        #expect(events(&poller, milliseconds: 0).isEmpty)

        // Writable, until that is not wanted any more.
        poller.set(change(pipe.writeEnd, .writable))
        #expect(events(&poller) == [pipe.writeEnd: .writable])
        pipe.write()
        #expect(events(&poller) == [pipe.writeEnd: .writable, pipe.readEnd: .readable])
        poller.remove(pipe.writeEnd)
        #expect(events(&poller) == [pipe.readEnd: .readable])
        poller.remove(pipe.readEnd)
        #expect(events(&poller, milliseconds: 0).isEmpty)
        poller.remove(pipe.readEnd)

        // Those that are left are still heard.
        other.write()
        #expect(events(&poller) == [other.readEnd: .readable])
        other.read()

        // The other side is gone.
        poller.set(change(pipe.writeEnd, .writable))
        pipe.closeReadEnd()
        #expect(events(&poller)[pipe.writeEnd]?.contains(.failed) == true)
        poller.remove(pipe.writeEnd)
        pipe.closeWriteEnd()

        // A wake-up ends the wait once, however often it was called.
        poller.waker.wake()
        poller.waker.wake()
        #expect(emptyWait(&poller, milliseconds: 10_000) < .seconds(5))
        #expect(emptyWait(&poller, milliseconds: 20) >= .milliseconds(19))
    }

    /// How long a wait takes that reports nothing.
    private func emptyWait(_ poller: inout some SocketPoller, milliseconds: Int32) -> Duration {
        let start = ContinuousClock.now
        #expect(events(&poller, milliseconds: milliseconds).isEmpty)
        return ContinuousClock.now - start
    }

    private func change(
        _ socket: Int32, _ events: SocketInterest.Events, isNew: Bool = true
    ) -> SocketInterest.Change {
        SocketInterest.Change(socket: socket, events: events, isNew: isNew)
    }

    private func events(
        _ poller: inout some SocketPoller, milliseconds: Int32 = 5000
    ) -> [Int32: SocketInterest.Events] {
        var ready: [ReadySocket] = []
        poller.wait(milliseconds: milliseconds, into: &ready)
        return Dictionary(uniqueKeysWithValues: ready.map { ($0.socket, $0.events) })
    }
}

/// A pipe of the system.
private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw FetchError(.io, "no pipe: errno \(errno)") }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    func write() {
        var byte: UInt8 = 1
        #expect(systemWrite(writeEnd, &byte, 1) == 1)
    }

    func read() {
        var byte: UInt8 = 0
        #expect(systemRead(readEnd, &byte, 1) == 1)
    }

    func closeReadEnd() { SystemFile.close(readEnd) }
    func closeWriteEnd() { SystemFile.close(writeEnd) }

    func close() {
        closeReadEnd()
        closeWriteEnd()
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
