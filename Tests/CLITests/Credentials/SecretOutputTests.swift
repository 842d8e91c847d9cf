import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

/// The second half of the table of issue 24: what a run writes and shows. SecretLeakTests has the servers.
@Suite("issue 24: no secret is written or shown", .timeLimit(.minutes(20)))
struct SecretOutputTests {
    /// The requests of a server that carry the secret.
    private static func carried(_ server: LoopbackServer) -> [String] {
        server.log.filter(SecretSource.isCarried).map(\.path)
    }

    @Test(arguments: SecretSource.allCases)
    func `issue 24: no log, record, report and list of failures has it`(source: SecretSource) async throws {
        let home = try LoopbackServer { request in
            source.reply(to: request, request.path == "/missing" ? .status(404) : .ok("fine"))
        }
        defer { home.stop() }
        for options in [
            ["--json", "-vv", "--include-headers", "--body", "--summary", "--failed-to", "failed"],
            ["--trace", "trace", "--format", "csv", "-D", "heads"], ["--sqlite", "table", "--trace-ascii", "trace"],
            ["-w", "%{url} %{json} %{header_json} %{errormsg}\\n", "-o", "records", "-v"],
        ] {
            let run = try SecretRun(source, home)
            let before = home.requestCount
            let result = try await run.run(
                options + ["--max", "1", "--retry", "0"], ["\(run.home)/page", "\(run.home)/missing"])
            #expect(result.exit == 1, "\(options) \(result.stderr)")
            let sent = home.log.dropFirst(before)
            #expect(sent.filter(SecretSource.isCarried).map(\.path) == ["/page", "/missing"], "\(options)")
            #expect(!SecretSource.occurs(in: result.bytes), "\(options) \(result.stdout)")
            #expect(!SecretSource.occurs(in: result.stderr.utf8), "\(options) \(result.stderr)")
            try Self.search(run.folder.scratch, "\(source.rawValue) \(options)", atLeast: 0)
        }
        let run = try SecretRun(source, home)
        let plan = try await run.run(["--curl"], ["\(run.home)/page"])
        #expect(plan.exit == 0, "\(plan.stderr)")
        #expect(!SecretSource.occurs(in: plan.bytes + Array(plan.stderr.utf8)), "\(plan.stdout)")
    }

    /// Searches all files of a run, but for those that the secret comes from.
    private static func search(_ scratch: Scratch, _ name: String, atLeast count: Int) throws {
        let files = try scratch.names().filter { !$0.hasPrefix("xdg") }
        #expect(files.count >= count, "\(name): \(files)")
        for file in files {
            #expect(!SecretSource.occurs(in: file.utf8), "\(name)")
            guard let bytes = try? scratch.bytes(file) else { continue }
            #expect(!SecretSource.occurs(in: bytes), "\(name): \(file)")
        }
    }

    @Test(arguments: SecretSource.allCases)
    func `issue 24: no journal, cache, saved file and state of a crawl has it`(source: SecretSource) async throws {
        let home = try LoopbackServer { request in
            let fields = [("Content-Type", "text/html"), ("ETag", "\"1\""), ("Cache-Control", "public, max-age=60")]
            return source.reply(to: request, .response(headers: fields, body: Array("<a href=/next>next</a>".utf8)))
        }
        defer { home.stop() }
        let run = try SecretRun(source, home)
        let list = ["--jsonl", "--resume", "journal", "--cache=cache", "-o", "records", "-P", "saved"]
        let first = try await run.run(list, ["\(run.home)/page", "\(run.home)/other"])
        #expect(first.exit == 0, "\(first.stdout)\(first.stderr)")
        #expect(Set(Self.carried(home)) == ["/page", "/other"])
        if source != .jsonLine {
            let before = home.requestCount
            let crawl = try await run.run(
                ["crawl", "--jsonl", "--state", "state", "-o", "pages", "--output-dir", "site"], ["\(run.home)/"])
            #expect(crawl.exit == 0, "\(crawl.stdout)\(crawl.stderr)")
            #expect(home.log.dropFirst(before).filter(SecretSource.isCarried).map(\.path).contains("/next"))
            #expect(!SecretSource.occurs(in: crawl.stderr.utf8))
        }
        // Journal, cache, records, two saved files and their folder.
        try Self.search(run.folder.scratch, source.rawValue, atLeast: 6)
        #expect(!SecretSource.occurs(in: first.bytes + Array(first.stderr.utf8)))
    }

    @Test(arguments: SecretSource.allCases)
    func `issue 24: the list of processes has it not`(source: SecretSource) async throws {
        let gate = Gate()
        let home = try LoopbackServer { request in
            LoopbackServer.Reply([.hold(gate)] + source.reply(to: request, .ok()).steps)
        }
        defer { home.stop() }
        let run = try SecretRun(source, home)
        let mark = "mark-\(UUID().uuidString)"
        let arguments = ["--jsonl", "-A", mark] + run.options + (try run.inputs(["\(run.home)/1"]))
        let result = try await Tool.start(
            arguments, environment: run.environment, directory: run.folder.scratch.path
        ) { _ in
            #expect(await home.waitUntil(requests: 1))
            let lines = Self.commandLines(with: mark)
            #expect(lines.count == 1)
            for line in lines {
                #expect(!SecretSource.occurs(in: line), "\(String(decoding: line, as: UTF8.self))")
                // What is not secret is there, so that the right place was looked at.
                #expect(line.firstRange(of: Array("--jsonl".utf8)) != nil)
            }
            gate.open()
        }
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(Self.carried(home) == ["/1"])
    }

    /// The arguments of all processes that have a word among them.
    static func commandLines(with word: String) -> [[UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            guard let file = try? WholeFile.read("/proc/\(name)/cmdline") else { return nil }
            return file.firstRange(of: Array(word.utf8)) == nil ? nil : file
        }
    }

    @Test(arguments: [
        "bearer = \"SECRET\"", "user = \"me:SECRET\"", "header = \"X-Api-Key: SECRET\"", "bearer = \"env:KEY\"",
        "header = [\"Authorization: Token SECRET\", \"X-A: 1\"]", "proxy = \"http://me:s3cr3t%2Fpa55@proxy.test:1\"",
        "bearer = \"cmd:printf SECRET\"",
    ])
    func `issue 24: config show and config check do not say it`(keys: String) async throws {
        let text = keys.replacing("SECRET", with: SecretSource.secret)
        let isCommand = keys.contains("cmd:")
        for section in ["", "[hosts.\"api.example.org\"]\n", "[crawl]\n"] {
            let folder = try ConfigFolder(user: section + text + "\n")
            for arguments in [["config", "show"], ["config", "check", folder.file]] {
                let result = try await folder.run(arguments, environment: ["KEY": SecretSource.secret])
                // A command that names a secret says it itself, and is printed as it is written.
                let shown = (result.stdout + result.stderr).replacing(
                    isCommand ? "cmd:printf \(SecretSource.secret)" : "\0", with: "")
                #expect(!SecretSource.occurs(in: shown.utf8), "\(section)\(keys): \(shown)")
                if arguments[1] == "show", result.exit == 0 {
                    #expect(result.stdout.contains("***") || result.stdout.contains("env:KEY") || isCommand)
                }
            }
        }
    }
}
