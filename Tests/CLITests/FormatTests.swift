import FoundationEssentials
import TestSupport
import Testing

@Suite("Every format gives every input exactly one record", .timeLimit(.minutes(20)))
struct FormatTests {
    /// A list with every kind of end: two good, one 404, one refused, one that is no URL. Port 1 stays closed;
    /// a free port would be the next server's.
    private func list(_ server: LoopbackServer) -> String {
        return """
            good\t\(server.baseURL)/products/1
            \(server.baseURL)/products/2
            missing\t\(server.baseURL)/status/404
            http://127.0.0.1:1/
            bad\thttp://[::1/
            """
    }

    private func run(_ arguments: [String]) async throws -> ToolResult {
        let server = try LoopbackServer(handler: DemoRoutes().reply)
        defer { server.stop() }
        return try await Tool.run(arguments + ["--retry", "0", "-"], stdin: list(server))
    }

    @Test func `the table is the default and has a header and a row for each input`() async throws {
        let result = try await run([])
        #expect(result.exit == 1)
        #expect(result.stderr == "")
        #expect(result.lines.count == 6)
        #expect(result.lines.first?.split(separator: " ") == ["#", "STATUS", "TIME", "SIZE", "RETRIES", "URL"])
        let numbers = result.lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(numbers.sorted() == ["0", "1", "2", "3", "4"])
        #expect(result.lines.contains { $0.contains(" 404 ") && $0.contains("http-status") })
        #expect(!result.stdout.contains("\u{1B}"))
    }

    @Test(arguments: [["--json"], ["--format", "json"]])
    func `an array in input order`(arguments: [String]) async throws {
        let result = try await run(arguments)
        #expect(result.exit == 1)
        #expect(result.stderr == "")
        let rows = try Row.array(result)
        #expect(rows.map(\.index) == [0, 1, 2, 3, 4])
        #expect(rows.map(\.id) == ["good", nil, "missing", nil, "bad"])
        #expect(rows.map(\.ok) == [true, true, false, false, false])
        #expect(rows.map { $0.error?.kind } == [nil, nil, "http-status", "connection-refused", "invalid-url"])
        #expect(rows.map { $0.error?.exitcode } == [nil, nil, 22, 7, 3])
        #expect(rows.map(\.responseCode) == [200, 200, 404, nil, nil])
    }

    @Test(arguments: [["--jsonl"], ["--format", "jsonl"]])
    func `a line of JSON for each record`(arguments: [String]) async throws {
        let result = try await run(arguments)
        #expect(result.exit == 1)
        #expect(result.stderr == "")
        #expect(result.bytes.last == 0x0A)
        #expect(try Row.lines(result).map(\.index).sorted() == [0, 1, 2, 3, 4])
    }

