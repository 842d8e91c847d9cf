import TestSupport
import Testing

@Suite("What options make of a request, seen from the server", .timeLimit(.minutes(20)))
struct RequestOptionTests {
    /// Runs with a server that says OK to everything; gives the requests it got.
    private func sent(
        _ arguments: [String], to path: String = "/", stdin: String = ""
    ) async throws -> [LoopbackServer.Request] {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl"] + arguments + [server.baseURL + path], stdin: stdin)
        #expect(result.exit == 0, "\(result.stderr)\(result.stdout)")
        return server.log
    }

    @Test func `a plain request is a GET with few fields and the name of the tool`() async throws {
        let request = try #require(await sent([]).first)
        #expect(request.method == "GET")
        #expect(request.header("User-Agent") == "fetchall/0.1.0")
        #expect(request.header("Accept") == "*/*")
        #expect(
            Set(request.headers.map { $0.name.lowercased() }) == ["host", "user-agent", "accept", "accept-encoding"])
    }

    @Test(arguments: ["-H", "--header"])
    func `header fields are sent as given, also a value with a colon and an empty one`(option: String) async throws {
        let log = try await sent([option, "X-One: a: b", option, "x-two;", option, "X-One: c"])
        let request = try #require(log.first)
        #expect(request.values("x-one") == ["a: b", "c"])
        #expect(request.values("x-two") == [""])
    }

    @Test func `a field of the user stands in for the tool's own`() async throws {
        let request = try #require(await sent(["-H", "User-Agent: mine", "-H", "Accept: text/html"]).first)
        #expect(request.values("user-agent") == ["mine"])
        #expect(request.values("accept") == ["text/html"])
    }

    @Test(arguments: ["-X", "--request"])
    func `the method is the user's`(option: String) async throws {
        let request = try #require(await sent([option, "DELETE"]).first)
        #expect(request.method == "DELETE")
    }

    @Test(arguments: ["-d", "--data"])
    func `data makes a POST of a form, its parts joined`(option: String) async throws {
        let request = try #require(await sent([option, "a=1", option, "b=é&c"]).first)
        #expect(request.method == "POST")
        #expect(request.body == Array("a=1&b=é&c".utf8))
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(request.header("Content-Length") == "10")
    }

    @Test func `data may come from a file, without its line breaks, and with another method`() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("form", "a=1\r\n&b=2\n")
        let request = try #require(await sent(["-d", "@" + file, "-X", "PUT"]).first)
        #expect(request.method == "PUT")
        #expect(request.body == Array("a=1&b=2".utf8))
    }

    @Test(arguments: ["-A", "--user-agent"])
    func `the user agent is the user's`(option: String) async throws {
        let request = try #require(await sent([option, "robot/2"]).first)
        #expect(request.values("user-agent") == ["robot/2"])
    }

    @Test(arguments: ["-u", "--user"])
    func `a user and a password are basic authentication`(option: String) async throws {
        let request = try #require(await sent([option, "Aladdin:open sesame"]).first)
        #expect(request.values("authorization") == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
    }

    @Test(arguments: ["-I", "--head"])
    func `HEAD asks for no body`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok("a body") }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", option, "--include-headers", "\(server.baseURL)/"])
        #expect(server.log.map(\.method) == ["HEAD"])
        let row = try Row.only(result)
        #expect(row.ok)
        #expect(row.method == "HEAD")
        #expect(row.sizeDownload == 0)
        #expect(row.headers?["content-length"] == ["6"])
    }

    @Test func `compressed answers are asked for and decoded`() async throws {
        let text = String(repeating: "hello ", count: 1000)
        let server = try LoopbackServer { request in
            guard request.header("Accept-Encoding")?.contains("gzip") == true else { return .ok(text) }
            return .response(
                headers: [("Content-Encoding", "gzip"), ("Content-Type", "text/plain")],
                body: LoopbackServer.gzip(Array(text.utf8)))
        }
        defer { server.stop() }
        for (option, isAsked) in [
            ([], true), (["--no-compressed", "--compressed"], true), (["--no-compressed"], false),
        ] {
            let row = try Row.only(await Tool.run(["--jsonl", "--body"] + option + ["\(server.baseURL)/"]))
            #expect(row.body == text)
            #expect(row.sizeDownload == text.utf8.count)
            #expect((server.log.last?.header("Accept-Encoding") != nil) == isAsked)
        }
        #expect(server.requestCount == 3)
    }

    /// The decoders are those that libcurl brings along, which the release build loads instead of linking them.
    @Test(
        arguments: [
            ("br", [0x0B, 0x02, 0x80, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x03]),
            (
                "zstd",
                [
                    0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x29, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0xA3, 0x6D,
                    0x9F,
                    0x88,
                ]
            ),
        ] as [(String, [UInt8])])
    func `brotli and zstd are asked for and decoded`(coding: String, body: [UInt8]) async throws {
        let server = try LoopbackServer { request in
            guard request.header("Accept-Encoding")?.contains(coding) == true else { return .status(406) }
            return .response(headers: [("Content-Encoding", coding)], body: body)
        }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "--body", "\(server.baseURL)/"]))
        #expect(row.body == "hello")
    }

    @Test(arguments: ["-b", "--cookie"])
    func `cookies are sent as given`(option: String) async throws {
        let request = try #require(await sent([option, "a=1; b=2"]).first)
        #expect(request.values("cookie") == ["a=1; b=2"])
    }

    @Test func `cookies come from a file, and only those of the host`() async throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "cookies",
            "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tmine\tyes\n"
                + "example.com\tFALSE\t/\tFALSE\t0\tother\tno\n")
        let request = try #require(await sent(["-b", file]).first)
        #expect(request.values("cookie") == ["mine=yes"])
    }

    @Test func `the cookie jar holds what servers set, and the next run sends it`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .response(headers: [("Set-Cookie", "sid=42; Max-Age=3600")]) }
        defer { server.stop() }
        let jar = scratch("jar")
        let first = try await Tool.run(["--jsonl", "--cookie-jar", jar, "\(server.baseURL)/"])
        #expect(first.exit == 0)
        #expect(first.stderr == "")
        #expect(try scratch.text("jar").contains("sid\t42"))
        let second = try await Tool.run(["--jsonl", "-b", jar, "\(server.baseURL)/"])
        #expect(second.exit == 0)
        #expect(server.log.map { $0.values("cookie") } == [[], ["sid=42"]])
    }

    @Test func `a JSON line says method, fields and body of its own request`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = """
            {"id":"n1","url":"\(server.baseURL)/a","method":"put","headers":{"X-A":"1","User-Agent":"j"},"body":{"k":[1]}}
            {"url":"\(server.baseURL)/b","body":"text"}
            plain\t\(server.baseURL)/c
            """
        let result = try await Tool.run(["--json", "--max", "1", "-H", "X-A: 0", "-"], stdin: list)
        #expect(result.exit == 0)
        #expect(try Row.array(result).map(\.id) == ["n1", nil, "plain"])
        let log = server.log
        #expect(log.map(\.method) == ["PUT", "POST", "GET"])
        #expect(log.map { String(decoding: $0.body, as: UTF8.self) } == ["{\"k\":[1]}", "text", ""])
        #expect(log.map { $0.values("x-a") } == [["1"], ["0"], ["0"]])
        #expect(log.first?.values("user-agent") == ["j"])
        #expect(log.first?.values("content-type") == ["application/json"])
    }
}
