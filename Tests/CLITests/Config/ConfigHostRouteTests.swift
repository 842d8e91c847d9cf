import FoundationEssentials
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
        for (options, expected) in [
            (["-x", servers.second.baseURL], [0, 6, 0, 0]), (["-x", ""], [0, 0, 3, 3]),
            (["--proxy1.0", "127.0.0.1:\(servers.second.port)"], [0, 6, 0, 0]),
            (["--noproxy", "127.0.0.1"], [0, 0, 3, 3]),
            (["--noproxy", "other.test"], [3, 0, 0, 3]), (["--no-config"], [0, 0, 3, 3]),
        ] {
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

@Suite(
    "issue 24.3: the client certificate of a host is shown to it and to no other", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct ConfigHostCertificateTests {
    /// A certificate and its key in one file of a folder.
    private static func joined(_ server: TLSServer, in folder: ConfigFolder) throws -> String {
        let texts = try [server.clientCertificate, server.clientKey].map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        return try folder.scratch.write("both.pem", texts.joined())
    }

    private static func writeFile(_ folder: ConfigFolder, _ text: String) throws {
        try folder.scratch.write("xdg/fetchall/config.toml", text)
        try ConfigFolder.setMode(folder.file, 0o600)
    }

    /// Whether the server saw a certificate, for each response that is its page.
    private static func shown(_ result: ToolResult) throws -> [Bool] {
        try Row.lines(result).map { try #require($0.body) }.map { !$0.contains("no client certificate available") }
    }

    @Test(arguments: ["PEM", "P12"])
    func `one host of two gets it, in turns on one handle and behind redirects`(type: String) async throws {
        // Both ask for a certificate, and need none.
        try await TLSServer.run(["-verify", "1"]) { own in
            try await TLSServer.run(["-verify", "1"]) { other in
                let way = try LoopbackServer { request in .redirect(to: request.path == "/own" ? own.url : other.url) }
                defer { way.stop() }
                let folder = try ConfigFolder()
                var file = try Self.joined(own, in: folder)
                if type == "P12" {
                    let packed = try await Tool.shell(
                        "exec openssl pkcs12 -export -passout pass: -in both.pem -out both.p12",
                        directory: folder.scratch.path)
                    try #require(packed.exit == 0, "\(packed.stderr)")
                    file = folder.scratch("both.p12")
                }
                try Self.writeFile(folder, "[hosts.\"https://127.0.0.1:\(own.port)\"]\ncert = \"\(file)\"\n")
                let arguments = ["--jsonl", "--keep-order", "--body", "--retry", "0", "-k", "--max", "1"]
                let urls = [other.url, own.url, other.url, "\(way.baseURL)/own", "\(way.baseURL)/other", own.url]
                let result = try await folder.run(arguments + urls)
                #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
                #expect(try Self.shown(result) == [false, true, false, true, false, true])
                let without = try await folder.run(arguments + ["--no-config", own.url])
                #expect(try Self.shown(without) == [false])
                let curl = try await folder.run(["--curl", "-k", own.url, other.url])
                #expect(curl.lines.map { $0.contains(file) } == [true, false], "\(curl.stdout)")
                // curl would show it to wherever a redirect leads.
                #expect(curl.lines.first?.contains(" -L ") == false && curl.lines.last?.contains(" -L ") == true)
            }
        }
    }

    @Test func `the run's certificate is shown to the others, and the command line's to all`() async throws {
        try await TLSServer.run(["-verify", "1"]) { own in
            try await TLSServer.run(["-verify", "1"]) { other in
                let folder = try ConfigFolder()
                let file = try Self.joined(own, in: folder)
                let run = "cert = \"\(other.clientCertificate)\"\nkey = \"\(other.clientKey)\"\n"
                try Self.writeFile(folder, run + "[hosts.\"https://127.0.0.1:\(own.port)\"]\ncert = \"\(file)\"\n")
                let arguments = ["--jsonl", "--keep-order", "--body", "--retry", "0", "-k", "--max", "1"]
                let result = try await folder.run(arguments + [other.url, own.url, other.url, own.url])
                #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
                let bodies = try Row.lines(result).map { try #require($0.body) }
                let ownKey = try Self.publicText(of: own.clientCertificate)
                let runKey = try Self.publicText(of: other.clientCertificate)
                #expect(bodies.map { Self.plain($0).contains(ownKey) } == [false, true, false, true])
                #expect(bodies.map { Self.plain($0).contains(runKey) } == [true, false, true, false])
                let given = try await folder.run(
                    arguments + ["-E", other.clientCertificate, "--key", other.clientKey, own.url])
                let body = try #require(try Row.only(given).body)
                #expect(Self.plain(body).contains(runKey), "\(given.stdout)")
            }
        }
    }

    @Test func `a file without a key, or with an encrypted one, is a mistake before anything is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for (text, word) in [
            ("-----BEGIN CERTIFICATE-----\n", "no private key"), ("text", "neither PEM nor PKCS #12"),
            ("", "neither PEM"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "encrypted"),
            ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "encrypted"),
        ] {
            let folder = try ConfigFolder()
            let file = try folder.scratch.write("c.pem", text)
            try Self.writeFile(folder, "[hosts.\"own.test\"]\ncert = \"\(file)\"\n")
            for arguments in [["\(server.baseURL)/"], ["config", "check", folder.file]] {
                let result = try await folder.run(arguments)
                #expect(result.isMistake(["config.toml:2: cert: ", word]), "\(arguments): \(result.stderr)")
            }
            #expect(try await folder.run(["-E", "/dev/null", "\(server.baseURL)/"]).exit == 0)
            #expect(try await folder.run(["config", "show"]).exit == 0)
        }
        #expect(server.requestCount == 5)
    }

    /// The Base64 of a certificate, without line breaks.
    private static func publicText(of file: String) throws -> String {
        let text = plain(try String(contentsOfFile: file, encoding: .utf8))
        return text.replacing("-----BEGINCERTIFICATE-----", with: "").replacing("-----ENDCERTIFICATE-----", with: "")
    }

    private static func plain(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}
