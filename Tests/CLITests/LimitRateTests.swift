import Subprocess
import TestSupport
import Testing

@Suite("issue 22.5: --limit-rate", .timeLimit(.minutes(20)))
struct LimitRateTests {
    private static let chunk = [UInt8](repeating: 0x61, count: 16 << 10)

    /// Time alone is no measure on a machine that is busy: less than the limit takes longer, more cannot be.
    @Test(arguments: [
        (["--limit-rate", "1M", "--max", "1"], 1), (["--limit-rate", "1M", "--max", "8"], 8),
        (["--limit-rate", "1M", "--max", "40"], 40), (["--limit-rate-each", "1M", "--max", "1"], 1),
        (["--limit-rate", "8M", "--limit-rate-each", "256k", "--max", "4"], 4),
    ])
    func `bodies take at least the time that the limit demands`(options: [String], count: Int) async throws {
        let server = try LoopbackServer { _ in .stream(length: (2 << 20) / count, of: Self.chunk) }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "-m", "0"] + options + ["\(server.baseURL)/[1-\(count)]"])
        let rows = try Row.array(result)
        #expect(rows.allSatisfy { $0.ok && $0.sizeDownload == (2 << 20) / count }, "\(rows)")
        // Two seconds, without the tenth that is saved up and the last piece.
        #expect((rows.map(\.timeTotal).compactMap { $0 }.max() ?? 0) > 1.7)
    }

    @Test func `small answers are limited as well`() async throws {
        let server = try LoopbackServer { _ in .ok(String(repeating: "x", count: 2000)) }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "20", "--limit-rate", "200kB", "\(server.baseURL)/[1-200]",
        ])
        #expect(result.exit == 0)
        // 400 kB.
        #expect(result.duration > .milliseconds(1700))
    }

    @Test func `what is below the limit is not slowed`() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "20", "--limit-rate", "100k", "--limit-rate-each", "10k", "\(server.baseURL)/[1-2000]",
        ])
        let rows = try Row.lines(result)
        #expect(rows.count == 2000 && rows.allSatisfy { $0.ok && $0.sizeDownload == 1 })
    }

    @Test func `one byte per second still ends by max-time, deadline and a signal`() async throws {
        let server = try LoopbackServer { _ in .stream(length: 1 << 20, of: Self.chunk) }
        defer { server.stop() }
        let common = ["--json", "--retry", "0", "--max", "4", "--limit-rate", "1"]
        let urls = "\(server.baseURL)/[1-8]"
        let late = try Row.array(await Tool.run(common + ["-m", "500ms", urls]))
        #expect(late.map(\.kind) == Array(repeating: "timed-out", count: 8), "\(late)")
        let ended = try await Tool.run(common + ["-m", "0", "--deadline", "500ms", urls])
        #expect(ended.exit == 124)
        #expect(try Row.array(ended).map(\.kind) == Array(repeating: "deadline", count: 8))
        let before = server.requestCount
        let interrupted = try await Tool.start(common + ["-m", "0", urls]) { tool in
            #expect(await server.waitUntil { $0.requestCount >= before + 4 })
            try tool.send(.interrupt)
        }
        #expect(interrupted.exit == 130)
        #expect(try Row.array(interrupted).map(\.kind) == Array(repeating: "cancelled", count: 8))
    }

    @Test func `a transfer is not too-slow because of the limit, and one whose server stands is`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/stands"
                ? LoopbackServer.Reply([.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), .silence])
                : .stream(length: 20 << 10, of: Self.chunk)
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--json", "--retry", "0", "--limit-rate", "8k", "--speed-limit", "100k", "--speed-time", "1s",
            "\(server.baseURL)/{limited,stands}",
        ])
        #expect(try Row.array(result).map(\.kind) == [nil, "too-slow"])
    }

    @Test func `a refusal of bytes that waited ends the transfer`() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/undecodable": .response(headers: [("Content-Encoding", "gzip")], body: Self.chunk)
            case "/large":
                LoopbackServer.Reply([
                    .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    .flood(Array("400\r\n\(String(repeating: "x", count: 1024))\r\n".utf8), times: nil),
                ])
            default: .stream(length: 40 << 10, of: Self.chunk)
            }
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--json", "--retry", "0", "--limit-rate", "64k", "--max", "3", "--max-filesize", "40k",
            "\(server.baseURL)/{fine,undecodable,large,fine2}",
        ])
        #expect(try Row.array(result).map(\.kind) == [nil, "undecodable", "too-large", nil], "\(result.stdout)")
    }

    @Test(arguments: ["--limit-rate", "--limit-rate-each"])
    func `it uses HTTP/1.1, so --http2 is refused`(option: String) async throws {
        let result = try await Tool.run(["--http2", option, "1M", "https://127.0.0.1:1/"])
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1 && result.stderr.contains("--http2 and --limit-rate cannot be used"))
        #expect(try await Tool.run(["--dry-run", "--http2", option, "0", "https://127.0.0.1:1/"]).exit == 0)
    }

    @Test func `a saved body is whole, and a chunked one`() async throws {
        let scratch = try Scratch()
        let body = (0..<40).flatMap { index in [UInt8](repeating: UInt8(0x30 + index), count: 5000) }
        var chunked = LoopbackServer.Reply([.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")])
        for start in stride(from: 0, to: body.count, by: 10_000) {
            chunked.steps.append(.text("2710\r\n"))
            chunked.steps.append(.send(Array(body[start..<start + 10_000])))
            chunked.steps.append(.text("\r\n"))
        }
        chunked.steps.append(.text("0\r\n\r\n"))
        let reply = chunked
        let server = try LoopbackServer { $0.path == "/chunked" ? reply : .response(body: body) }
        defer { server.stop() }
        let result = try await Tool.run([
            "--json", "--limit-rate", "1M", "--limit-rate-each", "400k", "--output-dir", scratch("out"),
            "\(server.baseURL)/{plain,chunked}",
        ])
        #expect(result.exit == 0)
        for name in ["plain", "chunked"] { #expect(try Array(scratch.text("out/" + name).utf8) == body) }
    }
}
