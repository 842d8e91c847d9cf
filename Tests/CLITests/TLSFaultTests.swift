import FoundationEssentials
import TestSupport
import Testing

@Suite(
    "What goes wrong under TLS has the same names", .timeLimit(.minutes(20)),
    .enabled("there are no python3 and openssl") { try await PythonServer.isThere() })
struct TLSFaultTests {
    @Test func `row 46: an expired certificate is tls-failed, and asked for once`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"], days: -1) { tls in
            let result = try await Tool.run(["--jsonl", "--cacert", tls.certificate, "\(tls.baseURL)/"])
            #expect(result.exit == 1)
            let row = try Row.only(result)
            #expect(row.kind == "tls-failed")
            #expect(row.numRetries == 0)
            #expect(row.error?.message.contains("expired") == true)
        }
        #expect(server.requestCount == 0)
    }

    @Test func `row 60: https to http is followed, said in the record, and nothing of the user's goes along`()
        async throws
    {
        let plain = try LoopbackServer { _ in .ok() }
        defer { plain.stop() }
        let server = try LoopbackServer { _ in .redirect(to: "\(plain.baseURL)/plain") }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { tls in
            let result = try await Tool.run([
                "--jsonl", "-k", "-u", "u:p", "-b", "c=1", "-H", "X-Api-Key: k", "\(tls.baseURL)/start",
            ])
            let row = try Row.only(result)
            #expect(row.ok)
            // Where it ended, and by which scheme.
            #expect(row.urlEffective == "\(plain.baseURL)/plain")
        }
        #expect(server.log.first?.header("authorization") != nil)
        #expect(server.log.first?.header("cookie") == "c=1")
        for name in ["authorization", "cookie", "x-api-key"] { #expect(plain.log.first?.header(name) == nil) }
    }

    /// libcurl has one code for a chunk that cannot be read and for a connection that broke, and under TLS only its text
    /// tells them apart: this pins the text.
    @Test func `row 16: under TLS too a chunk that cannot be read is a protocol-error, and a cut one truncated`()
        async throws
    {
        let server = try LoopbackServer { request in
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            return switch request.path {
            case "/hex": .raw(head + "zz\r\nhello\r\n0\r\n\r\n")
            case "/overflow": .raw(head + "fffffffffffffffffff\r\nhello\r\n0\r\n\r\n")
            case "/cut": .raw(head + "a\r\nhello")
            case "/reset": .init([.text(head + "a\r\nhello"), .wait(.milliseconds(50)), .reset])
            default: .ok()
            }
        }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { tls in
            let urls = ["hex", "overflow", "cut", "reset", "good"].map { "\(tls.baseURL)/\($0)" }
            let rows = try Row.array(await Tool.run(["--json", "-k", "--retry", "0", "--max", "1"] + urls))
            #expect(rows.prefix(2).map(\.kind) == ["protocol-error", "protocol-error"], "\(rows)")
            #expect(
                rows.dropFirst(2).prefix(2).allSatisfy { ["truncated", "connection-reset"].contains($0.kind) },
                "\(rows)")
            #expect(rows.last?.ok == true)
        }
    }

    @Test func `row 9: under TLS too the end inside the header is truncated`() async throws {
        let server = try LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Le") }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { tls in
            let row = try Row.only(await Tool.run(["--jsonl", "-k", "--retry", "0", "\(tls.baseURL)/"]))
            #expect(["truncated", "connection-reset"].contains(row.kind), "\(row)")
            #expect(!row.ok)
        }
    }
}

@Suite(
    "HTTP/2 faults", .timeLimit(.minutes(20)),
    .enabled("there are no python3 and openssl") { try await PythonServer.isThere() })
struct HTTP2FaultTests {
    private func rows(_ fault: String, _ arguments: [String] = [], count: Int = 5) async throws -> [Row] {
        let rows = Shared<[Row]>([])
        try await PythonServer.run(PythonServer.http2, [fault]) { server in
            let result = try await Tool.run(
                ["--json", "-k", "--retry", "0", "--body", "-m", "5s"] + arguments + ["\(server.baseURL)/[1-\(count)]"])
            let array = try Row.array(result)
            rows.update { $0 = array }
        }
        #expect(rows.value.count == count)
        return rows.value
    }

    @Test func `a server without a fault is spoken to in HTTP/2`() async throws {
        let rows = try await rows("none")
        #expect(rows.allSatisfy { $0.ok && $0.httpVersion == "2" && $0.body == "ok" }, "\(rows)")
    }

    @Test func `row 38: a stream that is reset fails alone`() async throws {
        let rows = try await rows("reset")
        #expect(rows.filter { !$0.ok }.map(\.kind) == ["protocol-error"], "\(rows)")
        #expect(rows.filter(\.ok).count == 4)
    }

    @Test func `row 39: a stream that is refused once is sent again`() async throws {
        let rows = try await rows("refused")
        #expect(rows.allSatisfy { $0.ok }, "\(rows)")
    }

    @Test func `row 40: a connection that goes away before it looked at a stream costs no record`() async throws {
        let rows = try await rows("goaway")
        #expect(rows.allSatisfy { $0.ok }, "\(rows.map(\.error))")
    }

    @Test func `row 41: ENHANCE_YOUR_CALM is a protocol-error`() async throws {
        let rows = try await rows("calm")
        #expect(Set(rows.map(\.kind)) == ["protocol-error"], "\(rows.map(\.error))")
    }

    @Test func `row 42: a stream that stands is too slow or out of time, and the others are not`() async throws {
        let rows = try await rows("stall", ["--speed-limit", "100", "--speed-time", "1s"])
        #expect(rows.filter { !$0.ok }.allSatisfy { ["too-slow", "timed-out"].contains($0.kind) }, "\(rows)")
        #expect(rows.filter(\.ok).count == 4)
    }

    @Test func `row 21: endless fields of HTTP/2 stop at the limit too`() async throws {
        let rows = try await rows("bomb", count: 1)
        #expect(["too-large", "protocol-error", "empty-reply"].contains(rows.first?.kind), "\(rows)")
        #expect((rows.first?.timeTotal ?? 9) < 4)
    }

    @Test func `a status that is none is a protocol-error`() async throws {
        let rows = try await rows("status", count: 1)
        #expect(rows.first?.kind == "protocol-error", "\(rows)")
    }
}
