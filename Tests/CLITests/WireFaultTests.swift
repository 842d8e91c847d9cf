import Subprocess
import TestSupport
import Testing

@Suite("What a server does to the wire has a name, and costs nobody else anything", .timeLimit(.minutes(20)))
struct WireFaultTests {
    /// The faulty URL between two good ones on the same connection pool, one at a time.
    private func check(_ row: WireRow) async throws {
        let good = try LoopbackServer { .ok($0.path) }
        defer { good.stop() }
        let server = try LoopbackServer(
            onConnect: { _ in row.opening },
            handler: { $0.path == "/after" ? .ok("after") : LoopbackServer.Reply(row.steps) })
        defer { server.stop() }
        let after = row.opening == nil ? server.baseURL + "/after" : good.baseURL + "/after"
        let result = try await Tool.run(
            ["--json", "--max", "1", "--retry", "0", "-m", "20s"] + row.options + [
                "\(good.baseURL)/before", "\(server.baseURL)/fault", after,
            ])
        let rows = try Row.array(result)
        try #require(rows.count == 3)
        #expect(row.kinds.contains(rows[1].kind), "\(rows[1])")
        #expect(rows[1].ok == (rows[1].kind == nil))
        #expect(rows[1].error?.message.isEmpty != true)
        if let size = row.size { #expect(rows[1].sizeDownload == size) }
        if let status = row.status { #expect(rows[1].responseCode == status) }
        if let message = row.message { #expect(rows[1].error?.message.contains(message) == true, "\(rows[1])") }
        if let connections = row.connections { #expect(server.connectionCount == connections) }
        if let longest = row.longest { #expect((rows[1].timeTotal ?? 99) < longest) }
        #expect(String(validating: result.bytes, as: UTF8.self) != nil)
        // The rest of a broken answer never becomes the next one.
        #expect(rows[0].ok && rows[2].ok && rows[2].sizeDownload == 6 - (row.opening == nil ? 1 : 0), "\(rows[2])")
        #expect(result.exit == (rows[1].ok ? 0 : 1))
        #expect(result.stderr == "")
        #expect(result.duration < .seconds(60))
    }

    @Test(arguments: WireRow.connections) func `a connection that is of no use`(row: WireRow) async throws {
        try await check(row)
    }

    @Test(arguments: WireRow.heads) func `a head that is odd or broken`(row: WireRow) async throws {
        try await check(row)
    }

    @Test(arguments: WireRow.bodies) func `a body that is odd or broken`(row: WireRow) async throws {
        try await check(row)
    }

    @Test(arguments: WireRow.encodings) func `a body that is packed in an odd way`(row: WireRow) async throws {
        try await check(row)
    }

    @Test(arguments: ["", "connection-reset", "truncated", "too-slow"])
    func `rows 5, 6, 10, 11, 74: what broke once is asked for again, and the file is whole`(kind: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            guard request.number == 1 else { return .ok("whole") }
            let half = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nPARTIAL"
            return switch kind {
            case "": .raw("")
            case "connection-reset": .raw(half, then: .reset)
            case "truncated": .raw(half)
            default: .raw(half, then: .silence)
            }
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry-delay", "1ms", "--speed-limit", "100", "--speed-time", "1s", "--output-dir",
            scratch("out"), "\(server.baseURL)/file",
        ])
        let row = try Row.only(result)
        #expect(row.ok)
        #expect(row.numRetries == 1)
        #expect(try scratch.text("out/file") == "whole")
        #expect(try scratch.names("out") == ["file"])
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "<html>HTTP/0.9</html>", WireRow.chunked + "zz\r\nhello\r\n0\r\n\r\n",
        WireRow.ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", WireRow.ok + "nonsense\r\n\r\n",
    ])
    func `rows 8, 16, 17, 20: what is no HTTP is not asked for again`(answer: String) async throws {
        let server = try LoopbackServer { _ in .raw(answer) }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry", "3", "--retry-delay", "1ms", "\(server.baseURL)/"])
        #expect(result.exit == 1)
        let row = try Row.only(result)
        #expect(row.kind == "protocol-error")
        #expect(row.numRetries == 0)
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 522, 524])
    func `row 73: a status that may pass is asked for again`(status: Int) async throws {
        let server = try LoopbackServer { $0.number == 1 ? .status(status) : .ok() }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "--retry-delay", "1ms", "\(server.baseURL)/"]))
        #expect(row.ok)
        #expect(row.numRetries == 1)
        #expect(server.requestCount == 2)
    }

    @Test(arguments: [404, 500])
    func `the body of a failure is read no further than a cap, unless it is asked for`(status: Int) async throws {
        let letters = [UInt8](repeating: 0x61, count: 4096)
        let server = try LoopbackServer { request in
            request.path == "/endless"
                ? .init([.text("HTTP/1.1 \(status) No\r\n\r\n"), .flood(letters, times: nil)])
                : .stream(length: 1 << 20, of: letters, status: status)
        }
        defer { server.stop() }
        let endless = try Row.only(await Tool.run(["--jsonl", "--retry", "0", "\(server.baseURL)/endless"]))
        #expect(endless.kind == "http-status")
        #expect((endless.sizeDownload ?? 0) < 1 << 20)
        let wanted = try Row.only(await Tool.run(["--jsonl", "--retry", "0", "--body", "\(server.baseURL)/large"]))
        #expect(wanted.kind == "http-status")
        #expect(wanted.body?.utf8.count == 1 << 20)
        let accepted = try Row.only(
            await Tool.run(["--jsonl", "--accept", "\(status)", "\(server.baseURL)/large"]))
        #expect(accepted.sizeDownload == 1 << 20)
    }

    @Test func `row 43: a kept connection that the server closes meanwhile is nobody's business`() async throws {
        let server = try LoopbackServer { LoopbackServer.Reply(LoopbackServer.Reply.ok($0.path).steps + [.close]) }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--max", "1", "\(server.baseURL)/[1-20]"])
        #expect(result.exit == 0)
        #expect(try Row.array(result).allSatisfy { $0.ok && $0.numRetries == 0 })
        #expect(server.requestCount == 20)
    }
}
