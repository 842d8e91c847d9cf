import TestSupport
import Testing

@Suite("issue 24.1: credentials of the command line go where they belong", .timeLimit(.minutes(20)))
struct CredentialScopeTests {
    /// Two servers; the port makes them two origins.
    struct Pair {
        let first: LoopbackServer
        let second: LoopbackServer

        init(_ handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = { _ in .ok("{}") })
            throws
        {
            first = try LoopbackServer(handler: handler)
            second = try LoopbackServer(handler: handler)
        }

        /// `A` and `B` in a text become their URLs, `PORT` the port of the second.
        func written(_ text: String) -> String {
            text.replacing("A/", with: first.baseURL + "/").replacing("B/", with: second.baseURL + "/")
                .replacing("PORT", with: "\(second.port)")
        }

        func stop() {
            first.stop()
            second.stop()
        }

        /// The values of a field, in the order of the requests.
        func values(_ name: String) -> (first: [[String]], second: [[String]]) {
            (first.log.map { $0.values(name) }, second.log.map { $0.values(name) })
        }
    }

    /// The lines about credentials.
    static func notices(_ result: ToolResult) -> [Substring] {
        result.complaints.filter { $0.contains("--header-for") }
    }

    private static let secrets: [([String], String)] = [
        (["-u", "me:pass"], "Authorization"), (["-H", "Authorization: Bearer t"], "Authorization"),
        (["-b", "sid=1"], "Cookie"), (["-H", "cookie: sid=1"], "Cookie"), (["-H", "X-Api-Key: k"], "X-Api-Key"),
        (["-H", "X-Auth-TOKEN: k"], "X-Auth-Token"), (["-H", "Client-Secret: k"], "Client-Secret"),
        (["-H", "apikey: k"], "apikey"), (["-H", "Token: k"], "Token"), (["-H", "X_API_KEY: k"], "X_API_KEY"),
        (["-H", "X-ApiKey: k"], "X-ApiKey"), (["-H", "Proxy-Authorization: k"], "Proxy-Authorization"),
    ]

