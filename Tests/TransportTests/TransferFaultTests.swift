import FetchHTTP
import FetchTransport
import TestSupport
import Testing

/// An answer that is wrong, and what it has to be called.
struct WireFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [LoopbackServer.Step]
    let kind: FetchError.Kind
    var limit: Int?

    init(_ name: String, _ kind: FetchError.Kind, limit: Int? = nil, _ steps: [LoopbackServer.Step]) {
        testDescription = name
        self.steps = steps
        self.kind = kind
        self.limit = limit
    }

    init(_ name: String, _ kind: FetchError.Kind, _ text: String, _ end: LoopbackServer.Step = .close) {
        self.init(name, kind, [.text(text), end])
    }

    static let ok = "HTTP/1.1 200 OK\r\n"

    static let heads: [WireFault] = [
        WireFault("no byte at all", .emptyReply, [.close]),
        WireFault("reset before the header", .connectionReset, [.reset]),
        WireFault(
            "reset in the header", .connectionReset, [.text(ok + "Content-Le"), .wait(.milliseconds(20)), .reset]),
        WireFault("a banner of SSH", .protocolError, "SSH-2.0-OpenSSH_9.2\r\n"),
        WireFault("HTTP/0.9", .protocolError, "<html>hello</html>"),
        WireFault("the end inside a field", .truncated, ok + "Content-Le"),
        WireFault("the end inside the status line", .truncated, "HTTP/1.1 20"),
        WireFault("the end after one byte", .truncated, "H"),
        WireFault("a status of two digits", .protocolError, "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a status of four digits", .protocolError, "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a negative status", .protocolError, "HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a status below 100", .protocolError, "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a status in words", .protocolError, "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a status with a letter in it", .protocolError, "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a version that there is not", .protocolError, "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a version of many digits", .protocolError, "HTTP/1.1111 200 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("a status line without a blank", .protocolError, "HTTP/1.1200 OK\r\nContent-Length: 0\r\n\r\n"),
        WireFault("an endless status line", .tooLarge, [.text("HTTP/1.1 200 "), .flood([0x61], times: nil)]),
        WireFault("the end after the status line", .truncated, ok),
        WireFault("the end after a whole field", .truncated, ok + "Content-Length: 5\r\n"),
        WireFault("two unequal lengths", .protocolError, ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        WireFault("two unequal lengths in one field", .protocolError, ok + "Content-Length: 5, 6\r\n\r\nhello!"),
        WireFault("a negative length", .protocolError, ok + "Content-Length: -5\r\n\r\nhello"),
        WireFault("a length in words", .protocolError, ok + "Content-Length: five\r\n\r\nhello"),
        WireFault("a length with a unit", .protocolError, ok + "Content-Length: 5 bytes\r\n\r\nhello"),
        WireFault("a field without a colon", .protocolError, ok + "nonsense\r\nContent-Length: 0\r\n\r\n"),
        WireFault("NUL in a field", .protocolError, ok + "X: a\0b\r\nContent-Length: 0\r\n\r\n"),
        WireFault("only 100", .protocolError, "HTTP/1.1 100 Continue\r\n\r\n"),
        WireFault("101 unasked", .protocolError, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        WireFault(
            "endless fields", .tooLarge, [.text(ok), .flood(Array("X-Field: abcdefghijklmnop\r\n".utf8), times: nil)]),
        WireFault("an endless field", .tooLarge, [.text(ok + "X: "), .flood([0x61], times: nil)]),
        WireFault(
            "endless 103", .tooLarge, [.flood(Array("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".utf8), times: nil)]
        ),
        WireFault("a field of 1 MB", .tooLarge, ok + "X: " + String(repeating: "a", count: 1 << 20) + "\r\n\r\n"),
    ]

    /// Answers that are odd and still good: their status.
    static let oddHeads: [(String, Int)] = [
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200),
        ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200),
        ("HTTP/1.0 200 OK\nContent-Length: 0\n\n", 200),
        ("HTTP/1.1 299 200 300\r\ncontent-length:0\r\n\r\n", 299),
        ("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999),
        ("HTTP/1.1 103 Early\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
    ]

    static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"

    static let bodies: [WireFault] = [
        WireFault(
            "reset in the body", .connectionReset,
            [.text(ok + "Content-Length: 9\r\n\r\nhalf"), .wait(.milliseconds(20)), .reset]),
        WireFault("a body shorter than its length", .truncated, ok + "Content-Length: 9\r\n\r\nhalf"),
        WireFault("a length of 10^15", .truncated, ok + "Content-Length: 1000000000000000\r\n\r\nhello"),
        WireFault("the end inside a chunk", .truncated, chunked + "a\r\nhello"),
        WireFault("the end between chunks", .truncated, chunked + "5\r\nhello\r\n"),
        WireFault("a chunk size that is no number", .protocolError, chunked + "zz\r\nhello\r\n0\r\n\r\n"),
        WireFault("a chunk size that overflows", .protocolError, chunked + "fffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        WireFault(
            "an endless body", .tooLarge, limit: 100_000,
            [.text(ok + "\r\n"), .flood(Array("abcdefgh".utf8), times: nil)]),
        WireFault(
            "an endless chunked body", .tooLarge, limit: 100_000,
            [.text(chunked), .flood(Array("5\r\nhello\r\n".utf8), times: nil)]),
        WireFault(
            "a declared length over the limit", .tooLarge, limit: 10,
            [.text(ok + "Content-Length: 11\r\n\r\nhello"), .silence]),
    ]
}

/// What libcurl makes of broken answers, and what we make of that.
@Suite(.timeLimit(.minutes(20))) struct TransferFaultTests {
    @Test(arguments: WireFault.heads) func callsABrokenHeadByItsName(_ fault: WireFault) async throws {
        try await expect(fault)
    }

    @Test(arguments: WireFault.bodies) func callsABrokenBodyByItsName(_ fault: WireFault) async throws {
        try await expect(fault)
    }

    @Test(arguments: WireFault.oddHeads) func takesAnOddHeadThatIsGood(_ head: String, status: Int) async throws {
        try await Fetcher.run(answering: { _ in .raw(head, then: .keep) }) { fetcher in
            let result = await fetcher.get()
            #expect(result.error == nil)
            #expect(result.response?.status == status)
        }
    }

    private func expect(_ fault: WireFault) async throws {
        let handler: Fetcher.Handler = { $0.path == "/after" ? .ok("after") : .init(fault.steps) }
        try await Fetcher.run(answering: handler) { fetcher in
            let limits = TransferLimits(maxTime: .seconds(15), maxBodySize: fault.limit)
            let result = await fetcher.get(limits: limits)
            #expect(result.error?.kind == fault.kind, "\(String(describing: result.error))")
            #expect(result.error?.message.isEmpty == false)
            // The handle that met the fault is the one that is used next.
            #expect(await fetcher.get("/after").text == "after")
        }
    }
}
