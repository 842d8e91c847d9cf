import TestSupport
import Testing

/// A row of the fault table that is a script of a server, and what the record has to say.
struct WireRow: Sendable, CustomTestStringConvertible {
    typealias Step = LoopbackServer.Step

    let testDescription: String
    /// What the server does for each request.
    let steps: [Step]
    /// What the server does to each connection as soon as there is one.
    var opening: [Step]?
    /// The kinds that are right; nil among them for a record that is ok.
    let kinds: Set<String?>
    /// What else is asked for on the command line.
    var options: [String] = []
    /// The size and the status that a good record has.
    var size: Int?
    var status: Int?
    /// What the message has to hold.
    var message: String?
    /// How many connections the fault and a good request behind it take.
    var connections: Int?
    /// The longest time of the attempt, in seconds.
    var longest: Double?

    init(
        _ row: Int, _ name: String, _ kinds: Set<String?>, _ steps: [Step], opening: [Step]? = nil,
        options: [String] = [], size: Int? = nil, status: Int? = nil, message: String? = nil, connections: Int? = nil,
        longest: Double? = nil
    ) {
        testDescription = "row \(row): \(name)"
        self.kinds = kinds
        self.steps = steps
        self.opening = opening
        self.options = options
        self.size = size
        self.status = status
        self.message = message
        self.connections = connections
        self.longest = longest
    }

    init(
        _ row: Int, _ name: String, _ kind: String?, _ text: String, then end: Step = .close,
        options: [String] = [], size: Int? = nil, status: Int? = nil
    ) {
        self.init(row, name, [kind], [.text(text), end], options: options, size: size, status: status)
    }

    static let ok = "HTTP/1.1 200 OK\r\n"
    static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
    private static let letters = Array("abcdefgh".utf8)
    private static let slow = ["--speed-limit", "1000", "--speed-time", "1s"]

    static let connections: [WireRow] = [
        WireRow(5, "RST on accept", ["connection-reset"], [], opening: [.reset]),
        WireRow(6, "accept, then close", ["empty-reply", "connection-reset"], [], opening: [.close]),
        WireRow(7, "accept, and never an answer", ["timed-out"], [.silence], options: ["-m", "500ms"]),
        WireRow(8, "a banner of SSH", ["protocol-error"], [], opening: [.text("SSH-2.0-OpenSSH_9.2\r\n"), .close]),
        WireRow(8, "HTTP/0.9", "protocol-error", "<html>hello</html>"),
    ]

