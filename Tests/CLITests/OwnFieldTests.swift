import TestSupport
import Testing

@Suite("The fields that the program adds itself are the user's to leave out", .timeLimit(.minutes(20)))
struct OwnFieldTests {
    /// Runs with a server that says OK to everything; gives the requests it got.
    private func sent(_ arguments: [String], stdin: String = "") async throws -> [LoopbackServer.Request] {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--max", "1"] + arguments.map { $0.replacing("BASE", with: server.baseURL) },
            stdin: stdin.replacing("BASE", with: server.baseURL))
        #expect(result.exit == 0, "\(result.stderr)\(result.stdout)")
        return server.log
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `issue 20.12: a method with a body says that there is none`(method: String) async throws {
        let request = try #require(await sent(["-X", method, "BASE/"]).first)
        #expect(request.method == method)
        #expect(request.values("content-length") == ["0"])
        #expect(request.header("content-type") == nil)
        let own = try #require(await sent(["-X", method, "-H", "X-A: b", "BASE/"]).first)
        #expect(own.values("content-length") == ["0"] && own.values("x-a") == ["b"])
        #expect(
            try #require(await sent(["-X", method, "-H", "Content-Length:", "BASE/"]).first).header("content-length")
                == nil)
        let body = try #require(await sent(["-X", method, "-d", "abc", "BASE/"]).first)
        #expect(body.values("content-length") == ["3"])
    }

    @Test(arguments: ["GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND"])
    func `issue 20.12: other methods say no length`(method: String) async throws {
        let request = try #require(await sent(["-X", method, "BASE/"]).first)
        #expect(request.method == method)
        #expect(request.header("content-length") == nil)
    }

    @Test func `issue 20.12: each request of a list has its own length`() async throws {
        let methods = ["GET", "POST", "GET", "PUT", "PUT", "DELETE", "PATCH", "GET"]
        let list = methods.map { #"{"url":"BASE/","method":"\#($0)"}"# } + [#"{"url":"BASE/","body":"ab"}"#, "BASE/"]
        let log = try await sent(["-"], stdin: list.joined(separator: "\n"))
        #expect(log.map(\.method) == methods + ["POST", "GET"])
        #expect(
            log.map { $0.header("content-length") } == [nil, "0", nil, "0", "0", nil, "0", nil, "2", nil])
    }

    @Test(arguments: [(307, "0"), (302, nil)] as [(Int, String?)])
    func `issue 20.12: a redirected POST says its length as long as it is one`(status: Int, length: String?)
        async throws
    {
        let server = try LoopbackServer { $0.path == "/a" ? .redirect(to: "/b", status: status) : .ok() }
        defer { server.stop() }
        _ = try await Tool.run(["--jsonl", "-X", "POST", "\(server.baseURL)/a"])
        #expect(server.log.map { $0.header("content-length") } == ["0", length])
    }

    /// The options that make the program add a field, and its name.
    private static let fields: [(name: String, options: [String])] = [
        ("Accept", []), ("User-Agent", []), ("Accept-Encoding", []), ("Host", []), ("User-Agent", ["-A", "robot/2"]),
        ("Content-Type", ["-d", "x=1"]), ("Content-Length", ["-X", "POST"]), ("Content-Length", ["-d", ""]),
        ("Authorization", ["-u", "me:pw"]), ("Cookie", ["-b", "a=1"]),
    ]

    @Test(arguments: fields)
    func `issue 20.12: a name with a colon leaves a field out, one with a semicolon sends it empty`(
        name: String, options: [String]
    ) async throws {
        let plain = try #require(await sent(options + ["BASE/"]).first)
        #expect(plain.values(name).count == 1 && plain.header(name) != "")
        for colon in [":", ": ", ":\t "] {
            let request = try #require(await sent(options + ["-H", name.lowercased() + colon, "BASE/"]).first)
            #expect(request.header(name) == nil)
            #expect(plain.headers.count == request.headers.count + 1)
        }
        // A Content-Length without a number is sent too, but no server reads a request behind it.
        for semicolon in [";", "; "] where name != "Content-Length" {
            let request = try #require(await sent(options + ["-H", name + semicolon, "BASE/"]).first)
            #expect(request.values(name) == [""])
            #expect(plain.headers.count == request.headers.count)
        }
    }

    @Test func `issue 20.12: a password in the URL is left out too, and a field that is not there`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let url = server.baseURL.replacing("//", with: "//me:pw@")
        _ = try await Tool.run(["--jsonl", "-H", "Authorization:", "-H", "X-Not-There:", url])
        let request = try #require(server.log.first)
        #expect(request.header("authorization") == nil && request.header("x-not-there") == nil)
    }

    @Test func `issue 20.12: what is left out stays out at another origin, in a crawl and in a list of failures`()
        async throws
    {
        let other = try LoopbackServer { _ in .status(404) }
        defer { other.stop() }
        let server = try LoopbackServer { _ in .redirect(to: other.baseURL + "/end") }
        defer { server.stop() }
        let scratch = try Scratch()
        let options = ["-H", "Accept:", "-H", "accept-encoding:", "-H", "X-Secret: s"]
        let list = #"{"url":"\#(server.baseURL)/"}"# + "\n"
        _ = try await Tool.run(["--jsonl", "--failed-to", scratch("failed")] + options + ["-"], stdin: list)
        _ = try await Tool.run(["--jsonl", scratch("failed")])
        _ = try await Tool.run(["crawl", "--jsonl", "--no-robots"] + options + ["\(server.baseURL)/"])
        let log = server.log + other.log
        #expect(server.log.count == 3 && other.log.count >= 2)
        #expect(log.allSatisfy { $0.header("accept") == nil && $0.header("accept-encoding") == nil })
        #expect(other.log.allSatisfy { $0.header("x-secret") == nil })
    }

    @Test func `issue 20.12: null in a JSON line leaves a field out`() async throws {
        let list = """
            {"url":"BASE/1","headers":{"Accept":null,"User-Agent":""}}
            {"url":"BASE/2","headers":{"accept":"x/y"}}
            BASE/3
            """
        let log = try await sent(["-H", "Accept: a/b", "-"], stdin: list)
        #expect(log.map { $0.values("accept") } == [[], ["x/y"], ["a/b"]])
        #expect(log.first?.values("user-agent") == [""])
    }

    @Test(arguments: ["A;b", "A; b: c", ";", ":", "A b:", "no colon"])
    func `issue 20.12: what is neither is refused`(text: String) async throws {
        let result = try await Tool.run(["-H", text, "http://127.0.0.1:1/"])
        #expect(result.exit == 2)
        #expect(result.stderr.contains("-H"))
    }
}
