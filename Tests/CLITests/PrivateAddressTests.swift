import TestSupport
import Testing

@Suite("--no-private refuses addresses that are not public, before anything is connected", .timeLimit(.minutes(20)))
struct PrivateAddressTests {
    /// A server that must not be reached, and what a run against it gave.
    private func refused(
        _ url: (Int) -> String, _ options: (Int) -> [String] = { _ in [] }, host: String = "127.0.0.1"
    ) async throws -> Row {
        let server = try LoopbackServer(host: host) { _ in .ok("secret") }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--no-private", "--body"] + options(server.port) + [url(server.port)])
        #expect(result.exit == 1)
        #expect(server.connectionCount == 0)
        let row = try Row.only(result)
        #expect(row.kind == "blocked-address", "\(result.stdout)")
        #expect(row.numRetries == 0)
        #expect(row.body == nil)
        return row
    }

    @Test(arguments: [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0.0.0.0",
        "0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "LocalHost.",
        "x.localhost", "127.0.0.2", "127%2E0.0.1", "①②⑦.0.0.1",
    ])
    func `row 54: loopback in every spelling`(host: String) async throws {
        _ = try await refused { "http://\(host):\($0)/" }
    }

    @Test func `row 54: loopback by IPv6`() async throws {
        _ = try await refused({ "http://[::1]:\($0)/" }, host: "::1")
    }

    @Test(arguments: [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]",
        "224.0.0.1", "255.255.255.255", "[ff02::1]", "168.63.129.16",
    ])
    func `row 55: private, link-local, metadata and multicast addresses`(host: String) async throws {
        let row = try await refused { _ in "http://\(host)/" }
        // Not a connection that was tried.
        #expect((row.timeTotal ?? 0) < 1)
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "10.0.0.1"])
    func `row 54: a name is judged by the address that it leads to`(address: String) async throws {
        let row = try await refused(
            { "http://public.example:\($0)/" }, { ["--resolve", "public.example:\($0):\(address)"] })
        #expect(row.error?.message.contains("is not a public address") == true)
    }

    @Test func `row 54: a name with a private address first and another behind it does not lead inside`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        // 203.0.113.1 is for documentation: neither of them is public.
        let result = try await Tool.run([
            "--jsonl", "--no-private", "--resolve", "two.example:\(server.port):127.0.0.1,203.0.113.1",
            "http://two.example:\(server.port)/",
        ])
        #expect(try Row.only(result).kind == "blocked-address")
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: ["http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://inside.example:PORT/"])
    func `row 54: a redirect leads no further, also where the first hop went through a proxy`(target: String)
        async throws
    {
        let inside = try LoopbackServer { _ in .ok("secret") }
        defer { inside.stop() }
        let location = target.replacing("PORT", with: "\(inside.port)")
        // A proxy that the user names may have any address.
        let proxy = try LoopbackServer { _ in .redirect(to: location) }
        defer { proxy.stop() }
        let result = try await Tool.run(
            [
                "--jsonl", "--no-private", "-x", proxy.baseURL, "--resolve",
                "inside.example:\(inside.port):127.0.0.1", "http://outside.example/",
            ], environment: ["no_proxy": "inside.example"])
        let row = try Row.only(result)
        #expect(row.kind == "blocked-address", "\(result.stdout)")
        #expect(row.numRedirects == 1)
        #expect(proxy.requestCount == 1)
        #expect(inside.connectionCount == 0)
    }

    @Test func `behind a proxy what is literally private is refused and all else is the proxy's to decide`()
        async throws
    {
        let proxy = try LoopbackServer { .ok($0.target) }
        defer { proxy.stop() }
        let result = try await Tool.run(
            [
                "--json", "--no-private", "--body", "http://192.168.0.1/", "http://localhost/", "http://8.8.8.8/",
                "http://name.example/",
            ], environment: ["http_proxy": proxy.baseURL])
        let rows = try Row.array(result)
        #expect(rows.map(\.kind) == ["blocked-address", "blocked-address", nil, nil])
        #expect(rows.map(\.body) == [nil, nil, "http://8.8.8.8/", "http://name.example/"])
        #expect(proxy.requestCount == 2)
    }

    @Test func `without the option nothing is refused`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        #expect(try Row.only(await Tool.run(["--jsonl", "http://localhost:\(server.port)/"])).ok)
    }

    /// Public addresses on the loopback interface of a network of its own: nothing leaves the machine.
    @Test(.enabled("no network namespaces") { try await canHaveOwnNetwork() })
    func `a public address is connected to`() async throws {
        let result = try await Tool.shell(
            """
            exec unshare -n sh -c 'ip link set lo up && ip addr add 8.8.8.8/32 dev lo
            python3 -m http.server 8099 --bind 8.8.8.8 >/dev/null 2>&1 & server=$!
            for turn in $(seq 200); do
            python3 -c "import socket; socket.create_connection((\\"8.8.8.8\\", 8099), 1)" 2>/dev/null && break
            sleep 0.05
            done
            "$0" --jsonl --no-private \
            --resolve two.example:8099:127.0.0.1,8.8.8.8 http://8.8.8.8:8099/ http://two.example:8099/ ; kill $server' "$0"
            """)
        let rows = try Row.lines(result)
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.ok && $0.remoteIp == "8.8.8.8" }, "\(result.stdout) \(result.stderr)")
    }

    private static func canHaveOwnNetwork() async throws -> Bool {
        try await Tool.shell("unshare -n ip link set lo up && command -v python3").exit == 0
    }
}
