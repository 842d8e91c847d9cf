import TestSupport
import Testing

@Suite("With --dedupe what occurs more than once is fetched once", .timeLimit(.minutes(20)))
struct DedupeTests {
    @Test func `every line has its record, in order, and the server saw each URL once`() async throws {
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let list = (0..<3000).map { "n\($0)\t\(server.baseURL)/\($0 % 10)\n" }.joined()
        let result = try await Tool.run(["--json", "--body", "--dedupe", "-"], stdin: list)
        #expect(result.exit == 0)
        let rows = try Row.array(result)
        #expect(rows.map(\.index) == Array(0..<3000))
        #expect(rows.map(\.id) == (0..<3000).map { "n\($0)" })
        #expect(rows.allSatisfy { $0.ok && $0.body == "/\($0.index % 10)" })
        #expect(server.requestCount == 10)
        let without = try await Tool.run(["--jsonl", "\(server.baseURL)/{a,a}"])
        #expect(try Row.lines(without).count == 2)
        #expect(server.requestCount == 12)
    }

    @Test func `duplicates name the same file`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--dedupe", "--output-dir", scratch("out"), "\(server.baseURL)/{a,b,a,a}",
        ])
        let rows = try Row.lines(result).sorted { $0.index < $1.index }
        #expect(rows.map(\.filenameEffective) == ["a", "b", "a", "a"].map { scratch("out/" + $0) })
        #expect(try scratch.names("out") == ["a", "b"])
        #expect(server.requestCount == 2)
    }

    @Test func `a duplicate that comes much later does not wait for the next line`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.start(feeding: ["--jsonl", "--dedupe", "-"]) { tool in
            try await tool.write("\(server.baseURL)/a\n")
            #expect(await server.waitUntil { $0.requestCount == 1 && $0.inFlight == 0 })
            try await tool.write("\(server.baseURL)/a\nfoo\n")
        }
        #expect(result.exit == 1)
        #expect(try Row.lines(result).map(\.index).sorted() == [0, 1, 2])
        #expect(server.requestCount == 1)
    }

    @Test func `with a journal, what is taken up is still fetched once`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let arguments = ["--jsonl", "--dedupe", "--resume", scratch("j"), "-o", scratch("out")]
        _ = try await Tool.run(arguments + ["\(server.baseURL)/{a,a,b}"])
        _ = try await Tool.run(arguments + ["\(server.baseURL)/{a,a,b,c,c}"])
        #expect(ResumeTests.indices(try scratch.text("out")).sorted() == [0, 1, 2, 3, 4])
        #expect(server.requestCount == 3)
    }
}
