import TestSupport
import Testing

@Suite("issue 23.2: -v and --trace", .timeLimit(.minutes(20)))
struct TraceTests {
    private static func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/old": .redirect(to: "/new")
            case "/busy":
                request.number == 1 ? .status(503, headers: [("Retry-After", "1")]) : .ok("later")
            case "/broken": request.number == 1 ? .status(500) : .ok("later")
            default: .response(headers: [("X-Answer", "42\u{202E}")], body: Array("hello".utf8))
            }
        }
    }

    private func run(_ arguments: [String]) async throws -> (result: ToolResult, port: Int) {
        let server = try Self.server()
        defer { server.stop() }
        let arguments = arguments.map { $0.replacing("BASE", with: server.baseURL) }
        let result = try await Tool.run(["--jsonl", "--max", "1"] + arguments)
        #expect(result.exit == 0, "\(result.stderr)")
        return (result, server.port)
    }

    @Test func `issue 23.2: one input's lines have no index, and show heads, connection, end and times`() async throws {
        let (result, port) = try await run(["-v", "-H", "X-Mine: 1", "BASE/page"])
        let lines = result.complaints
        for line in [
            "> GET /page HTTP/1.1", "> Host: 127.0.0.1:\(port)", "> X-Mine: 1", "< HTTP/1.1 200 OK",
            "* connection to 127.0.0.1:\(port), new", "* ended: 200, 5 bytes",
        ] {
            #expect(lines.contains(Substring(line)), "\(line): \(result.stderr)")
        }
        #expect(lines.contains { $0.hasPrefix("* times: ") && $0.contains("total ") })
        #expect(lines.contains { $0.hasPrefix("< X-Answer: 42") })
        #expect(!result.stderr.contains("\u{202E}"))
        #expect(!result.stderr.contains("Connection #0"))
        #expect(result.lines.count == 1)
    }

    @Test func `issue 23.2: several inputs have an index; redirects, retries and rests say why and how long`()
        async throws
    {
        let (result, port) = try await run(["-v", "BASE/old", "BASE/broken"])
        let text = result.stderr
        for line in [
            "[0] > GET /old HTTP/1.1", "[0] * redirect 302 to GET http://127.0.0.1:\(port)/new",
            "[0] > GET /new HTTP/1.1", "[0] * connection to 127.0.0.1:\(port), reused",
            "[1] < HTTP/1.1 200 OK",
        ] {
            #expect(result.complaints.contains(Substring(line)), "\(line): \(text)")
        }
        let (busy, busyPort) = try await run(["-v", "BASE/busy"])
        #expect(busy.stderr.contains("* 127.0.0.1:\(busyPort) rests for "), "\(busy.stderr)")
        #expect(busy.stderr.contains("* retry when the host's rest is over, because of http-status: 503"))
        #expect(busy.stderr.contains("* attempt 2: GET "))
        let (broken, _) = try await run(["-v", "--retry-delay", "1ms", "BASE/broken"])
        #expect(broken.stderr.contains("* retry in "), "\(broken.stderr)")
        #expect(broken.stderr.contains("because of http-status: 500 Internal Server Error"))
    }

    @Test func `issue 23.2: -vv adds libcurl's text, and the cache tells its verdict`() async throws {
        let (result, _) = try await run(["-vv", "BASE/page"])
        #expect(result.stderr.contains("Connection #0"), "\(result.stderr)")
        let scratch = try Scratch()
        let (cached, _) = try await run(["-v", "--cache=\(scratch("cache"))", "BASE/page"])
        #expect(cached.stderr.contains("* cache: "), "\(cached.stderr)")
    }

    @Test func `issue 23.2: a failed connection is shown`() async throws {
        let result = try await Tool.run(["-v", "--retry", "0", "http://127.0.0.1:1/"])
        #expect(result.exit == 1)
        #expect(result.stderr.contains("* Trying 127.0.0.1:1"))
        #expect(result.stderr.contains("* failed: connection-refused"))
    }

    @Test(.enabled("no openssl") { try await TLSServer.isThere() })
    func `issue 23.2: TLS shows version, cipher, subject, issuer, expiry and ALPN`() async throws {
        try await TLSServer.run { server in
            let result = try await Tool.run(["-v", "--cacert", server.certificate, server.url])
            #expect(result.exit == 0, "\(result.stderr)")
            for text in [
                "SSL connection using TLSv1.", "subject: CN=server", "issuer: CN=server", "expire date: ", "ALPN",
            ] {
                #expect(result.stderr.contains("* \(text)"), "\(text): \(result.stderr)")
            }
        }
    }

    @Test func `issue 23.2: a trace has heads, both bodies and libcurl's text, and stderr nothing`() async throws {
        let scratch = try Scratch()
        let (result, _) = try await run(["--trace", scratch("trace"), "-d", "what I send", "BASE/page"])
        #expect(result.stderr == "")
        let trace = try scratch.text("trace")
        for text in [
            "> POST /page HTTP/1.1", "0000: 77 68 61 74 20 49 20 73 65 6e 64", "what I send",
            "< HTTP/1.1 200 OK", "0000: 68 65 6c 6c 6f", "Connection #0",
        ] {
            #expect(trace.contains(text), "\(text): \(trace)")
        }
        let missing = try await Tool.run(["--trace", scratch("no/trace"), "http://127.0.0.1:1/"])
        #expect(missing.exit == 3)
        #expect(missing.complaints.count == 1)
        let same = try await Tool.run(["--trace", scratch("x"), "-o", scratch("x"), "http://127.0.0.1:1/"])
        #expect(same.exit == 2)
        #expect(same.stderr.contains("-o and --trace"))
        for name in ["-", ""] {
            #expect(try await Tool.run(["--trace", name, "http://127.0.0.1:1/"]).exit == 2)
        }
    }

    @Test func `issue 23.2: a reader of stderr that takes nothing holds no transfer up`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            #"""
            mkfifo pipe; exec 3<>pipe
            "$0" -vv --jsonl "$1" > out 2>pipe & pid=$!
            wait $pid; echo $?
            """#, ["\(server.baseURL)/[1-500]"], directory: scratch.path)
        #expect(server.requestCount == 500)
        #expect(result.lines.last == "0", "\(result.stdout)")
        #expect(try scratch.text("out").split(separator: "\n").count == 500)
    }

    @Test
    func `issue 23.2: a dry run shows fields without secrets, the size of the body and the file, in every command`()
        async throws
    {
        let mine = ["--dry-run", "-H", "X-A: 1", "-u", "me:s3cr3t-pass"]
        let fetch = try await Tool.run(mine + ["-d", "abc", "--output-dir", "out", "http://a.test/x.txt"])
        #expect(
            fetch.stdout
                == "POST http://a.test/x.txt\n  X-A: 1\n  Authorization: ***\n  body: 3 bytes\n  file: out/x.txt\n")
        let crawl = try await Tool.run(["crawl"] + mine + ["--output-dir", "out", "http://a.test/"])
        #expect(
            crawl.stdout
                == "GET http://a.test/\n  X-A: 1\n  Authorization: ***\n  file: out/a.test/index.html\n")
        #expect(crawl.stderr.contains("scope: ") && crawl.stderr.contains("depth at most "))
        let map = try await Tool.run(["map"] + mine + ["--url-template", "http://a.test/{id}", "7"])
        #expect(map.stdout == "GET http://a.test/7\n  X-A: 1\n  Authorization: ***\n")
        let gather = try await Tool.run(["gather"] + mine + ["a=http://a.test/"])
        #expect(gather.stdout == "GET http://a.test/\n  X-A: 1\n  Authorization: ***\n")
        let github = try await Tool.run(
            ["github", "--dry-run", "octocat", "torvalds"], environment: ["GH_TOKEN": "ghp_s3cr3t"])
        #expect(github.stdout.contains("  Authorization: ***\n") && github.stdout.contains("  body: "))
    }
}
