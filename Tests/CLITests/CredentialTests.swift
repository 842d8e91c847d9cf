import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@Suite("Secrets are neither printed nor sent to strangers", .timeLimit(.minutes(20)))
struct CredentialTests {
    private static let secret = "s3cr3t-pass"

    /// `http://user:s3cr3t-pass@127.0.0.1:1234/path`
    private func url(_ server: LoopbackServer, _ path: String) -> String {
        server.baseURL.replacing("://", with: "://user:\(Self.secret)@") + path
    }

    @Test(
        arguments: [
            [], ["--json"], ["--jsonl"], ["--format", "csv"], ["--format", "tsv"],
            ["-w", "%{url} %{url_effective} %{errormsg} %{json}\n"], ["--dry-run"], ["--dry-run", "--json"],
        ])
    func `row 68: a password in a URL is used and in no output`(options: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { $0.path == "/ok" ? .ok() : .status(404) }
        defer { server.stop() }
        let list = """
            \(url(server, "/ok"))
            one\t\(url(server, "/missing"))
            {"url":"\(url(server, "/json"))","headers":{"Authorization":"Bearer \(Self.secret)"}}
            http://user:\(Self.secret)@127.0.0.1:99999/
            http://user:\(Self.secret)@[::1/
            {"url":"\(url(server, "/broken"))"
            """
        let result = try await Tool.run(
            options + ["-v", "--summary", "--retry", "0", "--failed-to", scratch("failed"), "-"], stdin: list)
        #expect(result.exit == 1)
        #expect(!result.stdout.contains(Self.secret))
        #expect(!result.stderr.contains(Self.secret), "\(result.stderr)")
        if options.contains("--dry-run") {
            #expect(server.requestCount == 0)
            #expect(result.stdout.contains("127.0.0.1:\(server.port)/ok"))
        } else {
            #expect(try !scratch.text("failed").contains(Self.secret))
            #expect(try scratch.text("failed").contains("one\t\(server.baseURL)/missing\n"))
            #expect(result.stderr.contains("does not contain credentials"))
            let sent = Dictionary(grouping: server.log, by: \.path).mapValues {
                $0.flatMap { $0.values("authorization") }
            }
            // user:s3cr3t-pass
            #expect(sent["/ok"] == ["Basic dXNlcjpzM2NyM3QtcGFzcw=="])
            #expect(sent["/json"] == ["Bearer \(Self.secret)"])
        }
    }

