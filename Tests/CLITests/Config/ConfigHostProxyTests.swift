import TestSupport
import Testing

@Suite("issue 24.3: the proxy of a host is for it and for no other", .timeLimit(.minutes(20)))
struct ConfigHostProxyTests {
    private static let password = "s3cr3t"
    /// `u:s3cr3t` in Base64.
    private static let encoded = "dTpzM2NyM3Q="

    /// Proxies, which answer everything themselves.
    private struct Servers {
        let proxy: LoopbackServer
        let second: LoopbackServer
        let own: LoopbackServer
        let other: LoopbackServer

        init() throws {
            proxy = try LoopbackServer { _ in .json("{\"a\":1}") }
            second = try LoopbackServer { _ in .json("{\"a\":2}") }
            own = try LoopbackServer { request in
                request.path == "/robots.txt" ? .ok() : .json("{\"a\":3}")
            }
            other = try LoopbackServer { _ in .json("{\"a\":4}") }
        }

        func stop() { for server in [proxy, second, own, other] { server.stop() } }

        var counts: [Int] { [proxy, second, own, other].map(\.requestCount) }

        func file(_ proxy: String, above: String = "") -> String {
            "\(above)\n[hosts.\"\(own.baseURL)\"]\nproxy = \"\(proxy)\"\n"
        }

        /// The proxy with a user and a password.
        var withPassword: String { "http://u:\(password)@127.0.0.1:\(proxy.port)" }

        /// Both origins in turns, so that a handle serves one after the other.
        var urls: [String] { (0..<3).flatMap { ["\(own.baseURL)/\($0)", "\(other.baseURL)/\($0)"] } }
    }

