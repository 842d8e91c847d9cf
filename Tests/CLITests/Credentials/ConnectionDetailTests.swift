import TestSupport
import Testing

@Suite("issue 24.2: proxies, routes and details of TLS", .timeLimit(.minutes(20)))
struct ConnectionDetailTests {
    @Test func `noproxy names hosts that are reached directly, in place of no_proxy`() async throws {
        let proxy = try LoopbackServer { _ in .ok() }
        let server = try LoopbackServer { _ in .ok() }
        defer {
            proxy.stop()
            server.stop()
        }
        let url = "\(server.baseURL)/"
        for (options, environment, isDirect) in [
            (["--noproxy", "127.0.0.1"], ["http_proxy": proxy.baseURL], true),
            (["--noproxy", "other.test"], ["http_proxy": proxy.baseURL, "no_proxy": "127.0.0.1"], false),
            (["--noproxy", "*", "-x", proxy.baseURL], [:], true), (["-x", proxy.baseURL], [:], false),
        ] {
            let before = [proxy.requestCount, server.requestCount]
            #expect(try await Tool.run(["--jsonl", url] + options, environment: environment).exit == 0)
            let new = [proxy.requestCount - before[0], server.requestCount - before[1]]
            #expect(new == (isDirect ? [0, 1] : [1, 0]), "\(options)")
        }
    }

