import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 23.1: which file gets what", .timeLimit(.minutes(20)))
struct RecordFileTests {
    @Test(arguments: ["page.html", "page.json", "out.csv", "-", "/dev/null", "it's"])
    func `-o with one URL is refused, with what to type`(name: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let writeOut = name == "/dev/null" ? [] : [["-w", "%{http_code}"]]
        for more in [[], ["--summary"], ["--dry-run"]] + writeOut {
            let result = try await Tool.run(["-o", name, "\(server.baseURL)/"] + more, directory: scratch.path)
            #expect(result.exit == 2 && result.stdout == "" && result.complaints.count == 1, "\(result)")
            for words in ["-O", "--print body", "--json"] { #expect(result.stderr.contains(words), "\(result.stderr)") }
            let typed = name == "it's" ? "'it'\\''s'" : name
            #expect(name == "-" || result.stderr.contains("--print body > \(typed) "), "\(result.stderr)")
        }
        #expect(try scratch.names().isEmpty && server.requestCount == 0)
    }

    @Test(arguments: [["--json"], ["--jsonl"], ["--format", "tsv"], ["--jq", ".[]"]])
    func `-o with one URL and a format gets the record`(format: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(format + ["-o", scratch("page.html"), "\(server.baseURL)/"])
        #expect(result.exit == 0 && result.stdout == "" && result.stderr == "")
        #expect(try scratch.text("page.html").contains("\(server.baseURL)/"))
    }

    @Test(arguments: [
        ("r.json", "[\n"), ("r.jsonl", "{"), ("r.ndjson", "{"), ("r.CSV", "id,index,"), ("r.tsv", "id\tindex\t"),
        ("r.txt", "# "), (".json", "# "), ("a.json/r", "# "),
    ])
    func `the ending of the file is the format of the records`(name: String, beginning: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        _ = try await Tool.shell("mkdir a.json", directory: scratch.path)
        let arguments = [["--records", name, "\(server.baseURL)/"], ["-o", name, "\(server.baseURL)/[1-2]"]]
        for arguments in arguments {
            let result = try await Tool.run(arguments, directory: scratch.path)
            #expect(result.exit == 0 && result.stdout == "" && result.stderr == "", "\(result)")
            let text = try scratch.text(name).drop { $0 == " " }
            #expect(text.hasPrefix(beginning), "\(text.prefix(100))")
        }
        let said = try await Tool.run(["--jsonl", "--records", name, "\(server.baseURL)/"], directory: scratch.path)
        #expect(said.exit == 0)
        #expect(try scratch.text(name).hasPrefix("{\"id\""))
        let text = try await Tool.run(
            ["-w", "%{http_code}", "--records", name, "\(server.baseURL)/"], directory: scratch.path)
        #expect(text.exit == 0)
        #expect(try scratch.text(name) == "200")
    }

    @Test func `the ending counts in the other commands too`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .json(#"{"a": 1}"#) }
        defer { server.stop() }
        let map = ["map", "--url-template", "\(server.baseURL)/{id}", "--pick", ".a", "7", "-o"]
        for (name, text) in [("m.json", "{\n\"7\": 1\n}\n"), ("m.csv", "id,a\r\n7,1\r\n")] {
            let result = try await Tool.run(map + [name], directory: scratch.path)
            #expect(result.exit == 0 && result.stdout == "", "\(result)")
            #expect(try scratch.text(name) == text)
        }
        let crawl = try await Tool.run(
            ["crawl", "--no-robots", "-o", "c.jsonl", "\(server.baseURL)/"], directory: scratch.path)
        #expect(crawl.exit == 0)
        #expect(try scratch.text("c.jsonl").hasPrefix("{\"id\""))
    }

    @Test func `a jq program needs JSON, whatever the file is called`() async throws {
        let result = try await Tool.run(["--jq", ".", "-o", "x.csv", "http://127.0.0.1:1/[1-2]"])
        #expect(result.exit == 2 && result.complaints == ["fetchall: --jq needs --json or --jsonl"])
        let both = try await Tool.run(["-o", "x", "--records", "y", "http://127.0.0.1:1/[1-2]"])
        #expect(both.exit == 2 && both.complaints == ["fetchall: -o and --records cannot be used together"])
    }

    @Test(arguments: [["--jsonl"], ["--print", "body"], ["-i"], ["-O"], ["--body", "--json"]])
    func `the heads of all answers go to a file in input order, with those of redirects`(options: [String]) async throws
    {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/1": .redirect(to: "/there")
            case "/there": LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok("there", type: "a/b").steps)
            case "/2": .status(404)
            default: .ok("three", type: "c/d")
            }
        }
        defer { server.stop() }
        let closed = "http://127.0.0.1:\(try LoopbackServer.closedPort())/"
        let option = options[0] == "-i" ? "--dump-header" : "-D"
        let result = try await Tool.start(
            options + [option, "heads", "--retry", "0", closed, "\(server.baseURL)/[1-3]"], directory: scratch.path
        ) { _ in
            #expect(await server.waitUntil { $0.requestCount == 4 && $0.inFlight == 1 })
            gate.open()
        }
        #expect(result.exit == 1)
        let statuses = try scratch.text("heads").split(separator: "\r\n\r\n").map { head in
            head.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/") || $0.hasPrefix("Content-Type") }
                .joined(separator: " ")
        }
        let plain = "Content-Type: text/plain; charset=utf-8"
        #expect(
            statuses == [
                "HTTP/1.1 302 Found \(plain)", "HTTP/1.1 200 OK Content-Type: a/b", "HTTP/1.1 404 Not Found \(plain)",
                "HTTP/1.1 200 OK Content-Type: c/d",
            ])
        #expect(try scratch.text("heads").hasSuffix("\r\n\r\n"))
        if options[0] == "-i" {
            #expect(result.stdout.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["302", "200", "404", "200"])
        }
    }

    @Test func `a file for the heads that cannot be written is exit 3`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let none = try await Tool.run(["-D", "/nonexistent/file", "\(server.baseURL)/"])
        #expect(none.exit == 3)
        #expect(none.stderr == "fetchall: cannot write /nonexistent/file: No such file or directory\n")
        #expect(server.requestCount == 0)
        let full = try await Tool.run(["-D", "/dev/full", "--jsonl", "\(server.baseURL)/"])
        #expect(full.exit == 3 && full.stderr == "fetchall: cannot write /dev/full: No space left on device\n")
    }
}