    @Test func `its requests go through it, those of others do not, and its password is shown nowhere`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.file(servers.withPassword))
        let trace = folder.scratch("trace")
        // The exceptions of the environment do not name this host; the file does.
        let result = try await folder.run(
            ["--jsonl", "--max", "1", "-vv", "--trace", trace] + servers.urls, environment: ["no_proxy": "127.0.0.1"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(servers.counts == [3, 0, 0, 3])
        #expect(servers.proxy.log.allSatisfy { $0.values("proxy-authorization") == ["Basic \(Self.encoded)"] })
        #expect(servers.other.log.allSatisfy { $0.values("proxy-authorization").isEmpty })
        let curl = try await folder.run(["--curl"] + servers.urls)
        #expect(curl.exit == 0 && curl.stdout.contains("FETCHALL_HOST_PROXY"), "\(curl.stdout)\(curl.stderr)")
        #expect(curl.lines.count { $0.contains(" -x ") } == 3)
        let shown = try await folder.run(["config", "show"])
        #expect(shown.stdout.contains("proxy = \"http://***@127.0.0.1:\(servers.proxy.port)\""), "\(shown.stdout)")
        let texts = [result, curl, shown].map { $0.stdout + $0.stderr } + [try folder.scratch.text("trace")]
        for text in texts { #expect(!text.contains(Self.password) && !text.contains(Self.encoded), "\(text)") }
        // What is not shown is not taken for the password either.
        let again = try ConfigFolder(user: shown.stdout)
        let refused = try await again.run(servers.urls)
        #expect(refused.isMistake(["proxy: *** stands for"]), "\(refused.stderr)")
    }

    @Test func `a failure does not name the password`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let port = try LoopbackServer.closedPort()
        let folder = try ConfigFolder(user: servers.file("http://u:\(Self.password)@127.0.0.1:\(port)"))
        let result = try await folder.run(["--jsonl", "-v", "--retry", "0"] + servers.urls)
        #expect(result.exit == 1 && servers.own.requestCount == 0, "\(result.stderr)")
        #expect(!(result.stdout + result.stderr).contains(Self.password))
    }

    @Test func `without a proxy of its own a host has the run's, and no proxy gets the password of another`()
        async throws
    {
        let servers = try Servers()
        defer { servers.stop() }
        let above = """
            proxy = "\(servers.second.baseURL)"
            proxy-user = "run:pw"
            proxy-header = "X-Proxy-Key: k"
            """
        let plain = try ConfigFolder(user: servers.file(servers.proxy.baseURL, above: above))
        let result = try await plain.run(["--jsonl", "--max", "1"] + servers.urls)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(servers.counts == [3, 3, 0, 0])
        for name in ["proxy-authorization", "x-proxy-key"] {
            #expect(servers.proxy.log.allSatisfy { $0.values(name).isEmpty }, "\(name)")
            #expect(servers.second.log.allSatisfy { $0.values(name).count == 1 }, "\(name)")
        }
        let direct = try ConfigFolder(user: servers.file("", above: above))
        #expect(try await direct.run(["--jsonl", "--max", "1"] + servers.urls).exit == 0)
        #expect(servers.counts == [3, 6, 3, 0])
        #expect(servers.own.log.allSatisfy { $0.values("x-proxy-key").isEmpty })
        // As the environment's, which libcurl reads again for the other host.
        let ambient = try ConfigFolder(user: servers.file(servers.withPassword))
        let variables = ["http_proxy": servers.second.baseURL]
        #expect(try await ambient.run(["--jsonl", "--max", "1"] + servers.urls, environment: variables).exit == 0)
        #expect(servers.counts == [6, 9, 3, 0])
        #expect(servers.second.log.dropFirst(6).allSatisfy { $0.values("proxy-authorization").isEmpty })
    }

    @Test func `the command line takes precedence`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.file(servers.withPassword))
        let cases: [([String], [Int])] = [
            (["-x", servers.second.baseURL], [0, 6, 0, 0]), (["-x", ""], [0, 0, 3, 3]),
            (["--proxy1.0", "127.0.0.1:\(servers.second.port)"], [0, 6, 0, 0]),
            (["--noproxy", "127.0.0.1"], [0, 0, 3, 3]),
            (["--noproxy", "other.test"], [3, 0, 0, 3]), (["--no-config"], [0, 0, 3, 3]),
        ]
        for (options, expected) in cases {
            let before = servers.counts
            let result = try await folder.run(["--jsonl"] + options + servers.urls)
            #expect(result.exit == 0, "\(options): \(result.stderr)")
            #expect(zip(servers.counts, before).map { $0 - $1 } == expected, "\(options)")
        }
    }

    @Test func `a redirect leaves the proxy at its host, in both directions`() async throws {
        let target = try LoopbackServer { _ in .ok() }
        defer { target.stop() }
        let proxy = try LoopbackServer { request in
            request.target.hasSuffix("/away") ? .redirect(to: "\(target.baseURL)/end") : .ok()
        }
        defer { proxy.stop() }
        let way = try LoopbackServer { _ in .redirect(to: "http://own.test/end") }
        defer { way.stop() }
        let folder = try ConfigFolder(
            user: "[hosts.\"http://own.test\"]\nproxy = \"http://u:pw@127.0.0.1:\(proxy.port)\"\n")
        let result = try await folder.run(["--jsonl", "--max", "1", "http://own.test/away", "\(way.baseURL)/"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(proxy.requestCount == 2 && target.requestCount == 1 && way.requestCount == 1)
        #expect((target.log + way.log).allSatisfy { $0.values("proxy-authorization").isEmpty })
    }

    @Test func `no-private leaves the proxy to the user, and checks hosts without one`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(
            user: "[hosts.\"http://own.test\"]\nproxy = \"\(servers.proxy.baseURL)\"\n"
                + "[hosts.\"http://direct.test\"]\nproxy = \"\"\n")
        let arguments = [
            "--jsonl", "--keep-order", "--max", "1", "--retry", "0", "--no-private", "--resolve",
            "direct.test:80:127.0.0.1", "--resolve", "plain.test:\(servers.other.port):127.0.0.1", "http://own.test/a",
            "http://direct.test/", "http://own.test/b", "http://plain.test:\(servers.other.port)/",
        ]
        for variables in [[:], ["https_proxy": servers.second.baseURL]] {
            let before = servers.proxy.requestCount
            let result = try await folder.run(arguments, environment: variables)
            #expect(
                try Row.lines(result).map(\.kind) == [nil, "blocked-address", nil, "blocked-address"],
                "\(result.stdout)")
            #expect(servers.proxy.requestCount - before == 2)
        }
        #expect(servers.other.connectionCount == 0)
    }

    @Test func `every command goes through it`() async throws {
        let servers = try Servers()
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.file(servers.withPassword))
        let own = servers.own.baseURL
        for arguments in [
            ["crawl", "--jsonl", "--no-robots", "\(own)/"], ["map", "--url-template", "\(own)/{id}", "1"],
            ["gather", "a=\(own)/"], ["github", "--api-url", own, "--via", "rest", "octocat"],
        ] {
            let before = servers.proxy.requestCount
            _ = try await folder.run(arguments)
            #expect(servers.proxy.requestCount > before, "\(arguments)")
        }
        #expect(servers.own.requestCount == 0)
    }
}
