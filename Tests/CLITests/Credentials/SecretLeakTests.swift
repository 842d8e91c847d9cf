import TestSupport
import Testing

/// The table of issue 24: each source of a secret with each place that it could get to, looked at from the server's side and in
/// all bytes that a run leaves. Each pair also asserts that the secret is where it belongs.
@Suite("issue 24: no secret leaks", .timeLimit(.minutes(20)))
struct SecretLeakTests {
    /// Sources whose secret is for an origin.
    private static let forOrigins = SecretSource.allCases.filter { $0 != .proxyUser }

    /// The requests of a server that carry the secret.
    private static func carried(_ server: LoopbackServer) -> [String] {
        server.log.filter(SecretSource.isCarried).map(\.path)
    }

    /// A server of another origin: of another port, and for `.netrc`, which knows hosts only, of another host.
    private static func stranger(
        to source: SecretSource, _ handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) throws -> LoopbackServer {
        try LoopbackServer(host: source == .netrc ? "127.0.0.2" : "127.0.0.1", handler: handler)
    }

    @Test func `issue 24: the forms of the secret are found, and the table has at least 40 pairs`() {
        #expect(SecretSource.forms.count == 7)
        for text in ["Basic bWU6czNjcjN0L3BhNTU=", "x s3cr3t/pa55", "//me:s3cr3t%2Fpa55@h", "Basic OnMzY3IzdC9wYTU1"] {
            #expect(SecretSource.occurs(in: text.utf8), "\(text)")
        }
        #expect(!SecretSource.occurs(in: "s3cr3t pa55 bWU6 s3cr3t/pa".utf8))
        // Eight places: the tests below.
        #expect(SecretSource.allCases.count * 8 >= 40)
    }

    @Test(arguments: SecretSource.allCases)
    func `issue 24: another origin of the list gets nothing`(source: SecretSource) async throws {
        let home = try LoopbackServer { source.reply(to: $0, .ok()) }
        // It asks for each secret, as far as a server can.
        let other = try Self.stranger(to: source) { request in
            request.path == "/asks" ? SecretSource.realm.refusal : .ok()
        }
        defer {
            home.stop()
            other.stop()
        }
        let run = try SecretRun(source, home)
        let urls = ["\(run.home)/1", "\(other.baseURL)/2", "\(other.baseURL)/asks", "\(run.home)/3"]
        let result = try await run.run(["--jsonl", "--max", "1"], urls)
        #expect(try Row.lines(result).count == 4, "\(result.stderr)")
        #expect(Self.carried(home) == ["/1", "/3"], "\(home.log.map(\.path))")
        #expect(other.log.map(\.path) == ["/2", "/asks"] && Self.carried(other).isEmpty)
    }

    @Test(arguments: SecretSource.allCases)
    func `issue 24: a redirect to another port and back takes nothing along`(source: SecretSource) async throws {
        let back = Shared("")
        let other = try Self.stranger(to: source) { _ in .redirect(to: back.value) }
        defer { other.stop() }
        let home = try LoopbackServer { request in
            switch request.path {
            case "/from": source.reply(to: request, .redirect(to: "\(other.baseURL)/there"))
            default: .ok()
            }
        }
        defer { home.stop() }
        let run = try SecretRun(source, home)
        back.update { $0 = "\(run.home)/back" }
        let result = try await run.run(["--jsonl"], ["\(run.home)/from"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(other.log.map(\.path) == ["/there"] && Self.carried(other).isEmpty)
        // The proxy's secret is for the proxy, whoever is asked through it.
        #expect(Self.carried(home) == (source == .proxyUser ? ["/from", "/back"] : ["/from"]))
        #expect(home.log.last?.path == "/back")
    }

    @Test(.enabled("there is no python3 with ssl, or no openssl") { try await PythonServer.isThere() })
    func `issue 24: what is for https is not sent over http, after a redirect or from the list`() async throws {
        let plain = try LoopbackServer { _ in SecretSource.realm.refusal }
        let other = try LoopbackServer(host: "127.0.0.2") { _ in SecretSource.realm.refusal }
        let isDigest = Shared(false)
        let home = try LoopbackServer { request in
            let stranger = request.path == "/netrc" ? other : plain
            return (isDigest.value ? SecretSource.digest : .user).reply(
                to: request, .redirect(to: "\(stranger.baseURL)/redirected"))
        }
        defer {
            for server in [plain, other, home] { server.stop() }
        }
        try await PythonServer.run(PythonServer.terminator, ["\(home.port)"]) { server in
            for source in Self.forOrigins {
                isDigest.update { $0 = source == .digest }
                let run = try SecretRun(source, home, home: server.baseURL)
                let stranger = source == .netrc ? other : plain
                let counts = [home.requestCount, stranger.requestCount]
                let path = source == .netrc ? "/netrc" : "/from"
                let result = try await run.run(
                    ["--jsonl", "--max", "1", "--cacert", server.certificate],
                    ["\(run.home)\(path)", "\(stranger.baseURL)/listed"])
                #expect(try Row.lines(result).count == 2, "\(source.rawValue): \(result.stderr)")
                #expect(home.log.dropFirst(counts[0]).contains(where: SecretSource.isCarried), "\(source.rawValue)")
                let seen = stranger.log.dropFirst(counts[1])
                #expect(Set(seen.map(\.path)) == ["/redirected", "/listed"], "\(source.rawValue): \(result.stdout)")
                #expect(!seen.contains(where: SecretSource.isCarried), "\(source.rawValue)")
            }
        }
    }

    @Test(arguments: forOrigins)
    func `issue 24: a proxy sees what goes to the origin, and nothing beside it or in CONNECT`(source: SecretSource)
        async throws
    {
        let proxy = try LoopbackServer { request in
            if request.method == "CONNECT" { return .status(403) }
            return request.target.hasPrefix("http://home.invalid/") ? source.reply(to: request, .ok()) : .ok()
        }
        defer { proxy.stop() }
        let plain = try SecretRun(source, proxy, home: "http://home.invalid")
        let result = try await plain.run(
            ["--jsonl", "--max", "1", "-x", proxy.baseURL], ["http://home.invalid/1", "http://other.invalid/2"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(Self.carried(proxy) == ["/1"] && proxy.log.last?.target == "http://other.invalid/2")
        #expect(proxy.log.allSatisfy { $0.values("Proxy-Authorization").isEmpty })
        let before = proxy.requestCount
        let secure = try SecretRun(source, proxy, home: "https://home.invalid")
        _ = try await secure.run(["--jsonl", "--retry", "0", "-x", proxy.baseURL], ["https://home.invalid/3"])
        let connects = proxy.log.dropFirst(before)
        #expect(connects.map(\.method) == ["CONNECT"] && !connects.contains(where: SecretSource.isCarried))
    }
}
