import Subprocess
import TestSupport
import Testing

@Suite("Connections that do not come about take their time and no more", .timeLimit(.minutes(20)))
struct ConnectingTests {
    @Test func `row 1: a name that nobody knows is not asked for again, unless somebody asks for that`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let both = try await Tool.run(["--json", "http://nosuch.invalid/", "\(server.baseURL)/"])
        #expect(both.exit == 1)
        let rows = try Row.array(both)
        #expect(rows.map(\.kind) == ["name-not-resolved", nil])
        let plain = try #require(rows.first)
        #expect(plain.numRetries == 0)
        let again = try Row.only(
            await Tool.run([
                "--jsonl", "--retry", "1", "--retry-delay", "1ms", "--retry-on", "name-not-resolved",
                "http://nosuch.invalid/",
            ]))
        #expect(again.numRetries == 1)
    }

    /// A mount of its own for resolv.conf, and a network of its own for the server that never answers it.
    @Test(.enabled("no namespaces") { try await canHaveNamespaces() })
    func `row 2: a resolver that does not answer holds up its own URLs and no others`() async throws {
        let scratch = try Scratch()
        try scratch.write("resolv.conf", "nameserver 127.0.0.1\n")
        try scratch.write("hosts", "127.0.0.1 localhost\n")
        let result = try await Tool.shell(
            """
            exec unshare -mn sh -c 'ip link set lo up
            mount --bind resolv.conf /etc/resolv.conf; mount --bind hosts /etc/hosts
            python3 -c "import socket,time
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((\\"127.0.0.1\\", 53)); time.sleep(600)" &
            resolver=$!
            python3 -m http.server 8099 --bind 127.0.0.1 >/dev/null 2>&1 & server=$!
            until python3 -c "import socket; socket.create_connection((\\"127.0.0.1\\", 8099))" 2>/dev/null
            do sleep 0.1; done
            "$0" --jsonl --retry 0 --connect-timeout 3s http://slow.example/[1-3] http://127.0.0.1:8099/[1-5]?
            code=$?; kill $server $resolver; exit $code' "$0"
            """, directory: scratch.path)
        let rows = try Row.lines(result)
        #expect(rows.count == 8, "\(result.stderr)")
        let slow = rows.filter { $0.url.contains("slow") }
        #expect(slow.allSatisfy { $0.kind == "connect-timed-out" && ($0.timeTotal ?? 0) > 2.5 }, "\(slow)")
        let others = rows.filter { !$0.url.contains("slow") }
        #expect(others.allSatisfy { $0.responseCode != nil && ($0.timeTotal ?? 9) < 2.5 }, "\(others)")
        #expect(result.duration < .seconds(60))
    }

    private static func canHaveNamespaces() async throws -> Bool {
        try await Tool.shell(
            "unshare -mn sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts && command -v python3'"
        ).exit == 0
    }

    @Test func `row 3: a connection that is refused is so at once, and not transient`() async throws {
        let row = try Row.only(await Tool.run(["--jsonl", "http://127.0.0.1:1/"]))
        #expect(row.kind == "connection-refused")
        #expect(row.error?.exitcode == 7)
        #expect(row.numRetries == 0)
        #expect((row.timeTotal ?? 9) < 1)
        let again = try Row.only(
            await Tool.run([
                "--jsonl", "--retry", "2", "--retry-delay", "1ms", "--retry-on", "connection-refused",
                "http://127.0.0.1:1/",
            ]))
        #expect(again.numRetries == 2)
    }

    @Test func `row 4: a SYN that is dropped is connect-timed-out after connect-timeout`() async throws {
        let stuck = try StuckListener()
        defer { stuck.stop() }
        let row = try Row.only(
            await Tool.run(["--jsonl", "--retry", "0", "--connect-timeout", "700ms", "http://127.0.0.1:\(stuck.port)/"])
        )
        #expect(row.kind == "connect-timed-out")
        #expect(row.error?.exitcode == 28)
        #expect(abs((row.timeTotal ?? 0) - 0.7) < 0.2, "\(String(describing: row.timeTotal))")
    }

    @Test func `row 7: a slot whose request ran out of time is free again`() async throws {
        let server = try LoopbackServer { $0.path == "/1" ? .init([.silence]) : .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--max", "1", "--retry", "0", "-m", "300ms", "\(server.baseURL)/[1-5]"])
        #expect(try Row.array(result).map(\.kind) == ["timed-out", nil, nil, nil, nil])
    }

    @Test(.enabled("no IPv6") { try await hasIPv6() })
    func `row 44: where IPv6 is dead the IPv4 address is used, and soon`() async throws {
        let server = try LoopbackServer { _ in .ok("four") }
        defer { server.stop() }
        let resolve = ["--resolve", "both.example:\(server.port):[::1],127.0.0.1"]
        let url = "http://both.example:\(server.port)/"
        // Refused at once, then silent.
        let refused = try Row.only(await Tool.run(["--jsonl", "--body"] + resolve + [url]))
        #expect(refused.body == "four")
        let stuck = try StuckListener(host: "::1", port: server.port)
        defer { stuck.stop() }
        let silent = try Row.only(await Tool.run(["--jsonl", "--body"] + resolve + [url]))
        #expect(silent.body == "four")
        #expect(silent.remoteIp == "127.0.0.1")
        #expect((silent.timeTotal ?? 9) < 0.7)
    }

    @Test(.enabled("no IPv6") { try await hasIPv6() })
    func `row 44: a host that only has IPv6 is reached`() async throws {
        let server = try LoopbackServer(host: "::1") { _ in .ok() }
        defer { server.stop() }
        let arguments = [
            "--jsonl", "--resolve", "six.example:\(server.port):[::1]", "http://six.example:\(server.port)/",
        ]
        let row = try Row.only(await Tool.run(arguments))
        #expect(row.remoteIp == "::1")
    }

    private static func hasIPv6() async throws -> Bool {
        guard let server = try? LoopbackServer(host: "::1", handler: { _ in .ok() }) else { return false }
        server.stop()
        return true
    }

    @Test func `row 45: what is for the proxy stays with the proxy, and its password is hidden`() async throws {
        let origin = try LoopbackServer { _ in .ok() }
        defer { origin.stop() }
        let proxy = try LoopbackServer { _ in .redirect(to: "\(origin.baseURL)/direct") }
        defer { proxy.stop() }
        let address = proxy.baseURL.replacing("http://", with: "http://me:s3cr3t@")
        let result = try await Tool.run(
            ["--jsonl", "-v", "http://far.example/"], environment: ["http_proxy": address, "no_proxy": "127.0.0.1"])
        #expect(try Row.only(result).ok)
        #expect(proxy.log.first?.header("proxy-authorization") == "Basic bWU6czNjcjN0")
        #expect(origin.log.first?.path == "/direct")
        #expect(origin.log.first?.header("proxy-authorization") == nil)
        #expect(!(result.stdout + result.stderr).contains("s3cr3t"))
        #expect(result.stderr.contains("proxy"))
    }
}