    @Test(arguments: secrets)
    func `of a list, the first input's origin gets them and no other, which one line says`(
        options: [String], name: String
    ) async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let list = pair.written("A/1\nB/2\nid\tB/3\n{\"url\":\"B/4\",\"headers\":{\"X-Own\":\"1\"}}\nA/5\n")
        let result = try await Tool.run(["--jsonl", "--max", "1"] + options + ["-"], stdin: list)
        #expect(result.exit == 0, "\(result.stderr)")
        let values = pair.values(name)
        #expect(values.first.map(\.count) == [1, 1])
        #expect(values.second == [[], [], []])
        #expect(Self.notices(result).count == 1 && result.complaints.count == 1, "\(result.stderr)")
        let line = Self.notices(result).first ?? ""
        for text in [pair.first.baseURL, pair.second.baseURL, "HOST[:PORT]:NAME:VALUE", "[hosts]", "--to-all-hosts"] {
            #expect(line.contains(text), "\(line)")
        }
        #expect(!result.stderr.contains("pass") && !result.stderr.contains("sid=1"))
    }

    @Test(arguments: ["Idempotency-Key: 1", "X-A: 1", "Accept: text/html", "X-Keyboard: 1", "X-Token-Type: 1"])
    func `other fields go to all inputs as before`(field: String) async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let result = try await Tool.run(["--jsonl", "-H", field, pair.written("A/"), pair.written("B/")])
        let name = String(field.prefix { $0 != ":" })
        let values = pair.values(name)
        #expect(values.first.map(\.count) == [1] && values.second.map(\.count) == [1])
        #expect(result.stderr == "" && result.exit == 0)
    }

    @Test func `one origin works as before, and nothing is said`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let list = pair.written("A/1\nA/2#f\n{\"url\":\"A/3\"}\nA/4\n")
        let result = try await Tool.run(["--jsonl", "-u", "u:p", "-b", "c=1", "-"], stdin: list)
        #expect(result.stderr == "" && result.exit == 0)
        #expect(pair.values("authorization").first == Array(repeating: ["Basic dTpw"], count: 4))
        #expect(pair.values("cookie").first == Array(repeating: ["c=1"], count: 4))
    }

    @Test func `to-all-hosts sends them to each input, without a word`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let result = try await Tool.run([
            "--jsonl", "--to-all-hosts", "-u", "u:p", "-H", "X-Key: k", pair.written("A/"), pair.written("B/"),
        ])
        #expect(result.stderr == "" && result.exit == 0)
        #expect(pair.values("authorization").second == [["Basic dTpw"]] && pair.values("x-key").second == [["k"]])
        #expect(pair.values("authorization").first == [["Basic dTpw"]])
    }

    @Test func `header-for names a host, whose field takes the place of the command line's`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let arguments = [
            "--jsonl", "-u", "u:p", "-H", "X-A: plain", "--header-for", "127.0.0.1:PORT:Authorization: Bearer b:c",
            "--header-for", "http://127.0.0.1:PORT:X-A:own", "A/", "B/",
        ].map(pair.written)
        let result = try await Tool.run(arguments)
        #expect(result.exit == 0 && result.stderr == "", "\(result.stderr)")
        #expect(pair.values("authorization").first == [["Basic dTpw"]])
        #expect(pair.values("authorization").second == [["Bearer b:c"]])
        #expect(pair.values("x-a").first == [["plain"]] && pair.values("x-a").second == [["own"]])
    }

    @Test(arguments: [
        // Without a port it is https, and another port is another host.
        "127.0.0.1:X-Key:k", "https://127.0.0.1:PORT:X-Key:k", "127.0.0.1:1:X-Key:k", "*.invalid:PORT:X-Key:k",
        "localhost:PORT:X-Key:k", "[::1]:PORT:X-Key:k",
    ])
    func `header-for sends nothing to what it does not name`(rule: String) async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let result = try await Tool.run(["--jsonl", "--header-for", rule, "A/", "B/"].map(pair.written))
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(pair.values("x-key").first == [[]] && pair.values("x-key").second == [[]])
    }

    @Test(arguments: [
        "host", "host:X-Key", "host:8080:k3y", ":X-Key:k3y", "host:X Key:k3y", "::1:X-Key:k3y", "[::1:X-Key:k3y",
        "host:99999:X-Key:k3y", "*.1.2.3.4:X-Key:k3y", "a/b:X-Key:k3y", "u@h:X-Key:k3y", "host:X-Key:",
        "ho*t:X-Key:k3y",
    ])
    func `a header-for that is not valid is exit 2, and its value is not shown`(rule: String) async throws {
        let result = try await Tool.run(["--header-for", rule, "http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("--header-for") && !result.stderr.contains("k3y"), "\(result.stderr)")
    }

    @Test func `the fields of a JSON line are its own, and nothing is missing to it`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let list = pair.written(
            """
            A/1
            {"url":"B/2","headers":{"authorization":"Bearer own"}}
            {"url":"A/3","headers":{"Authorization":"Bearer other"}}
            """)
        let result = try await Tool.run(["--jsonl", "--max", "1", "-u", "u:p", "-"], stdin: list)
        #expect(result.exit == 0 && result.stderr == "", "\(result.stderr)")
        #expect(pair.values("authorization").first == [["Basic dTpw"], ["Bearer other"]])
        #expect(pair.values("authorization").second == [["Bearer own"]])
    }

    @Test func `a stranger's own password is used`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let own = pair.written("B/").replacing("://", with: "://x:y@")
        let result = try await Tool.run(["--jsonl", "-u", "u:p", pair.written("A/"), own])
        #expect(result.exit == 0 && result.stderr == "", "\(result.stderr)")
        // x:y
        #expect(pair.values("authorization").second == [["Basic eDp5"]])
    }

    @Test(arguments: ["http://127.0.0.1:99999/", "{\"url\":\"ftp://a/\"}", "{\"url\":1}", "no URL"])
    func `if the first input is not valid, no other takes its place`(line: String) async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let result = try await Tool.run(
            ["--jsonl", "-u", "u:p", "-"], stdin: pair.written("\(line)\nA/1\nB/2\n"))
        #expect(result.exit == 1)
        #expect(pair.values("authorization").first == [[]] && pair.values("authorization").second == [[]])
        #expect(Self.notices(result).count == 1)
    }

    @Test(arguments: [
        ["map", "--url-template", "A/{id}", "1", "2"], ["gather", "a=A/{id}", "b=B/{id}", "--var", "id=1..2"],
        ["--each-line", "FILE", "A/"], ["A/{x,y}", "B/{x,y}"], ["--url", "A/", "--url", "B/"],
        ["--url", "A/", "B/"], ["--url=A/", "B/", "--url", "B/2"], ["-d", "--url", "--url", "A/", "B/"],
        ["crawl", "--url", "A/", "B/"], ["crawl", "A/", "B/", "--sitemap", "auto"],
    ])
    func `each command has one first origin`(arguments: [String]) async throws {
        let pair = try Pair { _ in
            .response(headers: [("Content-Type", "text/html")], body: Array("{}".utf8))
        }
        defer { pair.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("lines", "one\ntwo\n")
        let result = try await Tool.run(
            arguments.map { pair.written($0).replacing("FILE", with: file) }
                + ["-u", "u:p", "-H", "X-Api-Key: k", "-H", "X-A: 1", "--jsonl"])
        #expect(pair.first.requestCount >= 1, "\(result.stderr)")
        for name in ["authorization", "x-api-key"] {
            let values = pair.values(name)
            #expect(
                values.first.allSatisfy { $0.count == 1 } && values.second.allSatisfy { $0.isEmpty }, "\(arguments)")
        }
        #expect(pair.values("x-a").first.allSatisfy { $0 == ["1"] })
        #expect(pair.values("x-a").second.allSatisfy { $0 == ["1"] })
        let hasSecond = arguments.contains { $0.contains("B/") }
        #expect(pair.second.requestCount > 0 || !hasSecond)
        #expect(Self.notices(result).count == (hasSecond ? 1 : 0), "\(result.stderr)")
    }

    @Test func `a gather whose first part is not a URL for an id gives the secret to no other`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let arguments = ["gather", "a=A/{x}", "b=B/", "--var", "x=..", "-u", "u:p", "--jsonl"].map(pair.written)
        _ = try await Tool.run(arguments)
        #expect(pair.second.requestCount == 1)
        #expect(pair.values("authorization").second == [[]])
    }

    @Test func `links of a crawl get what was given for their host, and no credentials`() async throws {
        let links = Shared("")
        let pair = try Pair { _ in
            .response(headers: [("Content-Type", "text/html")], body: Array(links.value.utf8))
        }
        defer { pair.stop() }
        links.update { $0 = pair.written("<a href='B/page'>b</a>") }
        let result = try await Tool.run(
            [
                "crawl", "A/", "--scope", "any", "--max-depth", "1", "-u", "u:p", "-H", "X-Own: 1", "--header-for",
                "127.0.0.1:PORT:X-Key:k", "--jsonl",
            ].map(pair.written))
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(Set(pair.second.log.map(\.path)) == ["/robots.txt", "/page"])
        #expect(pair.values("x-key").second.allSatisfy { $0 == ["k"] })
        for name in ["authorization", "x-own"] {
            #expect(pair.values(name).second.allSatisfy { $0.isEmpty })
            #expect(pair.values(name).first.allSatisfy { $0.count == 1 })
        }
    }

    @Test func `a redirect to a host with a rule gets nothing, as before`() async throws {
        let target = Shared("")
        let pair = try Pair { $0.path == "/from" ? .redirect(to: target.value) : .ok() }
        defer { pair.stop() }
        target.update { $0 = pair.written("B/to") }
        let result = try await Tool.run(
            ["--jsonl", "-u", "u:p", "--header-for", "127.0.0.1:PORT:X-Key:k", "A/from"].map(pair.written))
        #expect(result.exit == 0 && result.stderr == "", "\(result.stderr)")
        #expect(pair.second.log.map(\.path) == ["/to"])
        #expect(pair.values("authorization").second == [[]] && pair.values("x-key").second == [[]])
    }

    @Test func `dry-run, curl and -v show what goes, and no value`() async throws {
        let pair = try Pair()
        defer { pair.stop() }
        let base = ["-u", "u:s3cr3t", "--header-for", "127.0.0.1:PORT:X-Key:k3y-k3y", "A/a", "B/b"].map(pair.written)
        let plan = try await Tool.run(["--dry-run"] + base)
        #expect(
            plan.stdout
                == pair.written("GET A/a\n  Authorization: ***\nGET B/b\n  X-Key: ***\n"), "\(plan.stdout)")
        let curl = try await Tool.run(["--curl"] + base)
        #expect(curl.lines.count == 2 && pair.first.requestCount + pair.second.requestCount == 0)
        #expect(curl.lines.first?.contains("FETCHALL_AUTHORIZATION") == true)
        #expect(curl.lines.last?.contains("FETCHALL_AUTHORIZATION") == false)
        #expect(curl.lines.last?.contains("FETCHALL_X_KEY") == true)
        let trace = try await Tool.run(["-v", "--jsonl"] + base)
        #expect(trace.complaints.filter { $0.contains("> Authorization: ***") }.count == 1, "\(trace.stderr)")
        #expect(trace.complaints.filter { $0.contains("> X-Key: ***") }.count == 1)
        for result in [plan, curl, trace] {
            #expect(!(result.stdout + result.stderr).contains("s3cr3t"))
            #expect(!(result.stdout + result.stderr).contains("k3y-k3y"))
        }
    }

    @Test func `github sends what is named for its API, and refuses to-all-hosts`() async throws {
        let github = try GitHubTool()
        let result = try await github.run([
            "octocat", "--json", "--header-for", "127.0.0.1:\(github.server.port):X-Key:k", "--header-for",
            "127.0.0.1:1:X-Other-Key:k", "-H", "X-Api-Key: a",
        ])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(github.server.log.allSatisfy { $0.values("x-key") == ["k"] && $0.values("x-api-key") == ["a"] })
        #expect(github.server.log.allSatisfy { $0.values("x-other-key").isEmpty } && github.server.requestCount > 0)
        let refused = try await github.run(["octocat", "--to-all-hosts"])
        #expect(refused.exit == 2 && refused.stderr.contains("--to-all-hosts"))
    }
}
