import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("What others on the machine may see", .timeLimit(.minutes(20)))
struct HardeningTests {
    /// The modes of files in a folder, by name: `600`.
    private static func modes(_ scratch: Scratch) throws -> [String: String] {
        var modes: [String: String] = [:]
        for name in try scratch.names() {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch(name))
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            modes[name] = (attributes[.posixPermissions] as? Int).map { String($0, radix: 8) }
        }
        return modes
    }

    @Test(arguments: ["000", "022", "027"])
    func `issue 20.7: cookie jar, cache, state and journal are their owner's; records follow the umask`(
        umask: String
    ) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            .response(headers: [("Set-Cookie", "a=1"), ("Content-Type", "text/html"), ("ETag", "\"1\"")])
        }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            umask \(umask)
            "$0" --json -o records --failed-to failed --sqlite table --resume journal --cookie-jar jar "$1" &&
            "$0" --json --cache=cache "$1" &&
            "$0" crawl --jsonl --no-robots --state state "$1"
            """, ["\(server.baseURL)/"], directory: scratch.path)
        #expect(result.exit == 0, "\(result.stderr)")
        let open = String(0o666 & ~(Int(umask, radix: 8) ?? 0), radix: 8)
        let modes = try Self.modes(scratch)
        #expect(
            modes == [
                "records": open, "failed": open, "table": open, "journal": "600", "jar": "600", "cache": "600",
                "state": "600",
            ])
    }

    @Test func `issue 20.7: so are the files beside them while the run lasts`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let text = (0..<20).map { "<a href=\"/\(request.number)-\($0)\">x</a>" }.joined()
            return .response(
                headers: [("Content-Type", "text/html"), ("ETag", "\"1\""), ("Cache-Control", "max-age=9")],
                body: Array(text.utf8))
        }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let arguments = ["crawl", "--jsonl", "--no-robots", "--state", scratch("state"), "--cache=" + scratch("cache")]
        let result = try await Tool.start(arguments + [url]) { tool in
            #expect(await server.waitUntil { $0.requestCount > 100 })
            try tool.send(.kill)
        }
        #expect(result.exit == 1009)
        let modes = try Self.modes(scratch)
        #expect(["state", "state-wal", "cache", "cache-wal", "cache-shm"].allSatisfy { modes[$0] != nil }, "\(modes)")
        #expect(Set(modes.values) == ["600"], "\(modes)")
    }

    @Test(arguments: [
        ["-A", "a\r\nX-Evil: 1"], ["-A", "a\nX-Evil: 1"], ["-A", "a\rb"], ["-A", "a\u{0B}b"], ["-A", "a\u{7F}"],
        ["-H", "X: a\r\nX-Evil: 1"], ["-b", "a=1\r\nX-Evil: 1"], ["--user-agent=a\nb"],
    ])
    func `issue 20.7: a control character in a header's value is refused`(option: [String]) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl"] + option + ["\(server.baseURL)/"])
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("control character") && !result.stderr.contains("Evil"))
        #expect(server.requestCount == 0)
    }

    private static let secret = "s3cr3t-pass"

    /// Options with the secret, and the field that takes it to the server.
    struct Secret: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let field: (name: String, value: String)
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., field: String, _ value: String) {
            self.arguments = arguments
            self.field = (field, value)
        }
    }

    // user:s3cr3t-pass
    private static let basic = "Basic dXNlcjpzM2NyM3QtcGFzcw=="
    private static let secrets = [
        Secret("-u", "user:s3cr3t-pass", "BASE/", field: "authorization", basic),
        Secret("--user", "user:s3cr3t-pass", "BASE/", field: "authorization", basic),
        Secret("--user=user:s3cr3t-pass", "BASE/", field: "authorization", basic),
        Secret("-qku", "user:s3cr3t-pass", "BASE/", field: "authorization", basic),
        Secret("http://user:s3cr3t-pass@HOST/", field: "authorization", basic),
        Secret("-H", "Authorization: Bearer s3cr3t-pass", "BASE/", field: "authorization", "Bearer s3cr3t-pass"),
        Secret("--header=X-Api-Key:s3cr3t-pass", "BASE/", field: "x-api-key", "s3cr3t-pass"),
        Secret("--header", "cookie: s3cr3t-pass", "BASE/", field: "cookie", "s3cr3t-pass"),
        Secret("--header-for", "HOST:X-Api-Key:s3cr3t-pass", "BASE/", field: "x-api-key", "s3cr3t-pass"),
        Secret("--header-for=http://HOST:X-Api-Key: s3cr3t-pass", "BASE/", field: "x-api-key", "s3cr3t-pass"),
        Secret("-b", "sid=s3cr3t-pass", "BASE/", field: "cookie", "sid=s3cr3t-pass"),
        Secret("--cookie=sid=s3cr3t-pass", "BASE/", field: "cookie", "sid=s3cr3t-pass"),
        Secret("-x", "http://user:s3cr3t-pass@HOST", "http://site.test/", field: "proxy-authorization", basic),
        Secret("--proxy=user:s3cr3t-pass@HOST", "http://site.test/", field: "proxy-authorization", basic),
        Secret("--bearer", "s3cr3t-pass", "BASE/", field: "authorization", "Bearer s3cr3t-pass"),
        Secret("--oauth2-bearer=s3cr3t-pass", "BASE/", field: "authorization", "Bearer s3cr3t-pass"),
        Secret(
            "-U", "user:s3cr3t-pass", "-x", "http://HOST", "http://site.test/", field: "proxy-authorization", basic),
        Secret(
            "gather", "part=http://user:s3cr3t-pass@HOST/", field: "authorization", basic),
        Secret("crawl", "--no-robots", "-u", "user:s3cr3t-pass", "BASE/", field: "authorization", basic),
    ]

    #if os(Linux)
    @Test(arguments: secrets.indices)
    func `issue 20.7: secrets are wiped from the list of processes, and used`(index: Int) async throws {
        let secret = Self.secrets[index]
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let host = "127.0.0.1:\(server.port)"
        let mark = "visible-\(UUID().uuidString)"
        let arguments =
            secret.arguments.map { $0.replacing("BASE", with: server.baseURL).replacing("HOST", with: host) }
            + ["-H", "X-Plain: \(mark)"]
        let lines = Shared<[String]>([])
        let result = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil(requests: 1))
            lines.update { $0 = Self.processes(with: mark) }
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        let line = try #require(lines.value.first, "\(secret)")
        #expect(!line.contains(Self.secret), "\(line)")
        #expect(line.contains("*"))
        let request = try #require(server.log.first)
        #expect(request.header(secret.field.name) == secret.field.value)
        #expect(request.header("x-plain") == mark)
    }

    /// The command lines of all processes that contain a word.
    private static func processes(with word: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            guard let data = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")) else { return nil }
            let line = String(decoding: data, as: UTF8.self).replacing("\0", with: " ")
            return line.contains(word) ? line : nil
        }
    }
    #endif

    private static let hostile = "{\"v\":\"a\u{9B}31mred\u{85}\u{202E}\u{2066}\u{61C}\u{200F}\u{2028}\u{7F}é日😀\"}"

    @Test(
        .enabled("there is no script command of util-linux") { try await Terminal.isThere() },
        arguments: [
            ["map", "--url-template", "BASE/{id}", "--pick", ".v", "1"],
            ["map", "--url-template", "BASE/{id}", "--jsonl", "--body", "1"], ["gather", "a=BASE/"],
            ["--json", "--body", "BASE/"], ["--jsonl", "--body", "--include-headers", "BASE/"],
            ["--json", "--body", "--jq", ".[].json.v", "BASE/"],
        ])
    func `issue 20.7: no JSON brings a C1 or bidi control to a terminal`(arguments: [String]) async throws {
        let server = try LoopbackServer { _ in
            .response(
                headers: [("Content-Type", "application/json"), ("X-Odd", "a\u{9B}31m")],
                body: Array(Self.hostile.utf8))
        }
        defer { server.stop() }
        let arguments = arguments.map { $0.replacing("BASE", with: server.baseURL) }
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        let screen = try await Terminal.screen("exec \"$FETCHALL\" \(quoted) -q", url: "")
        #expect(screen.exit == 0, "\(screen.stdout)")
        let shown = screen.stdout.unicodeScalars
        #expect(!shown.contains { Self.isObeyed($0) }, "\(screen.stdout)")
        #expect(screen.stdout.contains("\\u009b31mred\\u0085\\u202e\\u2066\\u061c\\u200f\\u2028\\u007fé日😀"))
        // Elsewhere characters that no terminal obeys are as they came.
        let plain = try await Tool.run(arguments + ["-q"])
        #expect(plain.exit == 0 && plain.stdout.contains("é日😀"), "\(plain)")
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: scalar.value < 0x20 && scalar != "\n" && scalar != "\r"
        }
    }
}