    static let heads: [WireRow] = [
        WireRow(9, "close inside the status line", "truncated", "HTTP/1.1 20"),
        WireRow(9, "close after the status line", "truncated", ok),
        WireRow(9, "close inside a field", "truncated", ok + "Content-Le"),
        WireRow(9, "close before the empty line", "truncated", ok + "Content-Length: 0\r\n"),
        WireRow(
            10, "reset inside the header", ["connection-reset"],
            [.text(ok + "Content-Le"), .wait(.milliseconds(30)), .reset]),
        WireRow(
            17, "two unequal lengths", "protocol-error", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        WireRow(17, "the same length twice", nil, ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", size: 5),
        WireRow(18, "a negative length", "protocol-error", ok + "Content-Length: -5\r\n\r\nhello"),
        WireRow(18, "a length in words", "protocol-error", ok + "Content-Length: five\r\n\r\nhello"),
        WireRow(
            18, "a length with a unit, and the connection stays open", "protocol-error",
            ok + "Content-Length: 6 bytes\r\n\r\nhello!", then: .silence),
        WireRow(20, "a field without a colon", "protocol-error", ok + "nonsense\r\nContent-Length: 0\r\n\r\n"),
        WireRow(20, "NUL in a field", "protocol-error", ok + "X: a\0b\r\nContent-Length: 0\r\n\r\n"),
        WireRow(
            21, "endless fields", ["too-large"],
            [.text(ok), .flood(Array("X-Field: abcdefghijk\r\n".utf8), times: nil)]),
        WireRow(21, "an endless field", ["too-large"], [.text(ok + "X: "), .flood([0x61], times: nil)]),
        WireRow(
            22, "a field of 1 MB", ["too-large"],
            [.text(ok + "X: " + String(repeating: "a", count: 1 << 20) + "\r\n\r\n"), .close],
            message: "header field is too large"),
        WireRow(
            23, "20,000 fields", nil,
            ok + String(repeating: "X: 1\r\n", count: 20_000) + "Content-Length: 2\r\n\r\nok", size: 2),
        WireRow(
            24, "fields that are not UTF-8", [nil],
            [
                .text(ok + "Content-Length: 2\r\nX: "), .send([0xFF, 0xFE, 0xC3, 0x28]), .text("\r\nContent-Type: "),
                .send([0xE9]), .text("\r\n\r\nok"),
            ], options: ["--include-headers"], size: 2),
        WireRow(25, "a folded field", nil, ok + "X: a\r\n  b\r\nContent-Length: 2\r\n\r\nok", size: 2),
        WireRow(25, "bare LF", nil, "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", size: 2),
        WireRow(
            26, "100 and 103, then 200", nil,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok
                + "Content-Length: 2\r\n\r\nok", size: 2, status: 200),
        WireRow(27, "100 only", "protocol-error", "HTTP/1.1 100 Continue\r\n\r\n"),
        WireRow(27, "101 unasked", "protocol-error", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        WireRow(
            27, "endless 103", ["too-large"],
            [.flood(Array("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".utf8), times: nil)]),
        WireRow(28, "204 with a body", nil, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", size: 0),
        WireRow(
            28, "205 with a body", [nil], [.text("HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello")],
            options: ["--body"], size: 0, status: 205, connections: 1),
        WireRow(
            28, "205 with chunks", [nil],
            [.text("HTTP/1.1 205 Reset\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")], size: 0,
            status: 205, connections: 1),
        WireRow(28, "205 without a body", nil, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", size: 0),
        WireRow(28, "304 unasked", "http-status", "HTTP/1.1 304 Not Modified\r\n\r\n", size: 0, status: 304),
        WireRow(
            29, "a header of a byte every 50 ms", ["timed-out", "too-slow"],
            [
                .drip(Array(repeating: 0x48, count: 1), every: .milliseconds(50)),
                .drip(
                    Array((ok.dropFirst() + "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").utf8),
                    every: .milliseconds(50)),
            ],
            options: ["-m", "1s"]),
        WireRow(
            30, "a body that stands after 10 bytes", ["too-slow"],
            [.text(ok + "Content-Length: 100\r\n\r\n0123456789"), .silence], options: slow, size: 10,
            // A window of a second, a second more, and a busy machine: less than the limit of the whole transfer.
            longest: 20),
    ]

    static let bodies: [WireRow] = [
        WireRow(
            10, "reset inside the body", ["connection-reset"],
            [.text(ok + "Content-Length: 9\r\n\r\nhalf"), .wait(.milliseconds(30)), .reset]),
        WireRow(11, "a body shorter than its length", "truncated", ok + "Content-Length: 9\r\n\r\nhalf"),
        WireRow(
            13, "bytes behind the length", nil, ok + "Content-Length: 5\r\n\r\nhelloHTTP/1.1 500 Evil\r\n\r\n", size: 5),
        WireRow(
            13, "bytes behind the length of a connection that stays open", [nil],
            [.text(ok + "Content-Length: 5\r\n\r\nhelloHTTP/1.1 500 Evil\r\nContent-Length: 0\r\n\r\n")], size: 5,
            connections: 2),
        WireRow(
            13, "nothing behind the length", [nil], [.text(ok + "Content-Length: 5\r\n\r\nhello")], size: 5,
            connections: 1),
        WireRow(14, "a length of 10^15", "truncated", ok + "Content-Length: 1000000000000000\r\n\r\nhello"),
        WireRow(
            14, "a length of 10^15 over the limit", "too-large",
            ok + "Content-Length: 1000000000000000\r\n\r\nhello", then: .silence, options: ["--max-filesize", "1G"]),
        WireRow(15, "the end inside a chunk", "truncated", chunked + "a\r\nhello"),
        WireRow(15, "no last chunk", "truncated", chunked + "5\r\nhello\r\n"),
        WireRow(16, "a chunk that is not hexadecimal", "protocol-error", chunked + "zz\r\nhello\r\n0\r\n\r\n"),
        WireRow(
            16, "a chunk size that overflows", "protocol-error", chunked + "fffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        WireRow(
            19, "length and chunked", nil,
            ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", size: 5),
        WireRow(
            19, "length and chunked, and the connection is not used again", [nil],
            [.text(ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")],
            size: 5, connections: 2),
        WireRow(
            19, "chunked alone", [nil], [.text(chunked + "5\r\nhello\r\n0\r\n\r\n")], size: 5, connections: 1),
        WireRow(
            31, "an endless body", ["too-large"], [.text(ok + "\r\n"), .flood(letters, times: nil)],
            options: ["--max-filesize", "100k"]),
        WireRow(
            31, "an endless chunked body", ["too-large"],
            [.text(chunked), .flood(Array("5\r\nhello\r\n".utf8), times: nil)], options: ["--max-filesize", "100k"]),
        WireRow(
            31, "an endless body into the record", ["too-large"], [.text(ok + "\r\n"), .flood(letters, times: nil)],
            options: ["--body"]),
    ]

    private static func packed(_ row: Int, _ name: String, _ kind: String?, _ encoding: String, _ body: [UInt8])
        -> WireRow
    {
        WireRow(
            row, name, [kind],
            [.text(ok + "Content-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n"), .send(body), .close])
    }

    private static let gzip = LoopbackServer.gzip((0..<3000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })

    static let encodings: [WireRow] = [
        packed(
            33, "30 layers of gzip", "undecodable", Array(repeating: "gzip", count: 30).joined(separator: ", "), gzip),
        packed(34, "gzip that is cut in the data", "truncated", "gzip", gzip.dropLast(60)),
        packed(34, "gzip that is cut in the trailer", "truncated", "gzip", gzip.dropLast(1)),
        packed(34, "gzip that is cut in its header", "truncated", "gzip", Array(gzip.prefix(5))),
        packed(35, "gzip with other bytes in it", "undecodable", "gzip", Array(gzip[..<100] + gzip[150...])),
        packed(
            35, "gzip with a wrong sum", "undecodable", "gzip",
            Array(gzip.dropLast(8)) + [1, 2, 3, 4] + Array(gzip.suffix(4))),
        packed(35, "text that is said to be gzip", "undecodable", "gzip", Array("plain text, honestly".utf8)),
        packed(36, "rubbish behind the trailer", "undecodable", "gzip", gzip + Array("rubbish".utf8)),
        packed(37, "an encoding that nobody knows", "undecodable", "snappy", [1, 2, 3]),
        packed(37, "identity", nil, "identity", [1, 2, 3]),
    ]
}
