import FoundationEssentials
import TestSupport
import Testing

@Suite("Where output goes and what is in it", .timeLimit(.minutes(20)))
struct OutputOptionTests {
    private func demo(
        _ arguments: [String], _ paths: [String], environment: [String: String] = [:]
    ) async throws -> ToolResult {
        let server = try LoopbackServer(handler: DemoRoutes(latency: .milliseconds(1)).reply)
        defer { server.stop() }
        return try await Tool.run(
            ["--max", "1", "--retry", "0"] + arguments + paths.map { server.baseURL + $0 }, environment: environment)
    }

    @Test(arguments: ["-o", "--output"])
    func `records go to a file and not to stdout`(option: String) async throws {
        let scratch = try Scratch()
        try scratch.write("records", "what was there before, and was longer than any record could be")
        let result = try await demo(["--format", "tsv", option, scratch("records")], ["/products/1"])
        #expect(result.exit == 0)
        #expect(result.stdout == "")
        #expect(result.stderr == "")
        let lines = try scratch.text("records").split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("id\tindex\turl\t") == true)
    }

    @Test func `a dash for the file is stdout`() async throws {
        let result = try await demo(["--jsonl", "-o", "-"], ["/products/1"])
        #expect(try Row.only(result).ok)
    }

    @Test func `bodies are saved under the last part of their path, in a folder that is made`() async throws {
        let scratch = try Scratch()
        let result = try await demo(
            ["--json", "--output-dir", scratch("new")], ["/products/7", "/image.png", "/", "/status/404"])
        #expect(result.exit == 1)
        let rows = try Row.array(result)
        #expect(rows.map(\.filenameEffective) == ["7", "image.png", "index.html"].map { scratch("new/" + $0) } + [nil])
        #expect(try scratch.names("new") == ["7", "image.png", "index.html"])
        #expect(try scratch.text("new/7").hasPrefix(#"{"id":7,"#))
    }

    @Test func `the template names the files`() async throws {
        let scratch = try Scratch()
        let template = "{host}/{index:03}-{id}.{ext}"
        let result = try await demo(
            ["--json", "--output-dir", scratch("d"), "--filename-template", template], ["/image.png", "/a/b/c.txt"])
        #expect(try Row.array(result).first?.filenameEffective == scratch("d/127.0.0.1/000-0.png"))
        #expect(try scratch.names("d") == ["127.0.0.1", "127.0.0.1/000-0.png"])
        let wrong = try await demo(
            ["--output-dir", scratch("e"), "--filename-template", "{nothing}"], ["/image.png"])
        #expect(wrong.exit == 2)
        #expect(wrong.stderr.contains("{nothing}"))
        #expect(try scratch.names() == ["d", "d/127.0.0.1", "d/127.0.0.1/000-0.png"])
    }

    @Test func `row 112: names that collide are kept apart, and a traversal stays inside`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let paths = ["/a", "/x/a", "/..%2f..%2fetc%2fpasswd", "/.bashrc", "/-rf", "/A"]
        let result = try await Tool.run(
            ["--json", "--max", "1", "--output-dir", scratch("out")] + paths.map { server.baseURL + $0 })
        #expect(result.exit == 0)
        let names = try Row.array(result).compactMap(\.filenameEffective).map {
            String($0.dropFirst(scratch("out/").count))
        }
        #expect(Set(names.map { $0.lowercased() }).count == 6)
        #expect(try Set(scratch.names("out")) == Set(names))
        #expect(names.allSatisfy { !$0.hasPrefix(".") && !$0.hasPrefix("-") && !$0.contains("/") })
        #expect(try scratch.names().allSatisfy { $0 == "out" || $0.hasPrefix("out/") })
    }

    @Test func `headers are in the record when they are asked for`() async throws {
        let server = try LoopbackServer { _ in .response(headers: [("X-A", "1"), ("x-a", "2"), ("ETag", "\"e\"")]) }
        defer { server.stop() }
        let with = try Row.only(await Tool.run(["--jsonl", "--include-headers", "\(server.baseURL)/"]))
        #expect(with.headers?["x-a"] == ["1", "2"])
        #expect(with.headers?["etag"] == ["\"e\""])
        let without = try Row.only(await Tool.run(["--jsonl", "\(server.baseURL)/"]))
        #expect(without.headers == nil)
    }

    @Test func `what failed is a list that works as input again`() async throws {
        let scratch = try Scratch()
        let isWell = Gate()
        let server = try LoopbackServer { request in
            request.path.hasPrefix("/bad") && !isWell.isOpen ? .status(404) : .ok()
        }
        defer { server.stop() }
        let list = """
            one\t\(server.baseURL)/bad1
            two\t\(server.baseURL)/good
            \(server.baseURL)/bad2?q=1
            {"id":"j","url":"\(server.baseURL)/bad3","method":"PUT","headers":{"X-A":["1","2"]},"body":"b\\n"}
            """
        let first = try await Tool.run(["--json", "--max", "1", "--failed-to", scratch("failed"), "-"], stdin: list)
        #expect(first.exit == 1)
        #expect(first.stderr == "")
        let lines = try scratch.text("failed").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.prefix(2) == ["one\t\(server.baseURL)/bad1", "\(server.baseURL)/bad2?q=1"])
        isWell.open()
        let second = try await Tool.run(["--json", "--max", "1", scratch("failed")])
        #expect(second.exit == 0)
        #expect(try Row.array(second).map(\.id) == ["one", nil, "j"])
        let again = try #require(server.log.last)
        #expect(again.method == "PUT")
        #expect(again.values("x-a") == ["1", "2"])
        #expect(again.body == Array("b\n".utf8))
    }

    @Test func `a JSON request whose URL is no good keeps everything else in the failed list`() async throws {
        let scratch = try Scratch()
        let line =
            #"{"id":"j","url":"nonsense","method":"PUT","headers":{"X-A":"1","Authorization":"t"},"body":{"n":1.50}}"#
        let first = try await Tool.run(["--json", "--failed-to", scratch("failed"), "-"], stdin: line)
        #expect(try Row.array(first).map(\.url) == ["nonsense"])
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let mended = try scratch.text("failed").replacing("nonsense", with: "\(server.baseURL)/")
        #expect(!mended.contains("Authorization"))
        let second = try await Tool.run(["--json", "-"], stdin: mended)
        #expect(try Row.array(second).map(\.id) == ["j"])
        let sent = try #require(server.log.first)
        #expect(sent.method == "PUT")
        #expect(sent.values("x-a") == ["1"])
        #expect(sent.body == Array(#"{"n":1.50}"#.utf8))
    }

    @Test func `the failed list is empty when nothing failed`() async throws {
        let scratch = try Scratch()
        let result = try await demo(["--jsonl", "--failed-to", scratch("failed")], ["/products/1"])
        #expect(result.exit == 0)
        #expect(try scratch.text("failed") == "")
    }

    @Test(arguments: ["-w", "--write-out"])
    func `write-out takes curl's variables and adds nothing`(option: String) async throws {
        let format = #"%{urlnum} %{http_code} %{size_download} %{method} %{num_retries} %header{content-type} 100%%\n"#
        let result = try await demo([option, format, "--keep-order"], ["/status/200", "/status/404"])
        #expect(result.exit == 1)
        #expect(
            result.stdout == "0 200 7 GET 0 text/plain; charset=utf-8 100%\n"
                + "1 404 14 GET 0 text/plain; charset=utf-8 100%\n")
    }

    @Test func `the summary has totals, statuses and hosts, on stderr`() async throws {
        let result = try await demo(["--jsonl", "--summary"], ["/products/1", "/status/404"])
        #expect(result.exit == 1)
        #expect(try Row.lines(result).count == 2)
        #expect(result.stderr.contains("2 requests in "))
        #expect(result.stderr.contains("1 ok, 1 failed"))
        #expect(result.stderr.contains("200 × 1  404 × 1"))
        #expect(result.stderr.contains("http-status × 1"))
        #expect(result.stderr.contains("127.0.0.1"))
    }
}
