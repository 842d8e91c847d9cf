import TestSupport
import Testing

@Suite("How connections are made", .timeLimit(.minutes(20)))
struct ConnectionOptionTests {
    private static let hasIPv6 = (try? LoopbackServer.closedPort(host: "::1")) != nil

    @Test(arguments: ["-x", "--proxy"])
    func `row 45: a proxy is asked for the whole URL, and nobody else is asked`(option: String) async throws {
        let proxy = try LoopbackServer { _ in .ok("from the proxy") }
        defer { proxy.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--body", option, proxy.baseURL, "http://origin.invalid:8080/a?b"])
        #expect(try Row.only(result).body == "from the proxy")
        #expect(proxy.log.map(\.target) == ["http://origin.invalid:8080/a?b"])
        #expect(proxy.log.map(\.host) == ["origin.invalid:8080"])
    }

    @Test func `row 45: a proxy of the environment is used, but not for no_proxy, and -x '' turns it off`() async throws
    {
        let proxy = try LoopbackServer { _ in .ok() }
        defer { proxy.stop() }
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let environment = ["http_proxy": proxy.baseURL]
        let url = server.baseURL + "/"
        #expect(try await Tool.run(["--jsonl", url], environment: environment).exit == 0)
        #expect([proxy.requestCount, server.requestCount] == [1, 0])
        #expect(try await Tool.run(["--jsonl", "-x", "", url], environment: environment).exit == 0)
        #expect([proxy.requestCount, server.requestCount] == [1, 1])
        let exempt = environment.merging(["no_proxy": "127.0.0.1"], uniquingKeysWith: { $1 })
        #expect(try await Tool.run(["--jsonl", url], environment: exempt).exit == 0)
        #expect([proxy.requestCount, server.requestCount] == [1, 2])
    }

    @Test func `row 45: HTTP_PROXY in capitals is not used: a web server sets it from a header`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "\(server.baseURL)/"], environment: ["HTTP_PROXY": "http://127.0.0.1:1"])
        #expect(result.exit == 0)
        #expect(server.requestCount == 1)
    }

    @Test func `resolve gives a name an address`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--resolve", "name.invalid:\(server.port):127.0.0.1", "http://name.invalid:\(server.port)/",
        ])
        #expect(result.exit == 0)
        #expect(try Row.only(result).remoteIp == "127.0.0.1")
        #expect(server.log.map(\.host) == ["name.invalid:\(server.port)"])
    }

    @Test func `row 1: a name that nobody knows is name-not-resolved`() async throws {
        let row = try Row.only(await Tool.run(["--jsonl", "--retry", "0", "http://nobody.invalid/"]))
        #expect(row.kind == "name-not-resolved")
        #expect(row.error?.exitcode == 6)
    }

    @Test(arguments: ["-4", "--ipv4"])
    func `IPv4 only means that an IPv6 address is not connected to`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let both = "both.invalid:\(server.port):[::1],127.0.0.1"
        let url = "http://both.invalid:\(server.port)/"
        let result = try await Tool.run(["--jsonl", option, "--resolve", both, url])
        #expect(try Row.only(result).remoteIp == "127.0.0.1")
        #expect(server.requestCount == 1)
    }

    @Test(.enabled(if: hasIPv6, "no IPv6 on this machine"), arguments: ["-6", "--ipv6"])
    func `IPv6 only takes the other address`(option: String) async throws {
        let server = try LoopbackServer(host: "::1") { _ in .ok() }
        defer { server.stop() }
        let both = "both.invalid:\(server.port):127.0.0.1,[::1]"
        let url = "http://both.invalid:\(server.port)/"
        let result = try await Tool.run(["--jsonl", option, "--resolve", both, url])
        #expect(try Row.only(result).remoteIp == "::1")
        #expect(server.requestCount == 1)
    }

    @Test(.enabled(if: hasIPv6, "no IPv6 on this machine"))
    func `an address in brackets is asked over IPv6`() async throws {
        let server = try LoopbackServer(host: "::1") { _ in .ok() }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "\(server.baseURL)/"]))
        #expect(row.remoteIp == "::1")
        #expect(server.log.map(\.host) == ["[::1]:\(server.port)"])
    }

    @Test func `row 47: a silent TLS server is connect-timed-out after connect-timeout`() async throws {
        let server = try LoopbackServer(onConnect: { _ in [.silence] }, handler: { _ in .ok() })
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry", "0", "--connect-timeout", "300ms", "https://127.0.0.1:\(server.port)/",
        ])
        #expect(result.exit == 1)
        let row = try Row.only(result)
        #expect(row.kind == "connect-timed-out")
        #expect(row.error?.exitcode == 28)
        #expect((row.timeTotal ?? 0) >= 0.29)
        #expect((row.timeTotal ?? 9) < 3)
    }

    @Test func `row 47: a server that speaks no TLS is tls-failed`() async throws {
        let server = try LoopbackServer(
            onConnect: { _ in [.text("220 no TLS here\r\n"), .close] }, handler: { _ in .ok() })
        defer { server.stop() }
        let row = try Row.only(
            await Tool.run(["--jsonl", "--retry", "0", "https://127.0.0.1:\(server.port)/"]))
        #expect(row.kind == "tls-failed")
    }

    @Test(arguments: [["-4", "-6"], ["--http1.1", "--http2"]])
    func `two that exclude each other are a usage error`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1)
        #expect(result.stdout == "")
    }
}
