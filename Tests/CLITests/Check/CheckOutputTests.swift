import FetchSystem
import Subprocess
import TestSupport
import Testing

@Suite("issue 25: fetchall check, what it writes", .timeLimit(.minutes(5)))
struct CheckOutputTests {
    /// A server with a page that has two broken links, and as many that hang as wanted.
    private static func server(hanging: Int = 0) throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/":
                .html(
                    "<a href=/gone>a, b</a>\n<a href=/moved>m</a><a href=/ok>o</a>"
                        + (0..<hanging).map { "<a href=/hang/\($0)>h</a>" }.joined())
            case "/ok": .html("<a href=/gone>c</a>")
            case "/moved": .redirect(to: "/ok", status: 301)
            default: request.path.hasPrefix("/hang/") ? LoopbackServer.Reply([.silence]) : .status(404)
            }
        }
    }

    @Test func `the table groups links by page, and the totals are the last line`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        let result = try await Tool.run(["check", "--no-robots", "\(server.baseURL)/"])
        #expect(result.exit == 1)
        #expect(result.lines.filter { !$0.hasPrefix(" ") }.sorted() == ["\(server.baseURL)/", "\(server.baseURL)/ok"])
        #expect(
            result.stdout.contains("  1:") && result.stdout.contains("404 Not Found")
                && result.stdout.contains("[a, b]"))
        #expect(result.complaints.last == "4 links on 2 pages: 2 ok, 2 broken, 1 warning", "\(result.stderr)")
        let summed = try await Tool.run(["check", "--no-robots", "--summary", "\(server.baseURL)/"])
        #expect(summed.stderr.contains("latency") && summed.complaints.last?.hasPrefix("4 links on 2 pages") == true)
    }

    @Test func `JSON, CSV and annotations have a row for each page and link`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let scratch = try Scratch()
        let json = try await Tool.run(["check", "--no-robots", "--json", "-o", scratch("a.json"), url])
        let document = try JSONValue.parse(try scratch.bytes("a.json")[...])
        guard case .array(let rows) = document else {
            Issue.record("\(document)")
            return
        }
        #expect(rows.count == 3 && json.stdout.isEmpty && json.exit == 1)
        let csv = try await Tool.run(["check", "--no-robots", "--format", "csv", url])
        #expect(csv.lines.count == 4 && csv.lines[0].hasPrefix("severity,kind,message,page,file,line,column,text,url"))
        let annotated = try await Tool.run(["check", "--no-robots", "--format", "github", url])
        #expect(
            annotated.lines.filter { $0.hasPrefix("::error title=http-status::\(url)gone: 404 Not Found") }.count == 2)
        #expect(annotated.lines.filter { $0.hasPrefix("::warning title=redirected-permanently::") }.count == 1)
        let failed = try await Tool.run(["check", "--no-robots", "--failed-to", scratch("failed"), url])
        let list = try scratch.text("failed")
        #expect(failed.exit == 1 && list == "\(url)gone\n")
    }

    @Test func `an annotation of a file names its line and column`() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("a,b.html", "\n  <a href=gone.html>x</a>")
        let result = try await Tool.run(["check", "--offline", "--format", "github", file])
        #expect(result.stdout.contains("a%2Cb.html,line=2,col=11,title=file-missing::"), "\(result.stdout)")
        #expect(result.stdout.hasPrefix("::error file=") && result.exit == 1)
    }

    @Test(arguments: [["--deadline", "700ms"], []])
    func `a document is whole when the run ends early`(options: [String]) async throws {
        let server = try Self.server(hanging: 30)
        defer { server.stop() }
        let arguments = ["check", "--no-robots", "--json", "--max-host", "30"] + options + ["\(server.baseURL)/"]
        let result = try await Tool.start(arguments) { tool in
            guard options.isEmpty else { return }
            #expect(await server.waitUntil { $0.inFlight >= 6 })
            try tool.send(.interrupt)
        }
        #expect(result.exit == (options.isEmpty ? 130 : 124), "\(result)")
        guard case .array(let rows)? = try? JSONValue.parse(result.bytes[...]) else {
            Issue.record("\(result)")
            return
        }
        #expect(rows.count <= 3)
        #expect(
            result.complaints.last?.contains("not checked (\(options.isEmpty ? "interrupted" : "deadline"))") == true)
        #expect(result.duration < .seconds(10))
    }

    @Test func `a folder of many files ends soon after an interrupt`() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let scratch = try Scratch()
        for number in 0..<300 {
            try scratch.write(
                "\(number).html", "<a href=\(server.baseURL)/\(number)>x</a><a href=\(number + 1).html>y</a>")
        }
        let result = try await Tool.start(["check", "--jsonl", scratch.path]) { tool in
            #expect(await server.waitUntil(requests: 1))
            try tool.send(.terminate)
        }
        #expect(result.exit == 143 && result.duration < .seconds(10), "\(result)")
        #expect(try CheckRow.lines(result).allSatisfy { $0.kind == "file-missing" })
    }

    @Test func `--cache asks again only what is stale`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/"
                ? .response(
                    headers: [("Content-Type", "text/html"), ("Cache-Control", "max-age=3600")],
                    body: Array("<a href=/a.pdf>a</a>".utf8))
                : .response(
                    headers: [("Content-Type", "application/pdf"), ("Cache-Control", "max-age=3600")], body: [1, 2])
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = ["check", "--no-robots", "--cache=\(scratch("c.db"))", "\(server.baseURL)/"]
        #expect(try await Tool.run(arguments).exit == 0)
        let first = server.log.count
        let again = try await Tool.run(arguments)
        #expect(again.exit == 0 && again.stderr == "1 link on 1 page: 1 ok, 0 broken\n", "\(again)")
        #expect(first == 2 && !server.log.dropFirst(first).contains { $0.path == "/" })
    }
}
