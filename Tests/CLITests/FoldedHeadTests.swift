import TestSupport
import Testing

/// libcurl before 8.1.0 writes through a freed pointer when the first field line of an answer begins with a blank and the
/// handle was used before (https://github.com/curl/curl/issues/11101).
@Suite("A header that begins with a folded line", .timeLimit(.minutes(10)))
struct FoldedHeadTests {
    typealias Reply = LoopbackServer.Reply

    /// Heads after which libcurl has no field that a folded line belongs to.
    private static let folded = [
        "HTTP/1.1 200 OK\r\n Date: x\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n\tDate: x\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\n X: " + String(repeating: "x", count: 40_000) + "\nContent-Length: 2\n\nok",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n Date: x\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 103 Early Hints\r\n Link: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n \r\nContent-Length: 2\r\n\r\nok",
        "hTTP/1.1 100 Continue\r\n Foo: Bar\r\n\r\nok",
        "HTTP/1.1 100 Continue\r\n\r\nhttp/1.1 200 OK\r\n Foo: Bar\r\n\r\nok",
    ]

    /// Heads that look like it and are good.
    private static let good = [
        "HTTP/1.1 200 OK\r\nDate: x\r\n y\r\nContent-Length: 2\r\n\r\nok",
        // Pieces of 16 KiB, each of which begins with a blank.
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: " ", count: 40_000) + "\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n Trailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n y",
        // No field at all: what comes next is the body, whatever it begins with.
        "HTTP/1.1 200 OK\r\n\r\n y",
    ]

    /// Every tenth answer of forty is a folded one, the others are good.
    private static func server() throws -> LoopbackServer {
        let count = Shared(0)
        return try LoopbackServer { _ in
            let number = count.update {
                $0 += 1
                return $0
            }
            if number % 10 == 0 { return .raw(folded[number / 10 % folded.count], then: .keep) }
            let text = good[number % good.count]
            return .raw(text, then: text.hasSuffix("OK\r\n\r\n y") ? .close : .keep)
        }
    }

    private static func check(_ result: ToolResult) throws {
        let rows = try Row.array(result)
        #expect(rows.count == 40, "\(result.stderr)")
        #expect(rows.count { $0.kind == "protocol-error" } == 4)
        #expect(rows.allSatisfy { $0.ok ? $0.sizeDownload == 2 : $0.error?.message.contains("folded line") == true })
        #expect(result.exit == 1, "\(result.stderr)")
    }

    @Test(arguments: [1, 4, 16]) func `is a protocol error, and harms nothing else`(max: Int) async throws {
        let server = try Self.server()
        defer { server.stop() }
        try Self.check(
            await Tool.run(["--json", "--retry", "0", "--max", "\(max)", "-m", "10s", "\(server.baseURL)/[1-40]"]))
    }

    @Test(arguments: folded) func `is refused on a handle that is new`(head: String) async throws {
        let server = try LoopbackServer { _ in .raw(head, then: .keep) }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "--retry", "0", "-m", "10s", server.baseURL]))
        #expect(row.kind == "protocol-error")
    }

    @Test(arguments: good) func `is told from what only looks like it`(head: String) async throws {
        let server = try LoopbackServer { _ in .raw(head, then: .close) }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "--body", "--retry", "0", "-m", "10s", server.baseURL]))
        #expect(row.ok, "\(String(describing: row.error))")
        #expect(row.body == (head.hasSuffix(" y") ? " y" : "ok"))
    }

    /// The proxy's own answer to CONNECT has no field, so that the folded line behind it is the first one too.
    @Test func `is refused behind a proxy's answer to CONNECT`() async throws {
        let proxy = try LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\n\r\n", then: .keep) }
        defer { proxy.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry", "0", "-m", "3s", "--max", "1", "-x", proxy.baseURL, "https://a.test/[1-3]",
        ])
        #expect(try Row.lines(result).allSatisfy { !$0.ok })
        #expect(result.exit == 1, "\(result.stderr)")
    }

    /// valgrind sees libcurl's own memory too. Debian's valgrind 3.19 cannot read the debug information of the C files.
    @Test(
        .enabled("no valgrind") { try await Tool.shell("command -v valgrind && command -v strip").exit == 0 },
        arguments: [1, 4])
    func `makes no bad access under valgrind`(max: Int) async throws {
        let server = try Self.server()
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            """
            strip --strip-debug -o fetchall "$0" || exit 98
            exec valgrind -q --error-exitcode=99 --exit-on-first-error=yes --undef-value-errors=no --fair-sched=yes \\
            ./fetchall --json --retry 0 --max "$2" -m 60s --connect-timeout 60s "$1"
            """, ["\(server.baseURL)/[1-40]", "\(max)"], directory: scratch.path)
        try Self.check(result)
    }
}
