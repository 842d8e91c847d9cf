import TestSupport
import Testing

/// A reply whose head needs a second look, and what the record says of it.
struct FramingRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reply: [UInt8]
    /// The kind of its error; nil for one that is ok.
    let kind: String?
    /// The body that the record has.
    let body: String?

    /// Fields of a 200, what follows the head, and what becomes of it.
    init(_ fields: String, _ rest: String = "hello", kind: String? = nil, body: String? = "hello") {
        self.init(whole: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\(fields)\r\n\r\n", rest, kind, body)
    }

    init(whole head: String, _ rest: String = "", _ kind: String?, _ body: String? = nil) {
        testDescription = head.debugDescription.replacing(
            "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\n", with: "")
        reply = Array((head + rest).utf8)
        self.kind = kind
        self.body = kind == nil ? body : nil
    }

    static func broken(_ fields: String, _ rest: String = "hello") -> FramingRow {
        FramingRow(fields, rest, kind: "protocol-error")
    }
}

/// libcurl 7.88.1 reads each line of a head for itself, and frames the body by what it has read.
@Suite("A body ends where the head says it does, or the record is not ok", .timeLimit(.minutes(20)))
struct FramingTests {
    private static let chunks = "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"

    /// The reply between two good ones, one at a time, so that the handle and its connections are used again.
    private func check(
        _ row: FramingRow, then end: LoopbackServer.Step, options: [String] = ["--body"]
    ) async throws {
        let server = try LoopbackServer { request in
            request.path == "/odd" ? .init([.send(row.reply), end]) : .ok(request.path)
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--max", "1", "--retry", "0", "-m", "60s"] + options
                + ["before", "odd", "after"].map { "\(server.baseURL)/\($0)" })
        let rows = try Row.array(result)
        try #require(rows.count == 3)
        #expect(rows[1].kind == row.kind, "\(rows[1])")
        if let body = row.body {
            #expect((rows[1].body ?? "") == body || options.isEmpty && rows[1].sizeDownload == body.count)
        }
        #expect(rows[0].ok && rows[2].ok && rows[2].sizeDownload == 6)
    }

