import TestSupport
import Testing

@Suite("Limits of time, size and redirects", .timeLimit(.minutes(20)))
struct LimitTests {
    private func row(
        _ arguments: [String], onPath path: String = "/",
        handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) async throws -> (row: Row, log: [LoopbackServer.Request]) {
        let server = try LoopbackServer(handler: handler)
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry", "0"] + arguments + [server.baseURL + path])
        let row = try Row.only(result)
        #expect(result.exit == (row.ok ? 0 : 1))
        return (row, server.log)
    }

    @Test(arguments: ["-m", "--max-time"])
    func `row 7: an attempt that takes longer than max-time is timed-out`(option: String) async throws {
        let (row, _) = try await row([option, "300ms"]) { _ in LoopbackServer.Reply([.silence]) }
        #expect(row.kind == "timed-out")
        #expect(row.error?.exitcode == 28)
        #expect((row.timeTotal ?? 0) >= 0.29)
        #expect((row.timeTotal ?? 9) < 2)
    }

    @Test func `waiting for a permit does not count as time of the attempt`() async throws {
        let server = try LoopbackServer { _ in .ok(after: .milliseconds(400)) }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--max", "1", "-m", "1500ms", "\(server.baseURL)/[1-5]"])
        #expect(result.exit == 0)
        let rows = try Row.array(result)
        #expect(rows.filter(\.ok).count == 5)
        #expect((rows.map(\.timeWait).max() ?? 0) > 1.5)
    }

    @Test func `row 30: a body that drips is too-slow`() async throws {
        let (row, _) = try await row(["--speed-limit", "1000", "--speed-time", "1s"]) { _ in
            LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
                .drip([UInt8](repeating: 0x61, count: 1000), every: .milliseconds(50)),
            ])
        }
        #expect(row.kind == "too-slow")
        #expect(row.error?.exitcode == 28)
        #expect((row.timeTotal ?? 99) < 10)
    }

    @Test func `row 51: redirects are followed, ten of them`() async throws {
        let routes = DemoRoutes()
        let (good, log) = try await row([], onPath: "/redirect/10", handler: routes.reply)
        #expect(good.ok)
        #expect(good.numRedirects == 10)
        #expect(good.urlEffective?.hasSuffix("/") == true)
        #expect(log.count == 11)
        let (bad, _) = try await row([], onPath: "/redirect/11", handler: routes.reply)
        #expect(bad.kind == "too-many-redirects")
        #expect(bad.error?.exitcode == 47)
    }

    @Test func `max-redirs sets the bound`() async throws {
        let (row, log) = try await row(["--max-redirs", "2"], onPath: "/redirect/5", handler: DemoRoutes().reply)
        #expect(row.kind == "too-many-redirects")
        #expect(log.map(\.path) == ["/redirect/5", "/redirect/4", "/redirect/3"])
    }

    @Test func `no-location takes the redirect for the answer`() async throws {
        let (row, log) = try await row(
            ["--no-location", "--accept", "302", "--include-headers"], onPath: "/redirect/5",
            handler: DemoRoutes().reply)
        #expect(row.ok)
        #expect(row.responseCode == 302)
        #expect(row.headers?["location"] == ["/redirect/4"])
        #expect(row.numRedirects == 0)
        #expect(log.count == 1)
    }

    @Test func `row 52: a redirect to another scheme is not followed`() async throws {
        let (row, log) = try await row([]) { _ in .redirect(to: "file:///etc/passwd") }
        #expect(row.kind == "blocked-scheme")
        #expect(log.count == 1)
    }

    @Test func `row 31: a body of more bytes than max-filesize is too-large, whether it says so or not`() async throws {
        let announced = try await row(["--max-filesize", "10k"]) { _ in
            .stream(length: 10_241, of: [0x61])
        }
        #expect(announced.row.kind == "too-large")
        #expect(announced.row.error?.exitcode == 63)
        let endless = try await row(["--max-filesize", "10k"]) { _ in
            LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                .flood(Array("400\r\n\(String(repeating: "x", count: 1024))\r\n".utf8), times: nil),
            ])
        }
        #expect(endless.row.kind == "too-large")
        let exact = try await row(["--max-filesize", "10k"]) { _ in .stream(length: 10_240, of: [0x61]) }
        #expect(exact.row.ok)
        #expect(exact.row.sizeDownload == 10_240)
    }

    @Test func `row 32: max-filesize counts decoded bytes: a bomb does not go off`() async throws {
        let bomb = LoopbackServer.gzip([UInt8](repeating: 0, count: 65_536), times: 64)
        let (row, _) = try await row(["--max-filesize", "100k", "--body"]) { _ in
            .response(headers: [("Content-Encoding", "gzip")], body: bomb)
        }
        #expect(bomb.count < 100 << 10)
        #expect(row.kind == "too-large")
    }

    @Test func `a body in the record has at most 16M unless max-filesize says more`() async throws {
        let chunk = [UInt8](repeating: 0x61, count: 1 << 20)
        let large = try await row(["--body"]) { _ in .stream(length: (16 << 20) + 1, of: chunk) }
        #expect(large.row.kind == "too-large")
        let allowed = try await row(["--body", "--max-filesize", "17M"]) { _ in
            .stream(length: (16 << 20) + 1, of: chunk)
        }
        #expect(allowed.row.body?.utf8.count == (16 << 20) + 1)
    }
}
