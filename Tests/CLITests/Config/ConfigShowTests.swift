import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.4: config show prints what holds and where it comes from", .timeLimit(.minutes(20)))
struct ConfigShowTests {
    private static let user = """
        max = 7
        retry = 1
        json = true
        header = ["X-A: \\"quoted\\" \\\\ \u{E4} \\t.", "Authorization: Bearer s3cr3t"]
        cookie = "sid=s3cr3t"
        proxy = "http://u:s3cr3t@proxy.test:1"
        compressed = false
        cache = true
        max-time = 1.5
        [crawl]
        scope = "prefix"
        include = ["/a/", "/b/"]
        max = 3
        [check]
        max-depth = 2
        [github]
        repos = true
        [hosts."api.example.org"]
        header = ["Accept: application/x", "X-Key: env:KEY", "X-Token: s3cr3t"]
        user = "me:s3cr3t"
        [hosts."*.example.net:8443"]
        bearer = "cmd:pass show 'a b'"
        max = 2
        rate = "5/s"
        accept = "200..299,404"
        timeout = 1.5
        proxy = "http://u:s3cr3t@proxy.test:2"
        cert = "/nonexistent/client.pem"
        """
    private static let folder = """
        max = 2
        jsonl = true
        [crawl]
        exclude = "x"
        """

    /// The lines without the comments.
    private static func settings(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.firstRange(of: "  # ").map { line[..<$0.lowerBound] } ?? line
        }
    }

    @Test func `secrets of a query are not shown, and what is shown is not sent`() async throws {
        let folder = try ConfigFolder(
            user: "url-query = [\"api_key=s3cr3t\", \"a=b\"]\nrequest-target = \"/?token=s3cr3t&x=1\"\n")
        let result = try await folder.run(["config", "show"])
        #expect(result.exit == 0 && !result.stdout.contains("s3cr3t"), "\(result.stdout)\(result.stderr)")
        #expect(result.stdout.contains("url-query = [\"api_key=***\", \"a=b\"]"), "\(result.stdout)")
        #expect(result.stdout.contains("request-target = \"/?token=***&x=1\""), "\(result.stdout)")
        try folder.scratch.write("xdg/fetchall/config.toml", result.stdout)
        let again = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(again.isMistake([":3: url-query: ***"]), "\(again.stderr)")
    }

    @Test func `it names the file and the line of each value, and no secret`() async throws {
        let folder = try ConfigFolder(user: Self.user, folder: Self.folder)
        let result = try await folder.run(["config", "show"], environment: ["KEY": "s3cr3t"])
        #expect(result.exit == 0 && result.stderr.isEmpty, "\(result.stderr)")
        #expect(!result.stdout.contains("s3cr3t"))
        for line in [
            "max = 2  # ./fetchall.toml:1", "jsonl = true  # ./fetchall.toml:2", "retry = 1  # \(folder.file):2",
            "proxy = \"http://***@proxy.test:1\"  # \(folder.file):6", "cookie = \"***\"  # \(folder.file):5",
            "exclude = \"x\"  # ./fetchall.toml:4", "user = \"***\"  # \(folder.file):20",
            "bearer = \"cmd:pass show 'a b'\"  # \(folder.file):22", "compressed = false  # \(folder.file):7",
            "rate = \"5/s\"  # \(folder.file):24", "accept = \"200..299,404\"  # \(folder.file):25",
            "timeout = 1.5  # \(folder.file):26", "proxy = \"http://***@proxy.test:2\"  # \(folder.file):27",
            "cert = \"/nonexistent/client.pem\"  # \(folder.file):28",
        ] { #expect(result.lines.contains { $0 == line }, "\(line) is not in\n\(result.stdout)") }
        #expect(result.stdout.contains("\"Authorization: ***\"") && result.stdout.contains("\"X-Key: env:KEY\""))
        // Replaced by the folder's: json by jsonl, and max of all sections.
        #expect(!result.lines.contains { $0.hasPrefix("json = ") } && !result.stdout.contains("max = 3"))
        let none = try await folder.run(["config", "show", "--no-config"])
        #expect(none.exit == 0 && Self.settings(none.stdout).isEmpty)
    }

    @Test func `what it prints, given back as a file, holds the same`() async throws {
        let folder = try ConfigFolder(user: Self.user, folder: Self.folder)
        let first = try await folder.run(["config", "show"])
        let again = try ConfigFolder(user: first.stdout)
        let second = try await again.run(["config", "show"])
        #expect(second.exit == 0, "\(second.stderr)")
        #expect(Self.settings(first.stdout).count > 15)
        #expect(Self.settings(second.stdout) == Self.settings(first.stdout))
        let named = try await folder.run(["config", "show", "--config", again.file])
        #expect(named.exit == 0, "\(named.stderr)")
        // A secret that is not printed is not sent as three stars either.
        let run = try await again.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(run.isMistake(["config.toml:", "***"]), "\(run.stderr)")
    }

    @Test func `without secrets it is run as before`() async throws {
        let text =
            "user-agent = \"a \\\"b\\\" c\"\nheader = [\"X-A: 1\", \"X-B: \\\\\"]\nretry = 0\ncompressed = false\n"
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(user: text, folder: "jsonl = true\n")
        let again = try ConfigFolder(user: try await folder.run(["config", "show"]).stdout)
        for folder in [folder, again] {
            let result = try await folder.run(["\(server.baseURL)/"])
            #expect(result.exit == 0 && result.stdout.hasPrefix("{"), "\(result.stderr)")
        }
        let heads = server.log.map(\.head)
        #expect(heads.count == 2 && heads.first == heads.last)
        #expect(server.log.first?.header("User-Agent") == "a \"b\" c" && server.log.first?.header("X-B") == "\\")
    }

    @Test func `without files it says so, and a wrong file is exit 2`() async throws {
        let folder = try ConfigFolder()
        let none = try await folder.run(["config", "show"])
        #expect(none.exit == 0 && none.stdout.contains(folder.file) && none.stdout.contains("./fetchall.toml"))
        #expect(Self.settings(none.stdout).isEmpty)
        let wrong = try ConfigFolder(user: "maxx = 1\n")
        #expect(try await wrong.run(["config", "show"]).isMistake(["config.toml:1:", "'max'"]))
        for (user, folder) in [("max = 0\n", nil), (nil, "max = 0\n")] as [(String?, String?)] {
            let invalid = try ConfigFolder(user: user, folder: folder)
            #expect(try await invalid.run(["config", "show"]).isMistake([".toml:1:", "max: "]))
        }
        #expect(try await folder.run(["config", "check", "none.toml"]).isMistake(["none.toml", "no such file"]))
        #expect(try await folder.run(["config", "path"]).stdout == folder.file + "\n")
    }
}