    @Test(arguments: ["-U", "--proxy-user"])
    func `the proxy gets its user and its header, byte for byte, and the origin neither`(option: String) async throws {
        let proxy = try LoopbackServer { _ in .ok() }
        defer { proxy.stop() }
        let result = try await Tool.run([
            "--jsonl", "-v", "-x", proxy.baseURL, option, "me:p%41s:s@s3cr3t", "--proxy-header", "X-Proxy: 1",
            "http://origin.test/",
        ])
        #expect(result.exit == 0, "\(result.stderr)")
        let request = try #require(proxy.log.first)
        #expect(request.values("proxy-authorization") == ["Basic bWU6cCU0MXM6c0BzM2NyM3Q="])
        #expect(request.values("x-proxy") == ["1"] && request.values("authorization") == [])
        #expect(!(result.stdout + result.stderr).contains("s3cr3t") && !result.stderr.contains("bWU6cCU0"))
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let direct = [option, "me:s3cr3t", "--proxy-header", "X-Proxy: 1", "\(server.baseURL)/"]
        #expect(try await Tool.run(["--jsonl"] + direct).exit == 0)
        #expect(server.log.map { $0.values("x-proxy") + $0.values("proxy-authorization") } == [[]])
        let curl = try await Tool.run(["--curl"] + direct + ["--pass", "s3cr3t", "--proxy-header", "X-Key: s3cr3t"])
        #expect(
            curl.stdout.contains("-U \"${FETCHALL_PROXY_USER:?}\"") && curl.stdout.contains("X-Proxy: 1"),
            "\(curl.stdout)")
        #expect(!(curl.stdout + curl.stderr).contains("s3cr3t"))
    }

    @Test func `connect-to leads to another port, and the host stays`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--connect-to", "name.invalid:8080:127.0.0.1:\(server.port)", "http://name.invalid:8080/a",
        ])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(server.log.map(\.host) == ["name.invalid:8080"])
    }

    /// Serves on a Unix socket, runs a command, and prints the hosts of the requests.
    private static let unixServer = #"""
        import http.server, socketserver, subprocess, sys, threading
        hosts = []
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                hosts.append(self.headers["Host"])
                self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
            def log_message(self, *rest): pass
        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): daemon_threads = True
        server = Server(sys.argv[1], Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
        print(code, len(hosts), " ".join(sorted(set(hosts))))
        """#

    @Test(arguments: [
        (["--max", "4", "http://a.invalid/[1-40]"], "0 40 a.invalid\n"),
        (["crawl", "http://a.invalid/", "--jsonl"], "0 2 a.invalid\n"),
    ])
    func `a Unix socket is connected to, whatever the host is`(arguments: [String], seen: String) async throws {
        let scratch = try Scratch()
        let script = try scratch.write("server.py", Self.unixServer)
        let socket = "socket"
        let result = try await Tool.shell(
            "exec python3 \"$@\"", [script, socket, Tool.binary] + arguments + ["--unix-socket", socket],
            directory: scratch.path)
        #expect(result.stdout == seen, "\(result.stdout)\(result.stderr)")
    }

    @Test func `an address that is not this machine's cannot be the interface`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        #expect(try await Tool.run(["--jsonl", "--interface", "127.0.0.1", url]).exit == 0)
        #expect(try await Tool.run(["--jsonl", "--retry", "0", "--interface", "192.0.2.1", url]).exit != 0)
        #expect(server.requestCount == 1)
    }

    @Test(arguments: [
        ["--connect-to", "::127.0.0.1:1"], ["--unix-socket", "/tmp/x"], ["--interface", "lo"],
    ])
    func `no-private is refused with each way around it`(options: [String]) async throws {
        for command in [["fetch"], ["crawl"]] {
            let result = try await Tool.run(command + ["--no-private"] + options + ["http://a.invalid/"])
            #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
            #expect(result.stderr.contains(options[0]) && result.stderr.contains("--no-private"))
        }
    }

    @Test(arguments: [
        ["--connect-to", "a:1:b"], ["--connect-to", "a:x:b:1"], ["--connect-to", "a:1:[::1:2"], ["--unix-socket", ""],
        ["--interface", ""], ["-U", "me"], ["--proxy-header", "no colon"], ["--tls-max", "1.4"],
        ["--tlsv1.3", "--tls-max", "1.2"], ["--capath", "/dev/null"], ["--crlfile", "/nonexistent"],
        ["--pinnedpubkey", "sha256//short"], ["--pinnedpubkey", "/nonexistent"],
    ])
    func `a value that is not valid is exit 2`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(options) \(result.stderr)")
        #expect(result.stderr.contains(options[0]), "\(result.stderr)")
    }
}

@Suite(
    "issue 24.2: details of TLS", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct TLSDetailTests {
    /// The kind of failure of a run; nil for a success.
    private func failure(_ server: TLSServer, _ options: [String]) async throws -> String? {
        let result = try await Tool.run(["--jsonl", "--retry", "0"] + options + [server.url])
        return try Row.only(result).kind
    }

    @Test func `the versions of TLS have a lower and an upper limit`() async throws {
        try await TLSServer.run(["-tls1_2"]) { server in
            let newer = try await failure(server, ["-k", "--tlsv1.3"])
            let same = try await failure(server, ["-k", "--tlsv1.2", "--tls-max", "1.2"])
            #expect([newer, same] == ["tls-failed", nil])
        }
        try await TLSServer.run(["-tls1_3"]) { server in
            let older = try await failure(server, ["-k", "--tls-max", "1.2"])
            let same = try await failure(server, ["-k", "--tlsv1.3", "--tls-max", "1.3"])
            #expect([older, same] == ["tls-failed", nil])
        }
    }

    @Test func `a pinned key, a directory of certificates and a list of revoked ones decide whom to trust`()
        async throws
    {
        try await TLSServer.run { server in
            let scratch = try Scratch()
            let made = try await Tool.shell(
                """
                cp "$1" "$(openssl x509 -hash -noout -in "$1").0" && openssl x509 -in "$1" -pubkey -noout |
                openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64
                """, [server.certificate], directory: scratch.path)
            let digest = made.stdout.split(separator: "\n").joined()
            let wrong = "sha256//" + String(repeating: "A", count: 43) + "="
            #expect(try await failure(server, ["--capath", scratch.path]) == nil)
            #expect(try await failure(server, ["-k", "--pinnedpubkey", "sha256//\(digest)"]) == nil)
            #expect(try await failure(server, ["-k", "--pinnedpubkey", wrong]) == "tls-failed")
            #expect(try await failure(server, ["-k", "--pinnedpubkey", "\(wrong);sha256//\(digest)"]) == nil)
            // A file without a list.
            let options = ["--cacert", server.certificate, "--crlfile", server.clientKey]
            #expect(try await failure(server, options) == "tls-failed")
        }
    }

    @Test func `a client certificate may be PKCS #12, and its key encrypted`() async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"]
        try await TLSServer.run(options) { server in
            let scratch = try Scratch()
            let made = try await Tool.shell(
                """
                openssl pkcs12 -export -in "$1" -inkey "$2" -passout pass:w0rd -out both.p12 &&
                openssl pkey -in "$2" -aes256 -passout pass:w0rd -out locked.key
                """, [server.clientCertificate, server.clientKey], directory: scratch.path)
            try #require(made.exit == 0, "\(made.stderr)")
            #expect(try await failure(server, ["-k", "-E", scratch("both.p12"), "--pass", "w0rd"]) == nil)
            #expect(try await failure(server, ["-k", "-E", scratch("both.p12"), "--pass", "wrong"]) == "tls-failed")
            let pem = ["-k", "--cert", server.clientCertificate, "--key", scratch("locked.key")]
            #expect(try await failure(server, pem + ["--pass", "w0rd"]) == nil)
            #expect(try await failure(server, pem + ["--pass", "wrong"]) == "tls-failed")
        }
    }
}
