import FetchSystem
import Subprocess
import TestSupport
import Testing

@Suite("issue 25: fetchall check, runs that are resumed", .timeLimit(.minutes(5)))
struct CheckStateTests {
    /// A site with three broken links, one of them on a page that hangs until the gate is open.
    private static func server(_ isOpen: Shared<Bool>) throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/":
                .html(
                    "<p id=a><a href=/gone>x</a>\n<a href=/b>b</a>\n<a href=/hang>h</a><a href='#a'>a</a><a href='#z'>z</a>"
                )
            case "/b": .html("<a href=/gone>x</a>\n<a href=/>home</a>")
            case "/hang": isOpen.value ? .html("<a href=/late>l</a>") : LoopbackServer.Reply([.silence])
            default: .status(404)
            }
        }
    }

    @Test(arguments: ["jsonl", "json", "csv"])
    func `a run that ends early is resumed: nothing is asked or written twice, and all that is broken counts`(
        format: String
    ) async throws {
        let isOpen = Shared(false)
        let server = try Self.server(isOpen)
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = [
            "check", "--no-robots", "--format", format, "--state", scratch("state"), "-o", scratch("out"),
            "\(server.baseURL)/",
        ]
        let first = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil { $0.requestCount >= 4 && $0.inFlight == 1 })
            // What was found on the page that is complete is written.
            for _ in 0..<500
            where (try? scratch.text("out").contains("/b\"")) != true
                && (try? scratch.text("out").contains("/b,")) != true
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            try tool.send(.terminate)
        }
        #expect(first.exit == 143, "\(first)")
        #expect(first.stderr.contains("run the same command again to resume"), "\(first)")
        isOpen.update { $0 = true }
        let second = try await Tool.run(arguments)
        #expect(second.exit == 1, "\(second)")
        #expect(second.complaints.last == "8 links on 3 pages: 4 ok, 4 broken", "\(second)")
        var counts: [String: Int] = [:]
        for request in server.log { counts[request.path, default: 0] += 1 }
        #expect(counts == ["/": 1, "/gone": 1, "/b": 1, "/hang": 2, "/late": 1])
        let text = try scratch.text("out")
        #expect(text.split(separator: "http-status").count - 1 == 3, "\(text)")
        #expect(text.split(separator: "fragment-missing").count - 1 == 1, "\(text)")
        if format == "json" { _ = try JSONValue.parse(try scratch.bytes("out")[...]) }
        let third = try await Tool.run(arguments)
        let unchanged = try scratch.text("out")
        #expect(third.exit == 1 && unchanged == text, "\(third)")
        #expect(server.log.count == 6)
    }

    @Test func `a file of another run, of something else, and a damaged one`() async throws {
        let server = try Self.server(Shared(true))
        defer { server.stop() }
        let scratch = try Scratch()
        let state = scratch("state")
        let base = ["check", "--no-robots", "--jsonl", "--state", state]
        let first = try await Tool.run(base + ["\(server.baseURL)/"])
        let count = server.log.count
        for other in [["--scope", "page", "\(server.baseURL)/"], ["\(server.baseURL)/b"]] {
            let refused = try await Tool.run(base + other)
            #expect(refused.exit == 2 && refused.complaints.count == 1, "\(refused)")
        }
        try scratch.write("other", "something else\n")
        let foreign = try await Tool.run(
            ["check", "--no-robots", "--state", scratch("other"), "\(server.baseURL)/"])
        let other = try scratch.text("other")
        #expect(foreign.exit == 3 && other == "something else\n", "\(foreign)")
        #expect(server.log.count == count)
        // The answers from the damaged line on are asked for again.
        var bytes = try scratch.bytes("state")
        bytes[bytes.count / 2] ^= 1
        try scratch.write("state", bytes)
        let again = try await Tool.run(base + ["\(server.baseURL)/"])
        #expect(again.exit == 1 && again.complaints.last == first.complaints.last, "\(again)")
        #expect(again.stderr.contains("is damaged (line "), "\(again)")
        #expect(server.log.count > count)
    }

    @Test func `a second process on the same file is refused`() async throws {
        let server = try Self.server(Shared(false))
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = ["check", "--no-robots", "--jsonl", "--state", scratch("state"), "\(server.baseURL)/"]
        let first = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil { $0.inFlight == 1 && $0.requestCount >= 4 })
            let second = try await Tool.run(arguments)
            #expect(second.exit == 2 && second.stderr.contains("another process uses"), "\(second)")
            try tool.send(.terminate)
        }
        #expect(first.exit == 143)
    }
}
