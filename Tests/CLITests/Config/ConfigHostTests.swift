import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.3: what a file has for a host goes there, and is read when it is needed", .timeLimit(.minutes(20)))
struct ConfigHostTests {
    /// Two origins.
    private struct Servers {
        let own: LoopbackServer
        let other: LoopbackServer

        init() throws {
            own = try LoopbackServer { _ in .ok("{}") }
            other = try LoopbackServer { _ in .ok("{}") }
        }

        func stop() {
            own.stop()
            other.stop()
        }

        /// The section of the first server with keys.
        func section(_ keys: String) -> String { "[hosts.\"\(own.baseURL)\"]\n\(keys)\n" }
    }

    private static let secret = "s3cr3t-value"

    @Test(arguments: [
        ("user = \"me:s3cr3t-value\"", "Authorization", "Basic bWU6czNjcjN0LXZhbHVl"),
        ("bearer = \"s3cr3t-value\"", "Authorization", "Bearer s3cr3t-value"),
        ("header = [\"X-Key: s3cr3t-value\", \"X-Other: b\"]", "X-Key", "s3cr3t-value"),
        ("bearer = \"env:KEY\"", "Authorization", "Bearer s3cr3t-value"),
        ("header = \"X-Key: env:KEY\"", "X-Key", "s3cr3t-value"),
        ("bearer = \"file:FILE\"", "Authorization", "Bearer s3cr3t-value"),
        ("bearer = \"cmd:cat 'FILE'\"", "Authorization", "Bearer s3cr3t-value"),
        (
            "bearer = \"cmd:sh -c \\\"printf '%s' \\\\\\\"$1\\\\\\\"\\\" x s3cr3t-value\"", "Authorization",
            "Bearer s3cr3t-value"
        ),
    ])
    func `a host's field goes to the host and to no other, whatever the order`(
        keys: String, name: String, value: String
    ) async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("secret", Self.secret + "\n")
        let folder = try ConfigFolder(user: servers.section(keys.replacing("FILE", with: file)))
        let urls = [
            "\(servers.other.baseURL)/a", "\(servers.own.baseURL)/b", "\(servers.other.baseURL)/c",
            "\(servers.own.baseURL)/d",
        ]
        let result = try await folder.run(
            ["--jsonl", "--include-headers", "-v"] + urls, environment: ["KEY": Self.secret])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(servers.own.log.map { $0.values(name) } == [[value], [value]])
        #expect(servers.other.log.map { $0.values(name) } == [[], []])
        #expect(!(result.stdout + result.stderr).contains(Self.secret))
        let shown = try await folder.run(["config", "show"], environment: ["KEY": Self.secret])
        #expect(shown.exit == 0 && !shown.stdout.contains("X-Key: " + Self.secret), "\(shown.stdout)")
    }

    @Test func `a program runs once, when a URL of its host is first asked, and never for what sends nothing`()
        async throws
    {
        let servers = try Servers()
        defer { servers.stop() }
        let scratch = try Scratch()
        let program = try scratch.write("program", "#!/bin/sh\necho run >> \"$0.log\"\ncat\necho token\n")
        try ConfigFolder.setMode(program, 0o700)
        let folder = try ConfigFolder(user: servers.section("bearer = \"cmd:\(program) a\""))
        let own = "\(servers.own.baseURL)/"
        for arguments in [
            ["--dry-run", own], ["--curl", own], ["--help"], ["config", "show"], ["config", "check", folder.file],
            ["crawl", "--dry-run", own], ["\(servers.other.baseURL)/"], ["--version"],
            ["map", "--dry-run", "--url-template", "\(own){id}", "1"], ["gather", "--dry-run", "a=\(own)"],
        ] {
            let result = try await folder.run(arguments)
            #expect(result.exit == 0, "\(arguments): \(result.stderr)")
            #expect(!scratch.exists("program.log"), "\(arguments)")
        }
        #expect(servers.own.requestCount == 0)
        // Its standard input is empty, and the line break at the end of what it writes is cut.
        let result = try await folder.run([own + "[1-20]"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(servers.own.log.map { $0.values("Authorization") } == Array(repeating: ["Bearer token"], count: 20))
        #expect(try scratch.text("program.log") == "run\n")
    }

    @Test(arguments: [
        ("cmd:false", "exit code 1"), ("cmd:no-such-program", "cannot run"), ("env:NOT_SET", "NOT_SET is not set"),
        ("file:/nonexistent/secret", "/nonexistent/secret"), ("cmd:true", "empty"), ("cmd:yes", "65536"),
        ("cmd:printf 'a\\\\nb'", "control character"), ("file:/dev/zero", "not a regular file"), ("***", "config show"),
    ])
    func `a value that cannot be read is exit 2, and nothing is sent without it`(value: String, word: String)
        async throws
    {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.section("bearer = \"\(value)\""))
        let own = "\(servers.own.baseURL)/"
        for arguments in [
            [own, own + "b"], ["crawl", own], ["gather", "a=\(own)"], ["map", "--url-template", "\(own){id}", "1"],
        ] {
            let result = try await folder.run(arguments)
            #expect(result.exit == 2, "\(arguments): \(result.stderr)")
            #expect(
                result.complaints.contains { $0.contains("config.toml:2: bearer: ") && $0.contains(word) },
                "\(result.stderr)")
        }
        #expect(servers.own.requestCount == 0)
    }

    @Test func `the command line and the line of a list are before a host's field`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(
            user: "header = \"Accept: all/hosts\"\n"
                + servers.section("bearer = \"file-token\"\nheader = \"Accept: own/host\""))
        let own = "\(servers.own.baseURL)/"
        let list = try folder.scratch.write(
            "list", "{\"url\":\"\(own)json\",\"headers\":{\"Authorization\":\"Bearer json\"}}\n")
        for arguments in [
            ["--max", "1", own + "plain", "\(servers.other.baseURL)/"], ["-u", "u:p", own + "user"], [list],
            ["-H", "Accept: from/line", own + "accept"],
            ["--header-for", "http://127.0.0.1:\(servers.own.port):Authorization:Bearer for", own + "for"],
            [own.replacing("://", with: "://u:p@") + "url"],
        ] {
            let result = try await folder.run(arguments)
            #expect(result.exit == 0, "\(arguments): \(result.stderr)")
        }
        let fields = Dictionary(
            servers.own.log.map { ($0.path, ($0.values("Authorization"), $0.values("Accept"))) },
            uniquingKeysWith: { $1 })
        #expect(fields["/plain"]?.0 == ["Bearer file-token"] && fields["/plain"]?.1 == ["own/host"])
        #expect(fields["/user"]?.0 == ["Basic dTpw"])
        #expect(fields["/json"]?.0 == ["Bearer json"])
        #expect(fields["/accept"]?.1 == ["from/line"])
        #expect(fields["/for"]?.0 == ["Bearer for"])
        #expect(fields["/url"]?.0 == ["Basic dTpw"])
        #expect(servers.other.log.map { $0.values("Accept") } == [["all/hosts"]])
        #expect(servers.other.log.allSatisfy { $0.values("Authorization").isEmpty })
    }

    @Test func `a redirect does not take a host's field along, neither there nor back`() async throws {
        let target = try LoopbackServer { _ in .ok() }
        defer { target.stop() }
        let server = try LoopbackServer { _ in .redirect(to: "\(target.baseURL)/away") }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: "[hosts.\"\(server.baseURL)\"]\nheader = [\"X-Plain: 1\", \"X-Key: k\"]\nbearer = \"t\"\n")
        let result = try await folder.run(["\(server.baseURL)/"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.map { $0.values("X-Key") } == [["k"]])
        #expect(target.log.map(\.path) == ["/away"])
        for name in ["Authorization", "X-Key", "X-Plain"] { #expect(target.log.allSatisfy { $0.values(name).isEmpty }) }
    }

    @Test(arguments: [[], ["--no-robots"]])
    func `a crawl asks a seed's host with its field, and not at all if that cannot be read`(options: [String])
        async throws
    {
        let linked = try LoopbackServer { _ in .ok("text") }
        defer { linked.stop() }
        let page = Array("<a href=\"\(linked.baseURL)/page\">a link</a>".utf8)
        let seed = try LoopbackServer { _ in .response(headers: [("Content-Type", "text/html")], body: page) }
        defer { seed.stop() }
        let section = "[hosts.\"\(linked.baseURL)\"]\nbearer = \"env:KEY\"\n"
        let folder = try ConfigFolder(user: section)
        let arguments = ["crawl", "--scope", "any", "\(seed.baseURL)/", "\(linked.baseURL)/page"] + options
        let without = try await folder.run(arguments)
        #expect(without.exit == 2 && without.stderr.contains("KEY is not set"), "\(without.stderr)")
        #expect(linked.requestCount == 0)
        let with = try await folder.run(arguments, environment: ["KEY": "token"])
        #expect(with.exit == 0, "\(with.stderr)")
        let pages = linked.log.filter { $0.path == "/page" }
        #expect(pages.map { $0.values("Authorization") } == [["Bearer token"]])
        #expect(seed.log.allSatisfy { $0.values("Authorization").isEmpty })
        // A page elsewhere does not choose where it goes.
        let link = try await folder.run(
            ["crawl", "--scope", "any", "\(seed.baseURL)/"] + options, environment: ["KEY": "token"])
        #expect(link.exit == 0, "\(link.stderr)")
        #expect(linked.log.filter { $0.path == "/page" }.map { $0.values("Authorization") } == [["Bearer token"], []])
    }
}
