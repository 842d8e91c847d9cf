import TestSupport
import Testing

@Suite("Where URLs come from", .timeLimit(.minutes(5)))
struct InputTests {
    /// Runs with a server that says OK; gives the records in input order and the paths that were asked for.
    private func run(
        _ arguments: (String) throws -> [String], stdin: ((String) -> String)? = nil
    ) async throws -> (rows: [Row], paths: [String]) {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--max", "1"] + arguments(server.baseURL), stdin: stdin?(server.baseURL) ?? "")
        return (try Row.array(result), server.log.map(\.target))
    }

    @Test func `globs expand, with steps and leading zeros, and combine`() async throws {
        let (rows, paths) = try await run { ["\($0)/[08-10]/{a,b}", "\($0)/[1-9:4]", "\($0)/[x-z]"] }
        #expect(
            paths == [
                "/08/a", "/08/b", "/09/a", "/09/b", "/10/a", "/10/b", "/1", "/5", "/9", "/x", "/y", "/z",
            ])
        #expect(rows.map(\.index) == Array(0..<12))
    }

    @Test(arguments: ["-g", "--globoff"])
    func `globoff takes brackets and braces as they are`(option: String) async throws {
        let (rows, paths) = try await run { [option, "\($0)/?q=[1-3]{a,b}"] }
        #expect(rows.count == 1)
        #expect(paths == ["/?q=[1-3]{a,b}"])
    }

    @Test func `a list has identifiers, comments, blank lines, a BOM and CRLF`() async throws {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "\u{FEFF}one\t\($0)/1\r\n\r\n# no\n  \n\($0)/2\r\nthree 3\t\($0)/3"
        }
        #expect(paths == ["/1", "/2", "/3"])
        #expect(rows.map(\.id) == ["one", nil, "three 3"])
    }

    @Test func `URLs, files and stdin are taken in the order they are named`() async throws {
        let scratch = try Scratch()
        let (rows, paths) = try await run({ base in
            ["\(base)/a", try scratch.write("list", "\(base)/b\n\(base)/c\n"), "-", "\(base)/e"]
        }) { "\($0)/d\n" }
        #expect(paths == ["/a", "/b", "/c", "/d", "/e"])
        #expect(rows.map(\.index) == Array(0..<5))
    }

    @Test func `a gzipped list is read as such, as a file and from stdin, also of several members`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let zipped =
            LoopbackServer.gzip(Array("\(server.baseURL)/1\n".utf8))
            + LoopbackServer.gzip(Array("\(server.baseURL)/2\n".utf8))
        let file = try scratch.write("list.gz", zipped)
        let fromFile = try await Tool.run(["--json", "--max", "1", file])
        #expect(fromFile.exit == 0)
        #expect(server.log.map(\.path) == ["/1", "/2"])
        let fromStdin = try await Tool.run(["--json", "-"], bytes: zipped)
        #expect(fromStdin.exit == 0)
        #expect(try Row.array(fromStdin).count == 2)
    }

    @Test func `the same URL twice is two records`() async throws {
        let (rows, paths) = try await run { ["\($0)/x", "\($0)/x"] }
        #expect(rows.count == 2)
        #expect(paths == ["/x", "/x"])
    }

    @Test func `a line that is no URL is a record, names its line, and does not stop the others`() async throws {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "nonsense\n\($0)/a b\nftp://x/\n{\"url\":7}\n\($0)/ok\n"
        }
        #expect(paths == ["/ok"])
        #expect(rows.map(\.kind) == ["invalid-url", "invalid-url", "blocked-scheme", "invalid-url", nil])
        for (line, row) in rows.prefix(4).enumerated() {
            #expect(row.error?.message.contains(":\(line + 1)") == true, "\(row.error?.message ?? "")")
        }
    }

    @Test func `a line break that is encoded in a URL injects no header`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        _ = try await Tool.run(["--json", "\(server.baseURL)/a%0D%0AX-Evil:1", "\(server.baseURL)/b\r\nX-Evil: 1"])
        #expect(server.log.allSatisfy { $0.header("X-Evil") == nil })
    }

    @Test func `a line of a megabyte is one invalid-url, and its message is short`() async throws {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "\($0)/\(String(repeating: "x", count: 1 << 20))\n\($0)/ok\n"
        }
        #expect(paths == ["/ok"])
        #expect(rows.map(\.kind) == ["invalid-url", nil])
        #expect((rows.first?.url.utf8.count ?? 0) < 5000)
    }
}
