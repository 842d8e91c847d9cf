import TestSupport
import Testing

@Suite("issue 23.6: small things that were met", .timeLimit(.minutes(20)))
struct SmallThingsTests {
    private static let escape = "\u{1B}["

    @Test(arguments: ["FORCE_COLOR", "CLICOLOR_FORCE"])
    func `a variable forces colour where no terminal is`(variable: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        func hasColour(_ options: [String], _ environment: [String: String]) async throws -> Bool {
            try await Tool.run(options + ["\(server.baseURL)/"], environment: environment).stdout.contains(Self.escape)
        }
        #expect(try await hasColour([], [variable: "1"]))
        #expect(try await !hasColour([], [variable: "0"]))
        #expect(try await !hasColour([], [variable: ""]))
        #expect(try await !hasColour([], [variable: "1", "NO_COLOR": "1"]))
        #expect(try await !hasColour(["--color", "never"], [variable: "1"]))
        #expect(try await !hasColour(["--jsonl"], [variable: "1"]))
    }

    @Test func `a transfer that failed after its 200 is ERR in the table, and a 404 is 404`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/cut" ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") : .status(404)
        }
        defer { server.stop() }
        let urls = ["--retry", "0", "\(server.baseURL)/{cut,missing}"]
        let table = try await Tool.run(["--keep-order"] + urls)
        #expect(table.exit == 1)
        let rows = table.lines.dropFirst().map { $0.split(separator: " ").map(String.init) }
        #expect(rows.map { $0[1] } == ["ERR", "404"], "\(table.stdout)")
        #expect(table.stdout.contains("truncated") && !table.stdout.contains(" 200 "))
        // The record still has both.
        let records = try await Tool.run(["--json"] + urls)
        #expect(try Row.array(records).map(\.responseCode) == [200, 404])
    }

    @Test func `a redirect that has a row of its own says where it leads`() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": .status(404)
            case "/": .html("<a href=/moved>x</a>")
            case "/moved": .redirect(to: "page?a=1")
            default: .html("end")
            }
        }
        defer { server.stop() }
        let row = "\(server.baseURL)/moved → \(server.baseURL)/page?a=1"
        let crawl = try await Tool.run(["crawl", "\(server.baseURL)/"])
        #expect(crawl.lines.contains { $0.hasSuffix(row) }, "\(crawl.stdout)")
        #expect(crawl.lines.count { $0.contains("→") } == 1)
        let fetch = try await Tool.run(["--no-location", "\(server.baseURL)/moved"])
        #expect(fetch.lines.contains { $0.contains(row) }, "\(fetch.stdout)")
    }

    @Test func `a summary that counts nothing says why`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/robots.txt" ? .status(404) : .html("page")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        func run(_ arguments: [String], stdin: String = "") async throws -> ToolResult {
            let result = try await Tool.run(
                ["--summary", "--jsonl"] + arguments, stdin: stdin, directory: scratch.path)
            #expect(result.exit == 0, "\(result.stderr)")
            return result
        }
        #expect(try await run(["-"], stdin: "# none\n").stderr.contains("nothing to do: there is no input"))
        let list = ["--resume", "done.txt", "\(server.baseURL)/[1-3]"]
        #expect(try await !run(list).stderr.contains("nothing to do"))
        #expect(try await run(list).stderr.contains("nothing to do: earlier runs have done all 3 inputs (done.txt)"))
        #expect(try await run(["--dry-run"] + [list[2]]).stderr == "3 requests planned, nothing was sent\n")
        let saving = ["-O", "--skip-existing", "\(server.baseURL)/a.html"]
        #expect(try await !run(saving).stderr.contains("not sent"))
        #expect(try await run(saving).stderr.contains("1 ok, 0 failed, 1 not sent because the file exists"))
        let crawl = ["crawl", "--summary", "--jsonl", "--state", "c.db", "\(server.baseURL)/"]
        for expected in [false, true] {
            let result = try await Tool.run(crawl, directory: scratch.path)
            #expect(
                result.stderr.contains("nothing to do: earlier runs have fetched all pages (c.db)") == expected,
                "\(result.stderr)")
        }
    }

    @Test func `the table, the summary and the record tell one time and one size of a redirected request`() async throws
    {
        let server = try LoopbackServer { request in
            request.path == "/moved"
                ? .response(status: 302, headers: [("Location", "/page")], after: .milliseconds(150))
                : .ok(String(repeating: "x", count: 12_345))
        }
        defer { server.stop() }
        let table = try await Tool.run(["--summary", "\(server.baseURL)/moved"])
        let row = try #require(table.lines.last).split(separator: " ")
        // # STATUS TIME UNIT SIZE UNIT RETRIES URL
        try #require(row.count > 6, "\(table.stdout)")
        let time = "\(row[2]) \(row[3])"
        #expect(table.stderr.contains("min \(time)  p50 \(time)"), "\(time): \(table.stderr)")
        #expect(table.stderr.contains("mean \(time)"))
        #expect("\(row[4]) \(row[5])" == "12.3 kB" && table.stderr.contains("12.3 kB"))
        let line = try await Tool.run(
            ["-w", "%{size_download} %{speed_download} %{time_total}", "\(server.baseURL)/moved"])
        let values = line.stdout.split(separator: " ").compactMap { Double($0) }
        try #require(values.count == 3, "\(line.stdout)")
        #expect(values[0] == 12_345 && values[2] >= 0.15)
        #expect(abs(values[1] - values[0] / values[2]) <= 1)
    }

    @Test(.enabled("there is no openssl") { try await TLSServer.isThere() })
    func `a failure of TLS names the option that helps, once, and not with -q`() async throws {
        try await TLSServer.run { server in
            let url = server.url
            let result = try await Tool.run(["--jsonl", "--retry", "0", url, url + "b"])
            #expect(result.exit == 1)
            let complaint = try #require(result.complaints.first)
            #expect(result.complaints.count == 1, "\(result.stderr)")
            #expect(complaint.hasPrefix("fetchall: TLS failed for https://127.0.0.1:"), "\(complaint)")
            #expect(complaint.contains("--cacert FILE") && complaint.contains("-k (--insecure)"))
            let crawl = try await Tool.run(["crawl", "--jsonl", "--retry", "0", "--no-robots", url])
            #expect(crawl.stderr.contains("--cacert FILE"), "\(crawl.stderr)")
            let quiet = try await Tool.run(["-q", "--jsonl", "--retry", "0", url])
            #expect(quiet.stderr.isEmpty)
            let other = try await Tool.run([
                "--jsonl", "--retry", "0", "--cacert", server.certificate, "--resolve",
                "other.invalid:\(server.port):127.0.0.1", "https://other.invalid:\(server.port)/",
            ])
            #expect(other.stderr.contains("the certificate is for another name"), "\(other.stdout)\(other.stderr)")
        }
        let plain = try LoopbackServer(onConnect: { _ in [.text("HTTP/1.1 400 Bad Request\r\n\r\n"), .close] }) { _ in
            .ok()
        }
        defer { plain.stop() }
        let secure = plain.baseURL.replacing("http:", with: "https:")
        let result = try await Tool.run(["--jsonl", "--retry", "0", secure])
        #expect(result.stderr.contains("try http:// or another port"), "\(result.stdout)\(result.stderr)")
    }
}
