import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server that the other tests trust, seen from a plain socket.
@Suite struct LoopbackServerTests {
    @Test func answersSeveralRequestsOfOneConnection() throws {
        let server = try LoopbackServer { .ok("\($0.number) on \($0.connection)") }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        #expect(try client.get("/a").body == "1 on 1")
        #expect(try client.get("/b").body == "2 on 1")
        #expect(try RawClient(port: server.port).get("/c").body == "3 on 2")
        #expect(server.log.map(\.target) == ["/a", "/b", "/c"])
        #expect(server.connectionCount == 2)
        #expect(server.peakInFlight == 1)
    }

    @Test func answersPipelinedRequestsInTheirOrder() throws {
        let server = try LoopbackServer { $0.path == "/slow" ? .ok("slow", after: .milliseconds(20)) : .ok($0.path) }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send(["/slow", "/2", "/3"].map { "GET \($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
        #expect(try client.readAnswer().body == "slow")
        #expect(try client.readAnswer().body == "/2")
        #expect(try client.readAnswer().body == "/3")
    }

    @Test func waitsNoLessThanItWasTold() throws {
        let server = try LoopbackServer { _ in .ok("late", after: .milliseconds(50)) }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        let elapsed = try ContinuousClock().measure { _ = try client.get("/") }
        #expect(elapsed >= .milliseconds(50))
    }

    @Test func resetsInTheMiddleOfABody() async throws {
        let server = try LoopbackServer { _ in
            .init([.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .wait(.milliseconds(20)), .reset])
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(throws: RawClient.Failure(code: ECONNRESET)) { try client.readToEnd() }
        #expect(await server.waitUntil { $0.openConnections == 0 })
        #expect(server.inFlight == 0)
    }

    @Test func runsAScriptAtAccept() throws {
        let server = try LoopbackServer(onConnect: { connection in
            switch connection {
            case 1: [.reset]
            case 2: [.text("SSH-2.0-x\r\n"), .close]
            default: nil
            }
        }) { _ in .ok("third") }
        defer { server.stop() }
        let first = try RawClient(port: server.port)
        #expect(throws: RawClient.Failure(code: ECONNRESET)) { try first.read() }
        #expect(try RawClient(port: server.port).readToEnd() == "SSH-2.0-x\r\n")
        #expect(try RawClient(port: server.port).get("/").body == "third")
        #expect(server.requestCount == 1)
    }

    @Test func closesInsideAHeader() throws {
        let server = try LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Le") }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try client.readToEnd() == "HTTP/1.1 200 OK\r\nContent-Le")
    }

    @Test func dripsByteByByte() throws {
        let server = try LoopbackServer { _ in .init([.drip(Array("drip".utf8), every: .milliseconds(10)), .close]) }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        var text = ""
        let elapsed = try ContinuousClock().measure { text = try client.readToEnd() }
        #expect(text == "drip")
        #expect(elapsed >= .milliseconds(40))
    }

    @Test func floodsAsFastAsTheClientReads() throws {
        let server = try LoopbackServer { request in
            request.path == "/ends"
                ? .stream(length: 1_000_003, of: Array("abc".utf8)) : .init([.flood([1], times: nil)])
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        #expect(try client.get("/ends").body.utf8.count == 1_000_003)
        client.send("GET /forever HTTP/1.1\r\nHost: test\r\n\r\n")
        var count = 0
        while count < 20_000_000 { count += try client.read().count }
        // A client that no longer reads does not keep the server from others.
        #expect(try RawClient(port: server.port).get("/ends").body.utf8.count == 1_000_003)
    }

    @Test func saysNothingWhenSilent() throws {
        let server = try LoopbackServer { _ in .init([.silence]) }
        defer { server.stop() }
        let client = try RawClient(port: server.port, patience: .milliseconds(200))
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(throws: RawClient.Failure(code: EAGAIN)) { try client.read() }
        #expect(server.openConnections == 1)
    }

    @Test func countsWhatIsInFlightAtOneTime() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in .init([.hold(gate), .text("HTTP/1.1 204 No Content\r\n\r\n")]) }
        defer { server.stop() }
        let clients = try (0..<3).map { _ in try RawClient(port: server.port) }
        for client in clients { client.send("GET / HTTP/1.1\r\nHost: held\r\n\r\n") }
        #expect(await server.waitUntil { $0.inFlight == 3 })
        gate.open()
        for client in clients { #expect(try client.readAnswer().head == "HTTP/1.1 204 No Content") }
        #expect(await server.waitUntil { $0.inFlight == 0 })
        #expect(server.peakInFlight == 3)
        #expect(server.peakInFlight(host: "held") == 3)
        #expect(server.peakInFlight(host: "other") == 0)
        #expect(server.starts(in: .seconds(3600)) == 3)
        #expect(server.starts(in: .seconds(3600), host: "other") == 0)
    }

    @Test func noticesThatAClientLeavesInTheMiddle() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in .init([.hold(gate)]) }
        defer { server.stop() }
        var client: RawClient? = try RawClient(port: server.port)
        client?.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(await server.waitUntil { $0.inFlight == 1 })
        client = nil
        #expect(await server.waitUntil { $0.openConnections == 0 })
        #expect(server.inFlight == 0)
        gate.open()
        #expect(gate.isOpen)
    }

    @Test func leavesNoOpenPortWhenStopped() throws {
        let server = try LoopbackServer { _ in .ok() }
        let client = try RawClient(port: server.port)
        _ = try client.get("/")
        server.stop()
        server.stop()
        #expect(try client.read().isEmpty)
        #expect(throws: RawClient.Failure(code: ECONNREFUSED)) { _ = try RawClient(port: server.port) }
        #expect(server.openConnections == 0)
    }

    @Test func keepsOnlyTheFirstRequestsInItsLog() throws {
        let server = try LoopbackServer(logLimit: 1) { _ in .ok() }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        for path in ["/1", "/2"] { _ = try client.get(path) }
        #expect(server.log.map(\.path) == ["/1"])
        #expect(server.requestCount == 2)
    }
}
