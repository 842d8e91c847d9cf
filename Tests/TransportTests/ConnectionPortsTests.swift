import Testing

@testable import FetchTransport

@Suite("HTTP/1 connections by their local port")
struct ConnectionPortsTests {
    @Test func `a connection is found by its port until it is closed`() {
        var ports = ConnectionPorts()
        ports.opened(7, at: 40_000)
        ports.opened(8, at: 40_001)
        #expect(ports.socket(at: 40_000) == 7)
        #expect(ports.socket(at: 40_001) == 8)
        #expect(ports.socket(at: 40_002) == nil)
        ports.closed(7)
        #expect(ports.socket(at: 40_000) == nil)
        #expect(ports.count == 1)
        ports.closed(7)
        ports.closed(9)
        #expect(ports.count == 1)
    }

    @Test func `one transfer has it at a time`() {
        var ports = ConnectionPorts()
        ports.opened(7, at: 40_000)
        #expect(!ports.isInUse(at: 40_000))
        let isGiven = ports.use(40_000)
        #expect(isGiven)
        #expect(ports.isInUse(at: 40_000))
        ports.leave(40_000)
        #expect(!ports.isInUse(at: 40_000))
        let isKnown = ports.use(40_001)
        #expect(!isKnown && !ports.isInUse(at: 40_001))
        // It was closed before the transfer left it.
        _ = ports.use(40_000)
        ports.closed(7)
        ports.leave(40_000)
        #expect(ports.count == 0)
    }

    @Test func `a port or a socket that is used again belongs to the newer connection`() {
        var ports = ConnectionPorts()
        ports.opened(7, at: 40_000)
        ports.opened(8, at: 40_000)
        #expect(ports.socket(at: 40_000) == 8)
        // The older one ends without the newer.
        ports.closed(7)
        #expect(ports.socket(at: 40_000) == 8)
        ports.opened(8, at: 40_001)
        #expect(ports.socket(at: 40_000) == nil)
        #expect(ports.socket(at: 40_001) == 8)
        ports.closed(8)
        #expect(ports.count == 0)
    }
}