    @Test func `row 68: a password is in no journal, no cache, no crawl state and no file name`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            .response(
                headers: [("ETag", "\"1\""), ("Content-Type", "text/html")],
                body: Array("<a href=/next>\(request.header("Authorization") == nil ? 0 : 1)</a>".utf8))
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--resume", scratch("journal"), "--cache=" + scratch("cache.sqlite"), "-o", scratch("records"),
            "--output-dir", scratch("out"), "--filename-template", "{host}/{path}-{name}",
            url(server, "/page?a=b"), "http://user:\(Self.secret)@127.0.0.1:1/x",
        ])
        #expect(result.exit == 1)
        #expect(server.log.first?.header("authorization") != nil)
        let crawl = try await Tool.run([
            "crawl", "--jsonl", "--state", scratch("state"), "-o", scratch("pages"), url(server, "/"),
        ])
        #expect(crawl.exit == 0, "\(crawl.stderr)")
        #expect(!(result.stderr + crawl.stderr).contains(Self.secret))
        let names = try scratch.names()
        #expect(names.count >= 6)
        // user:s3cr3t-pass in Base64, without its end.
        let secrets = [Self.secret, "dXNlcjpzM2NyM3QtcGFzc"].map { Array($0.utf8) }
        for name in names {
            #expect(!name.contains(Self.secret) && !name.contains("user"))
            guard let bytes = try? Data(contentsOf: URL(filePath: scratch(name))) else { continue }
            #expect(secrets.allSatisfy { Array(bytes).firstRange(of: $0) == nil }, "\(name)")
        }
    }

    @Test func `row 67: a password stays out of the messages about mistakes`() async throws {
        for arguments in [
            ["http://user:\(Self.secret)@127.0.0.1:1/[3-1]"],
            ["-x", "nonsense://u:\(Self.secret)@h", "http://127.0.0.1:1/"],
            ["-v", "--retry", "0", "-x", "http://u:\(Self.secret)@127.0.0.1:1", "http://origin.invalid/"],
        ] {
            let result = try await Tool.run(arguments)
            #expect(result.exit != 0)
            #expect(result.stderr != "" || result.stdout != "")
            #expect(!result.stderr.contains(Self.secret), "\(result.stderr)")
            #expect(!result.stdout.contains(Self.secret), "\(result.stdout)")
        }
        let environment = ["http_proxy": "nonsense://u:\(Self.secret)@h"]
        let result = try await Tool.run(["--retry", "0", "http://127.0.0.1:1/"], environment: environment)
        #expect(result.exit == 1)
        #expect(!(result.stdout + result.stderr).contains(Self.secret), "\(result.stdout)")
    }

    /// Two servers: the first sends to the second, which sends back to the first.
    private func thereAndBack(_ arguments: [String], secretName: String) async throws {
        let ports = Ports()
        let first = try LoopbackServer { request in
            request.path == "/start" ? .redirect(to: "\(ports.second)/stranger") : .ok("home")
        }
        defer { first.stop() }
        let second = try LoopbackServer { _ in .redirect(to: "\(ports.first)/home") }
        defer { second.stop() }
        ports.set(first: first.baseURL, second: second.baseURL)
        let result = try await Tool.run(["--jsonl", "--body"] + arguments + ["\(first.baseURL)/start"])
        #expect(try Row.only(result).body == "home")
        #expect(first.log.map(\.path) == ["/start", "/home"])
        #expect(second.log.map(\.path) == ["/stranger"])
        #expect(first.log.first?.values(secretName).count == 1)
        #expect(second.log.first?.values(secretName) == [])
        #expect(first.log.last?.values(secretName) == [])
        #expect(second.log.first?.header("User-Agent") == "fetchall/0.1.0")
    }

    @Test(
        arguments: [
            (["-u", "user:pass"], "Authorization"), (["-H", "Authorization: Bearer t"], "Authorization"),
            (["-H", "Cookie: a=b"], "Cookie"), (["-b", "a=b"], "Cookie"), (["-H", "X-Api-Key: k"], "X-Api-Key"),
        ])
    func `rows 56, 57, 58: what the user gave goes to its origin and to no other, also not on the way back`(
        options: [String], name: String
    ) async throws {
        try await thereAndBack(options, secretName: name)
    }

    @Test func `a redirect within the origin keeps what the user gave`() async throws {
        let server = try LoopbackServer { $0.path == "/a" ? .redirect(to: "/b") : .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "-u", "u:p", "-H", "X-Key: 1", "\(server.baseURL)/a"])
        #expect(result.exit == 0)
        #expect(server.log.map { $0.values("authorization") } == [["Basic dTpw"], ["Basic dTpw"]])
        #expect(server.log.map { $0.values("x-key") } == [["1"], ["1"]])
    }

    @Test func `row 67: a token that is rejected is exit 4 and is not repeated in the output`() async throws {
        let server = try LoopbackServer { _ in .status(401) }
        defer { server.stop() }
        let result = try await Tool.run([
            "-v", "--json", "-H", "Authorization: Bearer \(Self.secret)", "\(server.baseURL)/",
        ])
        #expect(result.exit == 4)
        #expect(server.requestCount == 1)
        #expect(!(result.stdout + result.stderr).contains(Self.secret))
    }
}

/// The addresses of two servers that have to know each other: known only once both run.
private final class Ports: Sendable {
    private let addresses = Mutex(("", ""))

    /// The address of the first.
    var first: String { addresses.withLock { $0.0 } }
    /// The address of the second.
    var second: String { addresses.withLock { $0.1 } }

    /// Makes them known.
    func set(first: String, second: String) { addresses.withLock { $0 = (first, second) } }
}
