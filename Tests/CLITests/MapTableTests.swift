import FetchSystem
import Subprocess
import TestSupport
import Testing

@Suite("issue 20.18: the values of map and gather as a table", .timeLimit(.minutes(20)))
struct MapTableTests {
    private func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/1": .json(#"{"price": -9.99, "name": "Tea, \"red\"", "tags": ["a", {"b": 1}], "old": null}"#)
            case "/2": .json(#"{"price": 123456, "name": "=1+1", "tags": [], "old": true}"#)
            default: .status(404)
            }
        }
    }

    private func run(_ arguments: [String], ids: [String] = ["2", "3", "1"]) async throws -> ToolResult {
        let server = try server()
        defer { server.stop() }
        return try await Tool.run(
            ["map", "--url-template", "\(server.baseURL)/{id}", "--retry", "0"] + arguments + ids)
    }

    private static let picks = ["--pick", ".price", "--pick", "title=.name", "--pick", ".tags", "--pick", ".old"]

    @Test func `CSV has the id and a column for each pick, in input order`() async throws {
        let result = try await run(["--format", "csv"] + Self.picks)
        #expect(result.exit == 1)
        #expect(result.complaints.count == 1)
        #expect(
            result.stdout == "id,price,title,tags,old\r\n2,123456,'=1+1,[],true\r\n3,,,,\r\n"
                + "1,-9.99,\"Tea, \"\"red\"\"\",\"[\"\"a\"\",{\"\"b\"\":1}]\",\r\n")
        let unguarded = try await run(["--format", "csv", "--no-csv-guard", "--pick", ".name"], ids: ["2"])
        #expect(unguarded.stdout == "id,name\r\n2,=1+1\r\n")
    }

    @Test func `TSV has the same columns`() async throws {
        let result = try await run(["--format", "tsv"] + Self.picks)
        #expect(
            result.stdout == "id\tprice\ttitle\ttags\told\n2\t123456\t'=1+1\t[]\ttrue\n3\t\t\t\t\n"
                + "1\t-9.99\tTea, \"red\"\t[\"a\",{\"b\":1}]\t\n")
    }

    @Test func `the table for the user has them in columns`() async throws {
        let result = try await run(["--format", "table", "--pick", ".price", "--pick", ".name"])
        #expect(result.exit == 1)
        #expect(
            result.stdout == """
                ID  PRICE   NAME
                2   123456  =1+1
                3   -       -
                1    -9.99  Tea, "red"

                """)
    }

    @Test func `one pick is one column, and without a pick the body is`() async throws {
        let one = try await run(["--format", "csv", "--pick", ".price * 2"], ids: ["1"])
        #expect(one.stdout == "id,.price * 2\r\n1,-19.98\r\n")
        let whole = try await run(["--format", "tsv"], ids: ["2"])
        #expect(
            whole.stdout
                == "id\tvalue\n2\t{\"price\":123456,\"name\":\"=1+1\",\"tags\":[],\"old\":true}\n")
        let none = try await Tool.run(
            ["map", "--url-template", "http://127.0.0.1:1/{id}", "--format", "csv", "-"], stdin: "")
        #expect(none.stdout == "id,value\r\n" && none.exit == 0)
    }

    @Test func `values do not reach the terminal raw`() async throws {
        let server = try LoopbackServer { _ in .json("{\"name\": \"a\u{9B}2J\u{202E}b\\u001b[1m\\n\"}") }
        defer { server.stop() }
        for format in ["table", "csv", "tsv"] {
            let result = try await Tool.run([
                "map", "--url-template", "\(server.baseURL)/{id}", "--format", format, "--pick", ".name", "1",
            ])
            #expect(
                !result.stdout.unicodeScalars.contains { ["\u{9B}", "\u{202E}", "\u{1B}"].contains($0) }, "\(format)")
        }
    }

    @Test func `interrupted, each id has its row`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/1" ? .json(#"{"a": 1}"#) : LoopbackServer.Reply([.silence])
        }
        defer { server.stop() }
        for format in ["csv", "table"] {
            let before = server.requestCount
            let result = try await Tool.start([
                "map", "--url-template", "\(server.baseURL)/{id}", "--format", format, "--pick", ".a", "--max", "3",
                "1..5",
            ]) {
                #expect(await server.waitUntil { $0.requestCount == before + 4 })
                try $0.send(.interrupt)
            }
            #expect(result.exit == 130)
            #expect(result.lines.count == 6, "\(result.stdout)")
        }
    }

    @Test func `gather has a column for each part, and the id where there are several`() async throws {
        let server = try LoopbackServer { request in
            request.path.hasPrefix("/bad/2") ? .status(404) : .json("{\"path\": \"\(request.path)\"}")
        }
        defer { server.stop() }
        let parts = ["gather", "--retry", "0", "a=\(server.baseURL)/a/{id}", "b=\(server.baseURL)/bad/{id}"]
        let one = try await Tool.run(parts + ["--var", "id=1", "--format", "csv"])
        #expect(one.stdout == "a,b\r\n\"{\"\"path\"\":\"\"/a/1\"\"}\",\"{\"\"path\"\":\"\"/bad/1\"\"}\"\r\n")
        let many = try await Tool.run(parts + ["--var", "id=1..2", "--format", "tsv"])
        #expect(many.exit == 1)
        #expect(many.stdout == "id\ta\tb\n1\t{\"path\":\"/a/1\"}\t{\"path\":\"/bad/1\"}\n2\t\t\n")
        let optional = try await Tool.run(parts + ["--var", "id=1..2", "--format", "tsv", "--optional", "b"])
        #expect(optional.exit == 0)
        #expect(optional.lines.last == "2\t{\"path\":\"/a/2\"}\t")
        let timed = try await Tool.run(parts + ["--var", "id=1", "--timing", "--format", "table"])
        #expect(timed.lines.first?.split(separator: " ") == ["A", "B", "TIMING"])
    }
}
