import TestSupport
import Testing

/// What the loopback server understands of a request, and what its replies look like on the wire.
@Suite struct LoopbackServerMessageTests {
    @Test func readsBodiesOfEveryFraming() throws {
        let server = try LoopbackServer { .ok(String(decoding: $0.body, as: UTF8.self)) }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: test\r\ncontent-length: 5\r\n\r\nhel")
        client.send("lo")
        #expect(try client.readAnswer().body == "hello")
        client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: Chunked\r\n\r\n")
        for byte in LoopbackServer.chunked(Array("in pieces".utf8), size: 4) { client.send([byte]) }
        #expect(try client.readAnswer().body == "in pieces")
        client.send("POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        #expect(try client.readAnswer().head == "HTTP/1.1 100 Continue")
        client.send("went")
        #expect(try client.readAnswer().body == "went")
        #expect(server.log.map(\.method) == ["POST", "POST", "POST"])
    }

    @Test func leavesTheBodyOutForHead() throws {
        let server = try LoopbackServer { $0.path == "/large" ? .stream(length: 1 << 40, of: [0]) : .ok("five!") }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try client.readAnswer(hasBody: false).head.hasSuffix("Content-Length: 5"))
        client.send("HEAD /large HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try client.readAnswer(hasBody: false).head.hasSuffix("Content-Length: \(1 << 40)"))
        #expect(try client.get("/").body == "five!")
    }

    @Test func closesWhenTheClientAsksForIt() throws {
        let server = try LoopbackServer { _ in .ok("bye") }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        #expect(try client.readToEnd().hasSuffix("\r\n\r\nbye"))
    }

    @Test(arguments: [
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot hex\r\n",
    ])
    func refusesWhatIsNotARequest(_ text: String) throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send(text)
        #expect(try client.readToEnd().hasPrefix("HTTP/1.1 400 "))
        #expect(server.requestCount == 0)
    }

    @Test func takesARequestApart() throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET http://h/a%20b?q=a+%2B&empty&q=2 HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\nx-a: 2\r\n\r\n")
        _ = try client.readAnswer()
        let request = try #require(server.log.first)
        #expect(request.method == "GET")
        #expect(request.target == "http://h/a%20b?q=a+%2B&empty&q=2")
        #expect(request.path == "/a%20b")
        #expect(request.query("q") == "a +")
        #expect(request.query("empty") == "")
        #expect(request.query("none") == nil)
        #expect(request.host == "h")
        #expect(request.header("X-a") == "1")
        #expect(request.values("x-A") == ["1", "2"])
        #expect(request.headers.map(\.name) == ["Host", "X-A", "x-a"])
    }

    @Test func listensOnIPv6WhereThereIsSome() throws {
        guard let server = try? LoopbackServer(host: "::1", handler: { _ in .ok("six") }) else { return }
        defer { server.stop() }
        #expect(server.baseURL == "http://[::1]:\(server.port)")
        #expect(try RawClient(port: server.port, isIPv6: true).get("/").body == "six")
    }

    @Test func makesGzipWithoutHoldingWhatItPacks() {
        let packed = LoopbackServer.gzip([UInt8](repeating: 0x61, count: 1 << 16), times: 100)
        #expect(packed.starts(with: [0x1F, 0x8B]))
        #expect(packed.count < 20_000)
        // RFC 1952: a member ends with the size of what it holds.
        let size = packed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(size == 100 << 16)
    }
}