    static let chunkedTwice = [
        FramingRow("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunks),
        FramingRow("Transfer-Encoding: chunked, chunked", chunks),
        FramingRow("Transfer-Encoding: chunked,chunked\r\nTRANSFER-ENCODING: , Chunked", chunks),
        FramingRow("Transfer-Encoding: identity, chunked\r\nTransfer-Encoding: chunked", chunks),
        FramingRow("Transfer-Encoding: chunked, gzip, chunked", chunks, kind: "undecodable"),
        FramingRow("Transfer-Encoding: chunked, gzip", chunks, kind: "undecodable"),
    ]

    @Test(arguments: chunkedTwice) func `issue 20.11: chunked twice is chunked once`(row: FramingRow) async throws {
        try await check(row, then: .wait(.zero))
    }

    static let identity = [
        FramingRow("Transfer-Encoding: identity\r\nContent-Length: 5"),
        FramingRow("Content-Length: 5\r\nTransfer-Encoding: identity", "helloHTTP/1.1 500 Evil\r\n\r\n"),
        FramingRow("Transfer-Encoding: Identity, identity\r\nContent-Length: 5, 5"),
        FramingRow("Transfer-Encoding:\r\nContent-Length: 5"),
        FramingRow("Transfer-Encoding: identity\r\nContent-Length: 0", "", body: ""),
        FramingRow(
            whole: "HTTP/1.1 302 F\r\nLocation: /after\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n",
            "hello", nil, "/after"),
        FramingRow(
            whole: "HTTP/1.1 302 F\r\nLocation: /after\r\nTransfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
            "", nil, "/after"),
        FramingRow(whole: "HTTP/1.1 205 R\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n", "hello", nil),
        FramingRow(whole: "HTTP/1.1 204 N\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n", "", nil),
        FramingRow(
            whole: "HTTP/1.1 103 E\r\nContent-Length: 0\r\nTransfer-Encoding: identity\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n", "hello", nil, "hello"),
    ]

    /// The connection stays open: libcurl would wait for its end.
    @Test(arguments: identity) func `issue 20.11: the identity coding ends at the length`(row: FramingRow) async throws
    {
        try await check(row, then: .silence)
    }

    @Test func `issue 20.11: the identity coding and a gzip body end at the length, cut ones are truncated`()
        async throws
    {
        let packed = LoopbackServer.gzip(Array("hello".utf8))
        for (missing, kind) in [(0, nil), (1, "truncated")] {
            let server = try LoopbackServer { request in
                let head =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n"
                    + "Transfer-Encoding: identity\r\nContent-Length: \(packed.count)\r\n\r\n"
                guard request.method == "GET" else { return .raw(head, then: .silence) }
                return .init([.text(head), .send(packed.dropLast(missing)), missing == 0 ? .silence : .close])
            }
            defer { server.stop() }
            let common = ["--jsonl", "--retry", "0", "-m", "60s"]
            let row = try Row.only(await Tool.run(common + ["--body", server.baseURL]))
            #expect(row.kind == kind)
            #expect(kind != nil || row.body == "hello")
            #expect(try Row.only(await Tool.run(common + ["-I", server.baseURL])).ok)
        }
        try await check(
            FramingRow("Transfer-Encoding: identity\r\nContent-Length: 9", kind: "truncated"), then: .close)
        // Without a length the end of the connection is the end, as always.
        try await check(FramingRow("Transfer-Encoding: identity"), then: .close)
    }

    static let folded = [
        FramingRow.broken("Transfer-Encoding:\r\n chunked", chunks),
        .broken("Transfer-Encoding:\n\tchunked", chunks),
        .broken("transfer-encoding: identity,\r\n chunked", chunks),
        .broken("Transfer-Encoding: chunked\r\n ,\r\n\t gzip", chunks),
        .broken("Transfer-Encoding: chunked\r\n \r\n x", chunks),
        .broken("Transfer-Encoding : chunked", chunks),
        .broken("Transfer-Encoding\t: chunked", chunks),
        .broken("Content-Length:\r\n 5"),
        .broken("Content-Length: 5\r\n 0"),
        .broken("Content-Length: 5\r\n ,6"),
        .broken("Content-Length : 3"),
        .broken("Content-Length\t: 5"),
        // What libcurl frames as the joined field says.
        FramingRow("Content-Length: 5\r\n \r\nX: y"),
        FramingRow("Content-Length: 5\r\n , 5"),
        FramingRow("Transfer-Encoding: chunked\r\n\t\r\nX: y", chunks),
        FramingRow("X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5"),
        FramingRow("X: y\r\n Content-Length: 9\r\nContent-Length: 5"),
        FramingRow("Content-Length: 5\r\nConnection:\r\n close"),
        FramingRow("Content-Length: 5\r\nContent-Length-X : 3\r\nTransfer-Encoding-X: chunked"),
        FramingRow(
            whole: "HTTP/1.1 302 Found\r\nLocation:\r\n /after\r\nContent-Length: 0\r\n\r\n", "", nil, "/after"),
    ]

    @Test(arguments: folded)
    func `issue 20.14: what a fold does to the framing is a protocol error, or right`(row: FramingRow) async throws {
        try await check(row, then: .close)
    }

    @Test func `issue 20.14: a fold is a blank, and makes no field`() async throws {
        let packed = LoopbackServer.gzip(Array("hello".utf8))
        let head =
            "HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nX-B: one \r\n\t  X-Evil: two\r\n three\t\r\nX-C:\r\n four\n"
            + "X-D: five\r\n \t\r\nContent-Encoding:\r\n gzip\r\nContent-Type: text/\r\n  plain\r\n"
            + "Content-Type:\r\n ignored\r\nRateLimit:\n x;r=100;t=1\nContent-Length: \(packed.count)\r\n\r\n"
        let server = try LoopbackServer { _ in .init([.text(head), .send(packed)]) }
        defer { server.stop() }
        let url = "\(server.baseURL)/[1-3]"
        let rows = try Row.lines(
            await Tool.run(["--jsonl", "--body", "--include-headers", "--max", "1", "--retry", "0", url]))
        #expect(rows.count == 3)
        for row in rows {
            #expect(row.ok && row.body == "hello")
            #expect(row.headers?["x-a"] == ["one two"])
            #expect(row.headers?["x-b"] == ["one X-Evil: two three"])
            #expect(row.headers?["x-c"] == ["four"])
            #expect(row.headers?["x-d"] == ["five"])
            #expect(row.headers?["x-evil"] == nil)
            #expect(row.contentType == "text/ plain")
            #expect(row.headers?["content-type"] == ["text/ plain", "ignored"])
            #expect(row.headers?["ratelimit"] == ["x;r=100;t=1"])
        }
    }

    static let bareCR = [
        FramingRow.broken("Server: a\rb\r\nContent-Length: 5"),
        .broken("Foo: 1\rContent-Length: 2\r\nContent-Length: 5"),
        .broken("Content-Length: 5\r\nX: y\r"),
        .broken("Content-Length: 5\r\r\nX: y"),
        .broken("Content-Length: 5\r\nX: y\r\r\n z"),
        .broken("Content-Length: 5\r\nX: y\r\n z\rw"),
        .broken("Content-Length: 5\r\nX:\r y"),
        .broken("\rContent-Length: 5"),
        .broken("Content-Length: 5\r\n\rX: y"),
        .broken("Content-Length: 5\r\nX: " + String(repeating: "long ", count: 40) + "\r" + "!"),
        FramingRow(whole: "HTTP/1.1 200 O\rK\r\nContent-Length: 5\r\n\r\n", "hello", "protocol-error"),
        FramingRow(whole: "HTTP/1.1 200\rContent-Length: 2\r\nContent-Length: 5\r\n\r\n", "hello", "protocol-error"),
        FramingRow(whole: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\r\n", "hello", "protocol-error"),
        FramingRow(
            whole: "HTTP/1.1 103 E\r\nLink: <a>\rb\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello",
            "protocol-error"),
        // Bare LF is a line break (RFC 9112 §2.2).
        FramingRow(whole: "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\n", "hello", nil, "hello"),
        FramingRow(whole: "HTTP/1.1 200\r\nContent-Type: text/plain\nContent-Length: 5\r\n\n", "hello", nil, "hello"),
    ]

    @Test(arguments: bareCR)
    func `issue 20.14: a bare CR in a head is a protocol error`(row: FramingRow) async throws {
        try await check(row, then: .close)
    }

    static let tooLong = [
        "Content-Length: 99999999999999999999", "Content-Length: 9223372036854775808",
        "Content-Length: 9223372036854775807",
        "Content-Length:\t99999999999999999999", "Content-Length: 99999999999999999999 ",
        "Content-Length: 99999999999999999999, 99999999999999999999",
        "Content-Length: 99999999999999999999\r\nContent-Length: 99999999999999999999",
        "Content-Length: 99999999999999999999\r\n \r\nX: y",
        "Transfer-Encoding: identity\r\nContent-Length: 99999999999999999999",
    ].map { FramingRow($0, "hello!", kind: "truncated") }

    @Test(arguments: tooLong)
    func `issue 20.15: a length beyond 64 bits is truncated at the end of the connection`(row: FramingRow) async throws
    {
        try await check(row, then: .close, options: [])
    }

    @Test func `issue 20.15: a length beyond 64 bits saves no file, is too large, and is no matter to HEAD`()
        async throws
    {
        let scratch = try Scratch()
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"
        let server = try LoopbackServer { $0.method == "HEAD" ? .raw(head) : .raw(head + "hello!") }
        defer { server.stop() }
        let common = ["--jsonl", "--retry", "0", "-m", "60s"]
        let saved = try Row.only(await Tool.run(common + ["--output-dir", scratch("out"), "\(server.baseURL)/f"]))
        #expect(saved.kind == "truncated")
        #expect(try scratch.names("out").isEmpty)
        let large = try Row.only(await Tool.run(common + ["--max-filesize", "1G", "\(server.baseURL)/f"]))
        #expect(large.kind == "too-large")
        #expect(try Row.only(await Tool.run(common + ["-I", "\(server.baseURL)/f"])).ok)
    }
}