    /// Records of a file are made and written elsewhere than those of a pipe.
    @Test(arguments: ["table", "json", "jsonl", "csv", "tsv"])
    func `a file holds what a pipe gets`(format: String) async throws {
        let scratch = try Scratch()
        let options = ["--format", format, "--max", "1"] + (format.hasPrefix("json") ? ["--include-headers"] : [])
        let piped = try await run(options)
        let filed = try await run(options + ["-o", scratch("out")])
        #expect(filed.exit == piped.exit && filed.stderr == piped.stderr && filed.stdout == "")
        // Ports, times and dates differ from run to run.
        func shape(_ text: String) -> [String] {
            text.split(separator: "\n").map { line in
                let numbers = String(line).replacing(#/\d+(\.\d+)?/#, with: "0")
                let dates = numbers.replacing(#/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), 0 ... /#, with: "")
                return dates.replacing(#/ +/#, with: " ")
            }
        }
        #expect(shape(try scratch.text("out")) == shape(piped.stdout))
        #expect(!piped.stdout.isEmpty)
    }

    @Test(arguments: ["csv", "tsv"])
    func `a header row and a row for each record`(format: String) async throws {
        let result = try await run(["--format", format, "--keep-order"])
        #expect(result.exit == 1)
        #expect(result.stderr == "")
        let separator: Character = format == "csv" ? "," : "\t"
        let rows = result.lines.map { $0.split(separator: separator, omittingEmptySubsequences: false) }
        #expect(rows.count == 6)
        #expect(rows.first?.prefix(3) == ["id", "index", "url"])
        #expect(Set(rows.map(\.count)).count == 1)
        #expect(rows.dropFirst().map { $0[1] } == ["0", "1", "2", "3", "4"])
        #expect(result.stdout.utf8.count(where: { $0 == 0x0D }) == (format == "csv" ? 6 : 0))
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `row 98: another program reads CSV back as it was`() async throws {
        let server = try LoopbackServer { _ in .response(headers: [("Content-Type", "text/x; a=\"b,c\"")]) }
        defer { server.stop() }
        let list = "a,\"b\" 'c'\t\(server.baseURL)/1\n{\"id\":\"two\\nlines\\r\",\"url\":\"\(server.baseURL)/2\"}\n"
        let written = try await Tool.run(["--format", "csv", "--keep-order", "-"], stdin: list)
        let scratch = try Scratch()
        let file = try scratch.write("csv", written.bytes)
        let read = try await Tool.shell(
            """
            exec python3 -c 'import csv, json, sys
            print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline=""), strict=True))))' "$1"
            """, [file])
        let rows = try JSONDecoder().decode([[String: String]].self, from: Data(read.bytes))
        #expect(rows.map { $0["id"] } == ["a,\"b\" 'c'", "two\nlines\r"], "\(read.stderr)")
        #expect(rows.map { $0["url"] } == ["\(server.baseURL)/1", "\(server.baseURL)/2"])
        #expect(rows.allSatisfy { $0["content_type"] == "text/x; a=\"b,c\"" })
    }

    @Test func `row 97: what a spreadsheet would run or misread is guarded in CSV`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = "=1+1\t\(server.baseURL)/a,b\n\"q\"\t\(server.baseURL)/\n"
        for (first, expected) in [("+", "'+1"), ("-", "'-1"), ("@", "'@1"), ("\\t", "'\t1"), ("\\r", "\"'\r1\"")] {
            let line = "{\"id\":\"\(first)1\",\"url\":\"\(server.baseURL)/\"}\n"
            let row = try await Tool.run(["--format", "csv", "-"], stdin: line).stdout.split(separator: "\r\n").last
            #expect(row?.hasPrefix(expected + ",0,http") == true, "\(row ?? "")")
        }
        let open = try await Tool.run(["--format", "csv", "--no-csv-guard", "--keep-order", "-"], stdin: list)
        #expect(open.lines.dropFirst().first?.hasPrefix("=1+1,0,") == true)
        let result = try await Tool.run(["--format", "csv", "--keep-order", "-"], stdin: list)
        #expect(result.exit == 0)
        try #require(result.lines.count == 3)
        #expect(result.lines[1].hasPrefix("'=1+1,0,\"\(server.baseURL)/a,b\","))
        #expect(result.lines[2].hasPrefix("\"\"\"q\"\"\",1,\(server.baseURL)/,"))
    }

    @Test func `keep-order makes lines wait for their turn`() async throws {
        let last = Gate()
        let server = try LoopbackServer { request in
            guard request.path == "/0" else { return .ok() }
            return LoopbackServer.Reply([.hold(last)] + LoopbackServer.Reply.ok().steps)
        }
        defer { server.stop() }
        let url = "\(server.baseURL)/[0-9]"
        let result = try await Tool.start(["--keep-order", "--jsonl", url]) { _ in
            #expect(await server.waitUntil { $0.requestCount == 10 && $0.inFlight == 1 })
            last.open()
        }
        #expect(result.exit == 0)
        #expect(try Row.lines(result).map(\.index) == Array(0..<10))
    }

    @Test func `without keep-order a line is there as soon as its request is done`() async throws {
        let last = Gate()
        let server = try LoopbackServer { request in
            guard request.path == "/0" else { return .ok() }
            return LoopbackServer.Reply([.hold(last)] + LoopbackServer.Reply.ok().steps)
        }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "--max", "2", "\(server.baseURL)/[0-9]"]) { _ in
            // The last leaves on the permit of the last but one: eight are done by then.
            #expect(await server.waitUntil(requests: 10))
            last.open()
        }
        #expect(result.exit == 0)
        #expect(try Row.lines(result).map(\.index).prefix(8) == [1, 2, 3, 4, 5, 6, 7, 8])
    }
}
