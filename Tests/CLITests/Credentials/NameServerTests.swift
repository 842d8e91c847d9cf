import FoundationEssentials
import TestSupport
import Testing

@Suite(
    "issue 24.2: names over HTTPS", .timeLimit(.minutes(20)),
    .enabled("there is no python3 with ssl, or no openssl") { try await PythonServer.isThere() })
struct NameServerTests {
    /// A server of names over HTTPS (RFC 8484): each name has the address `sys.argv[1]`, none of IPv6. Appends the method, the
    /// type and the name of each question to the file `sys.argv[2]`.
    private static let script = #"""
        import http.server, ssl, struct, sys, threading
        address, log = bytes(int(part) for part in sys.argv[1].split(".")), sys.argv[2]
        lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                end, labels = 12, []
                while query[end]:
                    labels.append(query[end + 1:end + 1 + query[end]].decode())
                    end += 1 + query[end]
                kind = struct.unpack(">H", query[end + 1:end + 3])[0]
                with lock, open(log, "a") as file:
                    print(self.path, self.headers["Content-Type"], kind, ".".join(labels), file=file)
                answers = kind == 1
                reply = query[:2] + struct.pack(">HHHHH", 0x8180, 1, answers, 0, 0) + query[12:end + 5]
                if answers:
                    reply += struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + address
                self.send_response(200)
                self.send_header("Content-Type", "application/dns-message")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *rest):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#

    /// Runs a server of names, and gives the options that use it and the questions that it got.
    private static func run(
        address: String = "127.0.0.1",
        while body: @Sendable ([String], @Sendable () throws -> [String]) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let log = try scratch.write("questions", "")
        try await PythonServer.run(script, [address, log]) { server in
            try await body(["--doh-url", "\(server.baseURL)/dns-query", "--doh-insecure"]) {
                try scratch.text("questions").split(separator: "\n").map(String.init)
            }
        }
    }

    @Test func `issue 24.2: --doh-url looks names up over HTTPS, for each command`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/1" ? .json("{}") : .html("<a href='/next'>next</a>")
        }
        defer { server.stop() }
        let host = "name.invalid:\(server.port)"
        try await Self.run { options, questions in
            for arguments in [
                ["http://\(host)/"], ["crawl", "--no-robots", "http://\(host)/"],
                ["map", "--url-template", "http://\(host)/{id}", "1"],
            ] {
                let before = server.requestCount
                let result = try await Tool.run(arguments + ["--jsonl", "--retry", "0"] + options)
                #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
                #expect(server.requestCount > before)
                #expect(try Row.lines(result).allSatisfy { $0.remoteIp == "127.0.0.1" })
            }
            #expect(server.log.allSatisfy { $0.host == host })
            let asked = try questions()
            #expect(asked.contains("/dns-query application/dns-message 1 name.invalid"), "\(asked)")
            #expect(asked.allSatisfy { $0.hasSuffix(" name.invalid") }, "\(asked)")
        }
    }

    @Test func `issue 24.2: the certificate of the server of names is verified, apart from those of others`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        try await Self.run { options, questions in
            // -k is for the servers of the URLs.
            for more in [[], ["-k"]] {
                let result = try await Tool.run(
                    ["--jsonl", "--retry", "0", "http://name.invalid:\(server.port)/"] + options.dropLast() + more)
                #expect(result.exit == 1, "\(result.stdout)\(result.stderr)")
                #expect(try Row.only(result).kind == "name-not-resolved", "\(result.stdout)")
            }
            #expect(try questions().isEmpty)
        }
        #expect(server.requestCount == 0)
    }

    @Test func `issue 24.2: --no-private holds for what a server of names says`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        try await Self.run { options, questions in
            for arguments in [
                ["http://name.invalid:\(server.port)/"], ["crawl", "http://name.invalid:\(server.port)/"],
            ] {
                let result = try await Tool.run(arguments + ["--jsonl", "--no-private"] + options)
                #expect(result.exit == 1)
                let rows = try Row.lines(result)
                #expect(rows.count == 1 && rows.allSatisfy { $0.kind == "blocked-address" }, "\(result.stdout)")
            }
            #expect(try !questions().isEmpty)
        }
        try await Self.run(address: "169.254.169.254") { options, _ in
            let result = try await Tool.run(["http://name.invalid/", "--jsonl", "--no-private"] + options)
            #expect(try Row.only(result).kind == "blocked-address", "\(result.stdout)")
        }
        #expect(server.connectionCount == 0)
    }

    @Test func `issue 24.2: what libcurl says about the server of names, with its password, is shown nowhere`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        try await Self.run { options, questions in
            let scratch = try Scratch()
            let own = [options[0], options[1].replacing("://", with: "://me:hunter2@"), options[2]]
            for more in [["-v"], ["-vv"], ["--trace", scratch("trace"), "-q"]] {
                let result = try await Tool.run(more + own + ["--jsonl", "http://name.invalid:\(server.port)/"])
                #expect(result.exit == 0, "\(result.stderr)")
                let trace = more[0] == "--trace" ? try scratch.text("trace") : result.stderr
                #expect(trace.contains("GET / HTTP/1.1"), "\(trace)")
                // me:hunter2
                for secret in ["hunter2", "bWU6aHVudGVyMg"] {
                    #expect(!(trace + result.stderr + result.stdout).contains(secret), "\(trace)\(result.stderr)")
                }
                #expect(more[0] != "--trace" || result.stderr.isEmpty, "\(result.stderr)")
            }
            #expect(try !questions().isEmpty)
            let curl = try await Tool.run(["--curl"] + own + ["http://name.invalid/"])
            #expect(curl.exit == 0 && !(curl.stdout + curl.stderr).contains("hunter2"), "\(curl.stdout)")
            #expect(curl.stdout.contains("--doh-url") && curl.stdout.contains("FETCHALL_DOH_URL"), "\(curl.stdout)")
        }
    }

    @Test(arguments: [
        ["--doh-url", "http://127.0.0.1/"], ["--doh-url", "127.0.0.1"], ["--doh-url", ""], ["--doh-insecure"],
        ["--doh-cert-status"],
    ])
    func `issue 24.2: a server of names that is not https is exit 2`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.isMistake([options[0]]), "\(result.stderr)")
    }
}
