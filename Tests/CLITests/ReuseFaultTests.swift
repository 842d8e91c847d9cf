import TestSupport
import Testing

/// What one response leaves on its connection, or in its handle, and the next must not find.
@Suite("issue 20.1: what a reused handle and a kept connection keep", .timeLimit(.minutes(20)))
struct ReuseFaultTests {
    typealias Step = LoopbackServer.Step

    private static let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

    /// Replies with bytes behind their end, and what the record says.
    private static let rests: [(name: String, method: String, steps: [Step], size: Int)] = [
        (
            "the end of the body comes with another response", "GET",
            [
                .text("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf"), .wait(.milliseconds(50)),
                .text("half" + evil),
            ], 8
        ),
        (
            "a body that fills buffers, and another response", "GET",
            [
                .text("HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n"),
                .text(String(repeating: "x", count: 600_000) + evil),
            ], 600_000
        ),
        (
            "more than a buffer behind an empty body", "GET",
            [.text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + String(repeating: evil, count: 20_000))], 0
        ),
        (
            "more than a buffer behind the last chunk", "GET",
            [
                .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                .text(String(repeating: evil, count: 20_000)),
            ], 2
        ),
        (
            "a body behind an answer to HEAD", "HEAD",
            [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + String(repeating: evil, count: 20_000))], 0
        ),
    ]

    /// The faulty answer, and three good ones on what is left of its connection.
    private static func run(_ method: String, _ base: String, _ options: [String] = []) async throws -> [Row] {
        let list = (0..<4).map { #"{"url":"\#(base)/\#($0)","method":"\#($0 == 0 ? method : "GET")"}"# + "\n" }.joined()
        let result = try await Tool.run(
            ["--json", "--body", "--max", "1", "--retry", "0", "-m", "60s"] + options + ["-"], stdin: list)
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try Row.array(result)
        try #require(rows.count == 4)
        return rows
    }

    private static func server(_ steps: [Step]) throws -> LoopbackServer {
        try LoopbackServer { $0.path == "/0" ? LoopbackServer.Reply(steps) : .ok("good \($0.path)") }
    }

    @Test(arguments: rests.indices)
    func `bytes behind a response are never the next response`(index: Int) async throws {
        let rest = Self.rests[index]
        let server = try Self.server(rest.steps)
        defer { server.stop() }
        let rows = try await Self.run(rest.method, server.baseURL)
        #expect(rows[0].ok && rows[0].sizeDownload == rest.size, "\(rest.name): \(rows[0])")
        #expect(rows.dropFirst().map(\.body) == ["good /1", "good /2", "good /3"], "\(rest.name)")
        // One more for the connection that was left, and the others share it.
        #expect(server.connectionCount == 2, "\(rest.name)")
    }

    /// The rest is in the TLS library then, and the socket has nothing to read.
    @Test(.enabled("there are no python3 and openssl") { try await PythonServer.isThere() })
    func `bytes behind a response are never the next response under TLS`() async throws {
        let server = try Self.server(Self.rests[0].steps)
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { tls in
            for options in [[], ["--http1.1"]] {
                let rows = try await Self.run("GET", tls.baseURL, ["-k"] + options)
                #expect(rows.map(\.body) == ["halfhalf", "good /1", "good /2", "good /3"])
            }
        }
    }

    /// libcurl before 8.8.0 believes a response that calls itself HTTP/2, and sends the next requests all at once on
    /// connections that carry one at a time: half of the bodies were those of other URLs.
    @Test(.enabled("there are no python3 and openssl") { try await PythonServer.isThere() }, arguments: [1, 16])
    func `a response that calls itself HTTP 2 makes no connection carry several requests`(max: Int) async throws {
        let server = try LoopbackServer { request in
            let version = request.number % 2 == 0 ? "HTTP/2" : "HTTP/1.1"
            let path = request.path
            let text = "\(version) 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)"
            return LoopbackServer.Reply([.wait(.milliseconds(request.number % 7)), .text(text)])
        }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { tls in
            let result = try await Tool.run([
                "--json", "--body", "-k", "--retry", "0", "--max", "\(max)", "-m", "60s", "\(tls.baseURL)/[1-200]",
            ])
            let rows = try Row.array(result)
            #expect(rows.count == 200)
            #expect(rows.allSatisfy { row in row.ok && row.url.hasSuffix(row.body ?? "-") })
            #expect(result.exit == 0, "\(result.stderr)")
        }
    }

    /// libcurl before 8.8.0 keeps the system's error number of an earlier transfer: a chunk that cannot be parsed was a
    /// broken connection then.
    @Test func `an error of the system is not that of the next request`() async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let server = try LoopbackServer { request in
            request.path == "/reset"
                ? .init([.text(head + "5\r\nhe"), .wait(.milliseconds(50)), .reset]) : .raw(head + "zz\r\nhello\r\n")
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--json", "--max", "1", "--retry", "0", "\(server.baseURL)/reset", "\(server.baseURL)/chunk",
        ])
        #expect(try Row.array(result).map(\.kind) == ["connection-reset", "protocol-error"])
    }

    /// CVE-2023-38545: libcurl before 8.4.0 copies a name that SOCKS5 cannot hold behind the end of its buffer.
    @Test func `a name that is longer than DNS and SOCKS5 allow is sent to no proxy`() async throws {
        let proxy = try LoopbackServer { _ in .ok() }
        defer { proxy.stop() }
        let name = Array(repeating: String(repeating: "a", count: 60), count: 300).joined(separator: ".")
        for options in [[], ["-x", "socks5h://127.0.0.1:\(proxy.port)"]] {
            let row = try Row.only(await Tool.run(["--jsonl"] + options + ["http://\(name)/"]))
            #expect(row.kind == "name-not-resolved")
        }
        #expect(proxy.connectionCount == 0)
    }

    /// A response that nobody asked for comes while the connection is idle.
    @Test func `a response that nobody asked for is nobody's`() async throws {
        let (before, after) = (Gate(), Gate())
        let server = try LoopbackServer { request in
            guard request.path == "/0" else { return .ok("good \(request.path)") }
            return LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), .hold(before), .text(Self.evil), .hold(after),
            ])
        }
        defer { server.stop() }
        let result = try await Tool.start(feeding: ["--jsonl", "--body", "--max", "1", "--retry", "0", "-"]) { tool in
            try await tool.write("\(server.baseURL)/0\n")
            #expect(await server.waitUntil { _ in before.waiterCount == 1 })
            // The first response is read by now, or is read together with the second one.
            try await Task.sleep(for: .milliseconds(300))
            before.open()
            #expect(await server.waitUntil { _ in after.waiterCount == 1 })
            after.open()
            try await tool.write("\(server.baseURL)/1\n\(server.baseURL)/2\n")
        }
        let rows = try Row.lines(result).sorted { $0.index < $1.index }
        #expect(rows.map(\.body) == ["ok", "good /1", "good /2"])
        #expect(server.connectionCount == 2)
    }

    /// CVE-2026-6276: libcurl before 8.20.0 goes on to use the host of an earlier `Host` field for cookies.
    @Test func `cookies of the host that -H 'Host' named go to no other`() async throws {
        let port = Shared(0)
        let server = try LoopbackServer { request in
            guard request.path == "/start" else { return .ok() }
            return .redirect(to: "http://localhost:\(port.value)/end", headers: [("Set-Cookie", "secret=1")])
        }
        defer { server.stop() }
        port.update { $0 = server.port }
        let scratch = try Scratch()
        let result = try await Tool.run([
            "--json", "--max", "1", "--cookie-jar", scratch("jar"), "-H", "Host: a.test", "\(server.baseURL)/start",
            "\(server.baseURL)/again",
        ])
        #expect(try Row.array(result).allSatisfy(\.ok))
        let requests = server.log
        #expect(requests.first?.path == "/start" && requests.count == 3)
        for request in requests.dropFirst() {
            let isFirstHost = request.path == "/again"
            #expect(request.header("host") == (isFirstHost ? "a.test" : "localhost:\(server.port)"))
            #expect(request.header("cookie") == (isFirstHost ? "secret=1" : nil))
        }
        #expect(try scratch.text("jar").contains("a.test\tFALSE\t/\tFALSE\t0\tsecret\t1"))
    }

    /// curl issue 10677: libcurl before 8.0.0 reads the cookies' file again before it writes the jar.
    @Test func `a cookie that a server removed is not in the jar`() async throws {
        let server = try LoopbackServer { request in
            .status(
                200, headers: request.path == "/remove" ? [("Set-Cookie", "old=; Max-Age=0; Path=/")] : [("X-A", "b")])
        }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("cookies", "127.0.0.1\tFALSE\t/\tFALSE\t0\told\tv\n127.0.0.1\tFALSE\t/\tFALSE\t0\tkept\tw\n")
        let result = try await Tool.run([
            "--json", "--max", "1", "-b", scratch("cookies"), "--cookie-jar", scratch("jar"),
            "\(server.baseURL)/remove", "\(server.baseURL)/after",
        ])
        #expect(try Row.array(result).allSatisfy(\.ok))
        #expect(server.log.last?.header("cookie") == "kept=w")
        let jar = try scratch.text("jar")
        #expect(jar.contains("\tkept\tw") && !jar.contains("\told\t"))
    }

    /// libcurl repeats a request on a new connection by itself: it must be the same request, whichever origin its handle
    /// asked before.
    @Test func `a request that met a closed connection is repeated at its own origin`() async throws {
        let closing = Shared(0)
        let servers = try ["first", "second"].map { name in
            try LoopbackServer { request in
                guard request.path != "/kept" else { return .ok(name) }
                let isFirst = closing.update {
                    $0 += 1
                    return $0 == 1
                }
                // The kept connection ends with the request, as if it had been closed a moment before.
                return isFirst ? LoopbackServer.Reply([.close]) : .ok("\(name) \(request.path)")
            }
        }
        defer { for server in servers { server.stop() } }
        let (first, second) = (servers[0].baseURL, servers[1].baseURL)
        let result = try await Tool.run([
            "--json", "--body", "--max", "1", "--retry", "0", "\(first)/kept", "\(second)/kept", "\(second)/path?q",
        ])
        #expect(try Row.array(result).map(\.body) == ["first", "second", "second /path"])
        #expect(servers.map(\.requestCount) == [1, 3])
    }
}
