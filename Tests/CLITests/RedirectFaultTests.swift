import FoundationEssentials
import TestSupport
import Testing

@Suite("Redirects lead nowhere they should not", .timeLimit(.minutes(20)))
struct RedirectFaultTests {
    private func row(
        _ arguments: [String] = [], path: String = "/start",
        handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) async throws -> (row: Row, log: [LoopbackServer.Request], output: String) {
        let server = try LoopbackServer(handler: handler)
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry", "0"] + arguments + [server.baseURL + path])
        let row = try Row.only(result)
        #expect(result.exit == (row.ok ? 0 : 1))
        return (row, server.log, result.stdout + result.stderr)
    }

    @Test(arguments: ["self", "loop", "growing"])
    func `row 51: a chain without an end is too-many-redirects`(form: String) async throws {
        let (row, log, output) = try await row { request in
            switch form {
            case "self": .redirect(to: "/start")
            case "loop": .redirect(to: request.path == "/start" ? "/other" : "/start")
            default: .redirect(to: request.target + "/more-and-more-and-more")
            }
        }
        #expect(row.kind == "too-many-redirects")
        #expect(row.error?.exitcode == 47)
        #expect(log.count == 11)
        // The way is told, not all of it.
        let message = try #require(row.error?.message)
        #expect(message.contains("more than 10 redirects: http://127.0.0.1:"))
        #expect(message.contains("/start → http://") && message.contains(" → … → "))
        #expect(message.utf8.count < 1000)
        #expect(output.utf8.count < 4000)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/", "dict://127.0.0.1/", "scp://h/f",
        "smb://h/f", "data:text/plain,x", "javascript:alert(1)", "ws://127.0.0.1/", "FILE:/etc/passwd", "telnet://h/",
    ])
    func `rows 52, 53: a redirect to another scheme is blocked-scheme`(location: String) async throws {
        let (row, log, _) = try await row { _ in .redirect(to: location) }
        #expect(row.kind == "blocked-scheme")
        #expect(log.count == 1)
    }

    @Test func `row 59: no Referer says where somebody came from`() async throws {
        let server = try LoopbackServer { $0.path == "/start" ? .redirect(to: "/end") : .ok() }
        defer { server.stop() }
        let url = server.baseURL.replacing("http://", with: "http://user:secret@") + "/start?token=t"
        _ = try await Tool.run(["--jsonl", url])
        #expect(server.log.count == 2)
        #expect(server.log.allSatisfy { $0.header("referer") == nil })
    }

    @Test func `row 61: a password in a Location is neither used nor shown`() async throws {
        let other = try LoopbackServer { _ in .ok() }
        defer { other.stop() }
        let location = other.baseURL.replacing("http://", with: "http://evil:s3cr3t@") + "/x"
        for option in ["--jsonl", "--format=table", "--format=csv"] {
            let server = try LoopbackServer { _ in .redirect(to: location) }
            defer { server.stop() }
            let result = try await Tool.run([option, "-v", "--summary", "\(server.baseURL)/"])
            #expect(result.exit == 0)
            #expect(!(result.stdout + result.stderr).contains("s3cr3t"))
        }
        #expect(other.log.allSatisfy { $0.header("authorization") == nil })
        // Not followed, it is a field like any other, but for the password.
        for options in [
            [], ["--include-headers"], ["-w", "%header{location} %{header_json} %{json}\n", "--include-headers"],
        ] {
            let server = try LoopbackServer { _ in .redirect(to: location) }
            defer { server.stop() }
            let result = try await Tool.run(
                ["--no-location", "--retry", "0"] + options + (options.contains("-w") ? [] : ["--jsonl"]) + [
                    "\(server.baseURL)/"
                ])
            #expect(result.exit == 1)
            #expect(result.stdout.contains("302") || options.contains("-w"))
            #expect(options.isEmpty || result.stdout.contains("http://***@127.0.0.1:\(other.port)/x"))
            #expect(!(result.stdout + result.stderr).contains("s3cr3t"))
        }
    }

    /// A Location there is one choice of several (RFC 9110 §15.4.1), and the body is the answer.
    @Test(arguments: [300, 305, 306]) func `a 3xx that is not followed keeps its body`(status: Int) async throws {
        let (row, log, _) = try await row(["--accept", "300..306", "--body"]) { _ in
            .response(
                status: status, headers: [("Location", "/b"), ("Content-Type", "text/plain")],
                body: Array("choices".utf8))
        }
        #expect(row.ok)
        #expect(row.body == "choices")
        #expect(log.map(\.target) == ["/start"])
    }

    @Test(arguments: [200, 301, 302, 307], [[], ["--no-location"], ["--cache=CACHE"]])
    func `row 62, issue 20.13: two Locations that differ are a protocol error`(
        status: Int, options: [String]
    ) async throws {
        let scratch = try Scratch()
        let options = options.map { $0.replacing("CACHE", with: scratch("cache")) }
        let (row, log, _) = try await row(options) { request in
            request.path == "/start"
                ? .response(status: status, headers: [("Location", "/one"), ("Location", "/two")]) : .ok()
        }
        #expect(row.kind == "protocol-error")
        #expect(row.responseCode == status)
        #expect(log.map(\.path) == ["/start"])
    }

    @Test func `row 62, issue 20.13: a Location that is there twice is one`() async throws {
        let (row, log, _) = try await row { request in
            request.path == "/start"
                ? .response(status: 302, headers: [("Location", "/one"), ("location", " /one")]) : .ok()
        }
        #expect(row.ok)
        #expect(log.map(\.path) == ["/start", "/one"])
    }

    @Test(arguments: [("/end", "/end#part"), ("/end#other", "/end#other"), ("/end#", "/end#")])
    func `issue 20.13: a redirect without a fragment inherits the one before`(location: String, end: String)
        async throws
    {
        let (row, log, _) = try await row(path: "/start#part") { request in
            switch request.path {
            case "/start": .redirect(to: "/middle")
            case "/middle": .redirect(to: location)
            default: .ok()
            }
        }
        #expect(row.ok)
        #expect(log.map(\.target) == ["/start", "/middle", "/end"])
        #expect(row.urlEffective?.hasSuffix(end) == true)
    }

    @Test(arguments: [[("Location", "")], [], [("Location", "   ")]])
    func `row 63: without a Location the redirect is the answer`(headers: [(String, String)]) async throws {
        let (row, log, _) = try await row { _ in .response(status: 302, headers: headers) }
        #expect(row.kind == "http-status")
        #expect(row.responseCode == 302)
        #expect(log.count == 1)
    }

    @Test(arguments: [
        ("/a b", "/a%20b"), ("/é", "/%C3%A9"), ("/a\"<>`b", "/a%22%3C%3E%60b"),
        ("?q=a b#frag", "/start?q=a%20b"), ("//HOST/x", "/x"), ("\\\\HOST\\x", "/x"), ("/a/../../b", "/b"),
    ])
    func `row 64: what a Location holds is encoded`(location: String, target: String) async throws {
        let host = Shared("")
        let server = try LoopbackServer { request in
            request.number == 1 ? .redirect(to: location.replacing("HOST", with: host.value)) : .ok()
        }
        defer { server.stop() }
        host.update { $0 = "127.0.0.1:\(server.port)" }
        let row = try Row.only(await Tool.run(["--jsonl", "\(server.baseURL)/start"]))
        #expect(row.ok)
        #expect(server.log.last?.target == target)
        #expect(row.urlEffective?.hasPrefix(server.baseURL + target) == true)
    }

    @Test(arguments: ["/x\u{1B}[31m", "/\u{7}", "/x\u{7F}"])
    func `row 64: a control character in a Location is invalid-url`(location: String) async throws {
        let (row, log, output) = try await row { _ in .redirect(to: location) }
        #expect(row.kind == "invalid-url")
        #expect(row.responseCode == 302)
        #expect(log.count == 1)
        #expect(!output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    }

    @Test func `row 64: a Location of 90 KB is followed or refused, and shown cut or whole`() async throws {
        let (row, log, output) = try await row { request in
            request.path == "/start" ? .redirect(to: "/" + String(repeating: "x", count: 90_000)) : .ok()
        }
        #expect(row.ok ? log.count == 2 : row.kind == "invalid-url")
        #expect(output.utf8.count < 400_000)
    }

    @Test(arguments: ["", "Transfer-Encoding: chunked\r\n", "Content-Length: 100000000000\r\n"])
    func `row 65: the endless body of a redirect is not read`(framing: String) async throws {
        let flood: LoopbackServer.Step =
            framing.hasPrefix("T") ? .flood(Array("5\r\nhello\r\n".utf8), times: nil) : .flood([0x61], times: nil)
        let (row, _, _) = try await row { request in
            request.path == "/end"
                ? .ok("end")
                : .init([.text("HTTP/1.1 302 Found\r\nLocation: /end\r\n\(framing)\r\n"), flood])
        }
        #expect(row.ok)
        #expect(row.sizeDownload == 3)
        #expect(row.timeTotal ?? 9 < 5)
    }

    @Test func `row 65: the body of a redirect that never ends and never comes is not waited for`() async throws {
        let (row, _, _) = try await row(["-m", "5s"]) { request in
            request.path == "/end"
                ? .ok("end") : .raw("HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\nsome", then: .silence)
        }
        #expect(row.ok)
        #expect((row.timeTotal ?? 9) < 2)
    }

    @Test func `row 69: cookies are off by default`() async throws {
        let (_, log, _) = try await row { request in
            request.path == "/start"
                ? .redirect(to: "/end", headers: [("Set-Cookie", "a=1; Path=/")]) : .ok()
        }
        #expect(log.count == 2)
        #expect(log.allSatisfy { $0.header("cookie") == nil })
    }

    @Test func `row 69: cookies that no server may set are not kept, and not more than a request can hold`()
        async throws
    {
        let scratch = try Scratch()
        let cookies = [
            "good=1", "other=1; Domain=example.org", "suffix=1; Domain=example", "secure=1; Secure",
            "control=a\u{1}b", "large=\(String(repeating: "x", count: 9000))",
        ]
        let many = (0..<60).map { "c\($0)=\(String(repeating: "y", count: 2500))" }
        let server = try LoopbackServer { request in
            switch request.path {
            case "/start": .redirect(to: "/many", headers: cookies.map { ("Set-Cookie", $0) })
            case "/many": .redirect(to: "/end", headers: many.map { ("Set-Cookie", $0) })
            default: .ok()
            }
        }
        defer { server.stop() }
        let row = try Row.only(
            await Tool.run([
                "--jsonl", "--cookie-jar", scratch("jar"), "--resolve", "site.example:\(server.port):127.0.0.1",
                "http://site.example:\(server.port)/start",
            ]))
        #expect(row.ok)
        let sent = server.log.map { $0.header("cookie") ?? "" }
        try #require(sent.count == 3)
        #expect(sent[1] == "good=1")
        #expect(sent[2].utf8.count <= 8300)
        #expect(!sent[2].contains("suffix") && !sent[2].contains("secure"))
    }

    @Test func `row 70: netrc is not read`() async throws {
        let scratch = try Scratch()
        try scratch.write(".netrc", "machine 127.0.0.1 login me password s3cr3t\n")
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        _ = try await Tool.run(["--jsonl", "\(server.baseURL)/"], environment: ["HOME": scratch.path])
        #expect(server.log.count == 1)
        #expect(server.log.first?.header("authorization") == nil)
    }
}
