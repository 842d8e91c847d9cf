import TestSupport
import Testing

@Suite("issue 23.4: details of requests and connections", .timeLimit(.minutes(20)))
struct DetailOptionTests {
    @Test func `proto and proto-redir name the schemes, also of redirects`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/to-https" ? .redirect(to: "https://127.0.0.1:1/") : .ok()
        }
        defer { server.stop() }
        for (options, path, count) in [
            (["--proto", "=https"], "/", 0), (["--proto", "-http"], "/", 0), (["--proto", "-all,https"], "/", 0),
            (["--proto", "=http"], "/to-https", 1), (["--proto-redir", "=http"], "/to-https", 1),
            (["--proto-redir", "-https"], "/to-https", 1),
        ] {
            let before = server.requestCount
            let result = try await Tool.run(["--jsonl", "--retry", "0"] + options + [server.baseURL + path])
            #expect(result.exit == 1)
            let row = try Row.only(result)
            #expect(row.kind == "blocked-scheme" && row.error?.exitcode == 1, "\(options) \(result.stdout)")
            #expect(row.error?.message.contains("is not allowed") == true, "\(result.stdout)")
            #expect(server.requestCount - before == count, "\(options)")
        }
        let allowed = ["--proto", "all", "--proto-redir", "https,-http", "--jsonl", "\(server.baseURL)/"]
        #expect(try await Tool.run(allowed).exit == 0)
    }

    @Test func `proto holds for the seeds of a crawl`() async throws {
        let server = try LoopbackServer { _ in .html("<a href='/b'>b</a>") }
        defer { server.stop() }
        let result = try await Tool.run([
            "crawl", "--no-robots", "--proto", "=https", "--retry", "0", "\(server.baseURL)/", "--jsonl",
        ])
        #expect(result.exit == 1 && server.requestCount == 0, "\(result.stdout)")
    }

    @Test func `a URL with a user name is refused where that is asked for`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let options = ["--jsonl", "--retry", "0", "--disallow-username-in-url"]
        let refused = try await Tool.run(options + ["http://me:pass@127.0.0.1:\(server.port)/"])
        let row = try Row.only(refused)
        #expect(refused.exit == 1 && row.kind == "invalid-url" && row.error?.exitcode == 67, "\(refused.stdout)")
        #expect(server.requestCount == 0 && !refused.stdout.contains("pass"))
        #expect(try await Tool.run(options + ["\(server.baseURL)/"]).exit == 0)
    }

    @Test func `url-query is added to the query, encoded or as it is, and the body stays`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("value", "1&2")
        for (options, target) in [
            (["--url-query", "a=b c", "--url-query", "+d%3D1"], "/?x=1&a=b+c&d%3D1"),
            (["--url-query", "n@\(scratch("value"))", "-d", "body"], "/?x=1&n=1%262"),
            (["--url-query", "a=1", "-G", "-d", "b=2"], "/?x=1&a=1&b=2"),
        ] {
            let result = try await Tool.run(["--jsonl"] + options + ["\(server.baseURL)/?x=1"])
            #expect(
                result.exit == 0 && server.log.last?.target == target, "\(result.stdout)\(server.log.map(\.target))")
        }
        #expect(server.log.map(\.method) == ["GET", "POST", "GET"])
        #expect(server.log[1].body == Array("body".utf8))
    }

    @Test(arguments: [301, 302, 303])
    func `post30x keeps POST and its body after that status only`(status: Int) async throws {
        let server = try LoopbackServer { request in
            request.path == "/" ? .redirect(to: "/next", status: status) : .ok()
        }
        defer { server.stop() }
        for option in ["--post301", "--post302", "--post303"] {
            let before = server.requestCount
            #expect(try await Tool.run(["--jsonl", option, "-d", "a=1", "\(server.baseURL)/"]).exit == 0)
            let last = try #require(server.log.dropFirst(before).last)
            let keeps = option == "--post\(status)"
            #expect(last.path == "/next" && last.method == (keeps ? "POST" : "GET"), "\(option)")
            #expect(last.body == (keeps ? Array("a=1".utf8) : []))
        }
    }

    @Test func `cookies of a session are dropped from a file where that is asked for`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let lines = [
            "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\t1", "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tkept\t1",
        ]
        try scratch.write("jar", "# Netscape HTTP Cookie File\n" + lines.joined(separator: "\n") + "\n")
        for options in [[], ["--junk-session-cookies"]] {
            #expect(try await Tool.run(["--jsonl", "-b", scratch("jar")] + options + ["\(server.baseURL)/"]).exit == 0)
        }
        let sent = server.log.map { ($0.header("cookie") ?? "").split(separator: "; ").sorted() }
        #expect(sent == [["kept=1", "session=1"], ["kept=1"]])
    }

    @Test func `a refused connection is retried beside retry-on, and every failure with retry-all-errors`() async throws
    {
        let port = try LoopbackServer.closedPort()
        let options = ["--jsonl", "--retry", "1", "--retry-delay", "1ms", "--retry-on", "503"]
        for (more, retries) in [([], 0), (["--retry-connrefused"], 1), (["--retry-all-errors"], 1)] {
            let result = try await Tool.run(options + more + ["http://127.0.0.1:\(port)/"])
            #expect(try Row.only(result).numRetries == retries, "\(more) \(result.stdout)")
        }
        let server = try LoopbackServer { request in request.number == 1 ? .status(404) : .ok() }
        defer { server.stop() }
        let result = try await Tool.run(options + ["--retry-all-errors", "\(server.baseURL)/"])
        #expect(result.exit == 0 && server.requestCount == 2)
    }

    @Test func `proto-default is the scheme of what has none, and a file stays a list`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("list", "\(server.baseURL)/from-list\n")
        let result = try await Tool.run(
            ["--jsonl", "--proto-default", "http", "127.0.0.1:\(server.port)/a", "list"], directory: scratch.path)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.map(\.path).sorted() == ["/a", "/from-list"])
    }

    @Test func `messages go to the file of stderr, or to standard output`() async throws {
        let server = try LoopbackServer { _ in .status(500) }
        defer { server.stop() }
        let scratch = try Scratch()
        let run = ["--print", "body", "-f", "--retry", "0"]
        let file = try await Tool.run(run + ["--stderr", scratch("messages"), "\(server.baseURL)/"])
        #expect(file.exit == 1 && file.stderr == "" && file.stdout == "")
        #expect(try scratch.text("messages").contains("500"))
        let both = try await Tool.run(run + ["--stderr", "-", "\(server.baseURL)/"])
        #expect(both.exit == 1 && both.stderr == "" && both.stdout.contains("500"))
        let none = try await Tool.run(["--stderr", "/nonexistent/x", "\(server.baseURL)/"])
        #expect(none.exit == 3 && none.complaints.count == 1 && none.stderr.contains("/nonexistent/x"))
        #expect(server.requestCount == 2)
    }

    @Test(arguments: ["-0", "--http1.0"])
    func `requests of HTTP 1.0 say so`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        #expect(try await Tool.run(["--jsonl", option, "\(server.baseURL)/[1-3]"]).exit == 0)
        let lines = server.log.map { String(decoding: $0.head.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self) }
        #expect(lines.sorted() == ["GET /1 HTTP/1.0", "GET /2 HTTP/1.0", "GET /3 HTTP/1.0"])
    }

    @Test(arguments: [[], ["crawl"], ["github"]])
    func `the help has what few runs need at its end, in groups`(command: [String]) async throws {
        let help = try await Tool.run(command + ["--help"]).stdout
        let titles = help.split(separator: "\n").filter { !$0.hasPrefix(" ") && $0.hasSuffix(":") }
        let count = titles.count { $0.hasPrefix("DETAILS OF ") }
        #expect(count == 5 && titles.suffix(5).allSatisfy { $0.hasPrefix("DETAILS OF ") }, "\(titles)")
        let fetch = command.isEmpty ? ["fetch"] : command
        let group = try await Tool.run(fetch + ["--help", "details of tls"])
        #expect(group.exit == 0 && group.stdout.hasPrefix("DETAILS OF TLS:\n"), "\(group.stderr)")
        #expect(group.stdout.contains("--ciphers <list>") && !group.stdout.contains("--proxy-ciphers"))
    }

    @Test func `trace-ascii has text without digits`() async throws {
        let server = try LoopbackServer { _ in .ok("a body of the server") }
        defer { server.stop() }
        let scratch = try Scratch()
        #expect(try await Tool.run(["--jsonl", "--trace-ascii", scratch("trace"), "\(server.baseURL)/"]).exit == 0)
        let text = try scratch.text("trace")
        #expect(text.contains("0000: a body of the server") && !text.contains("61 20 62"), "\(text)")
    }

    @Test(arguments: [
        ["--proto", "ftp"], ["--proto", "=all,-all"], ["--proto", ""], ["--proto-redir", "-http,-https"],
        ["--proto-default", "ftp"], ["--local-port", "0"], ["--local-port", "2-1"], ["--local-port", "70000"],
        ["--keepalive-time", "0"], ["--keepalive-cnt", "0"], ["--no-keepalive", "--keepalive-time", "3"],
        ["--ip-tos", "256"], ["--ip-tos", "AF44"], ["--vlan-priority", "8"], ["--happy-eyeballs-timeout-ms", "x"],
        ["--expect100-timeout", "-1"], ["--request-target", "a b"], ["--request-target", "/x", "--cache"],
        ["--form-escape"], ["--out-null", "--print", "body"], ["--fail-with-body", "-f"],
        ["--trace-ascii", "-"], ["--trace-ascii", "a", "--trace", "b"], ["--stderr", ""],
        ["--abstract-unix-socket", "x", "--unix-socket", "y"], ["--abstract-unix-socket", "x", "--no-private"],
        ["-0", "--http1.1"], ["--http1.0", "--http2"], ["--no-alpn", "--http2"], ["--ciphers", ""],
        ["--curves", "a\nb"], ["--cert-type", "ENG", "--cert", "/dev/null"], ["--cert-type", "DER"],
        ["--key-type", "PEM"], ["--tlsv1.1", "--tls-max", "1.0"], ["--tlsuser", "u"], ["--tlsauthtype", "SRP"],
        ["--tlsauthtype", "PSK", "--tlsuser", "u", "--tlspassword", "p"], ["--proxy-cacert", "/nonexistent"],
        ["--proxy-capath", "/dev/null"], ["--proxy-key-type", "DER"], ["--proxy-tlsuser", "u"],
        ["--socks5", "socks5://h"], ["--socks5", "a", "--socks4", "b"], ["--socks5", "a", "-x", "http://b"],
        ["--preproxy", "socks5://a:1"], ["--preproxy", "http://a:1", "-x", "http://b"],
        ["--proxy-basic", "--proxy-digest"],
    ])
    func `what makes no sense is one line and exit 2`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(options) \(result.stderr)")
        let named = options.filter { $0.hasPrefix("-") && $0.count > 1 }
        #expect(named.contains { result.stderr.contains($0) }, "\(options) \(result.stderr)")
    }
}
