import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.3: ./fetchall.toml belongs to whoever wrote the repository", .timeLimit(.minutes(20)))
struct ConfigFolderTests {
    /// Files that try to change more than the allow-list; STRANGER is a server that must not be asked.
    private static let hostile = [
        "header = \"X-Evil: 1\"",
        "header = [\"Authorization: Bearer stolen\"]",
        "user = \"a:b\"",
        "user = \"env:SECRET\"",
        "max = \"env:SECRET\"",
        "accept = \"file:/etc/passwd\"",
        "format = \"cmd:touch owned\"",
        "proxy = \"STRANGER\"",
        "resolve = [\"127.0.0.1:PORT:127.0.0.2\"]",
        "insecure = true",
        "cacert = \"evil.pem\"",
        "cookie = \"a=b\"",
        "cookie-jar = \"owned\"",
        "output = \"owned\"",
        "output-dir = \"owned\"",
        "failed-to = \"owned\"",
        "sqlite = \"owned\"",
        "trace = \"owned\"",
        "report = [\"html=owned\"]",
        "resume = \"owned\"",
        "cache = \"owned\"",
        "url = \"STRANGER/\"",
        "data = \"@/etc/passwd\"",
        "upload-file = \"/etc/passwd\"",
        "config = \"other.toml\"",
        "jq = \"env\"",
        "write-out = \"@/etc/passwd\"",
        "user-agent = \"evil\"",
        "max-redirs = 100",
        "no-private = false",
        "to-all-hosts = true",
        "header-for = \"127.0.0.1:PORT:X:1\"",
        "[hosts.\"http://127.0.0.1:PORT\"]\nuser = \"cmd:touch owned\"",
        "[hosts.\"http://127.0.0.1:PORT\"]\nheader = \"X-Evil: 1\"",
        "[crawl]\nno-robots = true",
        "[crawl]\nstate = \"owned\"",
        "[github]\napi-url = \"STRANGER\"",
        "[github]\ntoken-file = \"/etc/passwd\"",
        "[check]\nproxy = \"STRANGER\"",
        "include = true",
        "scope = \"any\"",
        "max = 5\n[crawl]\nscope = \"any\"\nheader = \"X-Evil: 1\"",
        "\"max\" = 5\n\"head\\u0065r\" = \"X-Evil: 1\"",
        "max = 5 # [hosts]\nproxy = '''STRANGER'''",
    ]

    @Test func `hostile files change nothing beyond the allow-list, and one line says why`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let stranger = try LoopbackServer { _ in .ok() }
        defer { stranger.stop() }
        #expect(Self.hostile.count >= 20)
        let commands = [
            ["\(server.baseURL)/"], ["crawl", "\(server.baseURL)/"], ["config", "show"], ["github", "octocat"],
        ]
        for (index, text) in Self.hostile.enumerated() {
            let written = text.replacing("STRANGER", with: stranger.baseURL).replacing("PORT", with: "\(server.port)")
            let folder = try ConfigFolder(folder: written)
            let arguments = commands[index % commands.count]
            let result = try await folder.run(
                arguments, environment: ["SECRET": "s3cr3t", "GITHUB_API_URL": server.baseURL])
            #expect(result.isMistake(["./fetchall.toml:"]), "\(written) \(arguments): \(result.exit) \(result.stderr)")
            #expect(!result.stderr.contains("s3cr3t"))
            #expect(!folder.scratch.exists("owned"), "\(written)")
        }
        #expect(server.requestCount == 0 && stranger.requestCount == 0)
    }

    @Test func `a refused key says whose file it is and where the key may be`() async throws {
        let folder = try ConfigFolder(folder: "max = 5\nproxy = \"http://evil.test\"\n")
        let result = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(
            result.isMistake(["./fetchall.toml:2: 'proxy'", "belongs to the folder", "fetchall config path"]),
            "\(result.stderr)")
        let check = try await folder.run(["config", "check", "fetchall.toml"])
        #expect(check.isMistake(["fetchall.toml:2: 'proxy'"]), "\(check.stderr)")
        let off = try await folder.run(["--no-config", "--dry-run", "http://127.0.0.1:1/"])
        #expect(off.exit == 0)
    }

    @Test(arguments: ["format = \"jsonl\"", "json = true", "jsonl = true"])
    func `the folder's format does not make the user's file send or write something else`(format: String) async throws {
        let server = try LoopbackServer { _ in .ok("body") }
        defer { server.stop() }
        for (setting, output) in [
            ("print = \"body\"", "body"), ("write-out = \"%{http_code}\\n\"", "200\n"), ("curl = true", "curl "),
        ] {
            let before = server.requestCount
            let folder = try ConfigFolder(user: setting + "\n", folder: format + "\n")
            let result = try await folder.run(["\(server.baseURL)/"])
            #expect(result.exit == 0 && result.stdout.hasPrefix(output), "\(setting): \(result.stdout)\(result.stderr)")
            #expect(server.requestCount - before == (setting == "curl = true" ? 0 : 1))
            let own = try await folder.run(["--jsonl", "\(server.baseURL)/"])
            #expect(own.stdout.hasPrefix("{"), "\(own.stdout)\(own.stderr)")
        }
    }

    @Test func `a link in the place of the file is not followed`() async throws {
        let folder = try ConfigFolder(user: "max = 5\n")
        let made = try await Tool.shell("ln -s \"$1\" fetchall.toml", [folder.file], directory: folder.scratch.path)
        #expect(made.exit == 0)
        let result = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(result.isMistake(["fetchall.toml", "symbolic link"]), "\(result.stderr)")
    }

    @Test func `what is in the allow-list works, of this folder and of none above it`() async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let folder = try ConfigFolder(
            folder: """
                max = 3
                max-host = 2
                rate = "1000/s"
                rate-host = "1000/s"
                no-adaptive = true
                limit-rate = "1G"
                max-time = "60s"
                connect-timeout = "30s"
                speed-limit = 0
                speed-time = 60
                deadline = "10m"
                retry = 0
                retry-delay = "1s"
                retry-max-time = "5s"
                retry-on = "503"
                max-wait = "10s"
                accept = "404"
                jsonl = true
                [crawl]
                scope = "page"
                include = ["page"]
                exclude = ["other"]
                delay = 0
                """)
        let check = try await folder.run(["config", "check", "./fetchall.toml"])
        #expect(check.exit == 0, "\(check.stderr)")
        let result = try await folder.run(["\(server.baseURL)/page"])
        #expect(try Row.only(result).ok, "\(result.stderr)")
        let crawl = try await folder.run(["crawl", "--no-robots", "\(server.baseURL)/page"])
        #expect(crawl.exit == 0 && crawl.stdout.hasPrefix("{"), "\(crawl.stderr)")
        try FileManager.default.createDirectory(
            atPath: folder.scratch("below"), withIntermediateDirectories: true)
        let below = try await Tool.run(["\(server.baseURL)/page"], directory: folder.scratch("below"))
        #expect(below.exit == 1)
    }
}
