import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.2: to whom challenges are answered, and what is shown of it", .timeLimit(.minutes(20)))
struct AuthenticationScopeTests {
    private static let me = ["-u", "me:s3cr3t-pass"]

    /// The names of the users in the requests of a server; "" for a request without Authorization.
    private static func users(_ server: LoopbackServer) -> [String] {
        server.log.map { request in
            request.header("Authorization").map { DigestRealm.parts($0)?["username"] ?? $0 } ?? ""
        }
    }

    @Test(arguments: ["--digest", "--ntlm", "--anyauth"])
    func `issue 24.2: after a redirect to another origin its challenge is not answered`(scheme: String) async throws {
        let realm = DigestRealm()
        let other = try LoopbackServer { request in
            scheme == "--ntlm" ? NTLMServer.reply(to: request, users: []) : realm.refusal
        }
        defer { other.stop() }
        let target = "\(other.baseURL)/to"
        let first = try LoopbackServer { request in
            scheme == "--ntlm"
                ? NTLMServer.reply(to: request, welcome: .redirect(to: target))
                : realm.accepts(request) ? .redirect(to: target) : realm.refusal
        }
        defer { first.stop() }
        let result = try await Tool.run(["--jsonl", scheme] + Self.me + ["\(first.baseURL)/from"])
        let row = try Row.only(result)
        #expect(result.exit == 4 && row.responseCode == 401 && row.numRedirects == 1, "\(result.stdout)")
        #expect(first.requestCount == 2)
        #expect(other.log.map { $0.values("Authorization") } == [[]])
    }

    @Test(arguments: ["--digest", "--ntlm", "--anyauth"])
    func `issue 24.2: a redirect there and back takes nothing along, also on the way back`(scheme: String)
        async throws
    {
        let realm = DigestRealm()
        let home = Shared("")
        let other = try LoopbackServer { _ in .redirect(to: "\(home.value)/back") }
        defer { other.stop() }
        let target = "\(other.baseURL)/there"
        let first = try LoopbackServer { request in
            if request.path == "/back" {
                return scheme == "--ntlm" ? NTLMServer.reply(to: request, users: []) : realm.refusal
            }
            return scheme == "--ntlm"
                ? NTLMServer.reply(to: request, welcome: .redirect(to: target))
                : realm.accepts(request) ? .redirect(to: target) : realm.refusal
        }
        defer { first.stop() }
        home.update { $0 = first.baseURL }
        // One handle serves all hops.
        let result = try await Tool.run(["--jsonl", "--max", "1", scheme] + Self.me + ["\(first.baseURL)/from"])
        #expect(result.exit == 4, "\(result.stdout)\(result.stderr)")
        #expect(other.log.map { $0.values("Authorization") } == [[]])
        #expect(first.log.filter { $0.path == "/back" }.map { $0.values("Authorization") } == [[]])
    }

    @Test(arguments: ["--digest", "--ntlm", "--anyauth"])
    func `issue 24.2: after a redirect on the same origin the user is still known`(scheme: String) async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            let reply: LoopbackServer.Reply = request.path == "/from" ? .redirect(to: "/to") : .ok("welcome")
            if scheme == "--ntlm" { return NTLMServer.reply(to: request, welcome: reply) }
            return realm.accepts(request) ? reply : realm.refusal
        }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--body", scheme] + Self.me + ["\(server.baseURL)/from"])
        #expect(try result.exit == 0 && Row.only(result).body == "welcome", "\(result.stdout)\(result.stderr)")
    }

    @Test(arguments: ["--digest", "--anyauth"], [1, 5])
    func `issue 24.2: users of one host in a list are not taken for each other`(scheme: String, max: Int) async throws {
        let realms = [DigestRealm(), DigestRealm(user: "you", password: "s3cr3t-two")]
        let server = try LoopbackServer { request in
            // The path names the user whose request it is.
            realms.contains { $0.accepts(request) && request.path.hasPrefix("/\($0.user)/") }
                ? .ok() : realms[0].refusal
        }
        defer { server.stop() }
        // me:s3cr3t-pass and you:s3cr3t-two
        let fields = ["Basic bWU6czNjcjN0LXBhc3M=", "Basic eW91OnMzY3IzdC10d28="]
        let list = (0..<30).map { index in
            let user = index % 3 == 2 ? nil : index % 3
            let headers = user.map { ",\"headers\":{\"Authorization\":\"\(fields[$0])\"}" } ?? ""
            return "{\"url\":\"\(server.baseURL)/\(user.map { realms[$0].user } ?? "none")/\(index)\"\(headers)}\n"
        }
        let result = try await Tool.run(
            ["--jsonl", "--max", "\(max)", scheme, "-"], stdin: list.joined())
        let rows = try Row.lines(result)
        #expect(rows.count == 30, "\(result.stderr)")
        #expect(rows.allSatisfy { $0.ok != $0.url.contains("/none/") }, "\(result.stdout)")
        for request in server.log {
            let user = request.header("Authorization").flatMap { DigestRealm.parts($0)?["username"] }
            #expect(user == nil || request.path.hasPrefix("/\(user ?? "")/"), "\(request.path) \(user ?? "")")
        }
        #expect(!server.log.contains { $0.head.firstRange(of: Array("Basic".utf8)) != nil })
    }

    @Test(arguments: ["--digest", "--ntlm", "--anyauth"])
    func `issue 24.2: another host of the list gets nothing, and one line says so`(scheme: String) async throws {
        let realm = DigestRealm()
        func server() throws -> LoopbackServer {
            try LoopbackServer { request in
                scheme == "--ntlm"
                    ? NTLMServer.reply(to: request) : realm.accepts(request) ? .ok("welcome") : realm.refusal
            }
        }
        let first = try server()
        let second = try server()
        defer {
            first.stop()
            second.stop()
        }
        let urls = ["\(first.baseURL)/1", "\(second.baseURL)/2", "\(first.baseURL)/3", "\(second.baseURL)/4"]
        let result = try await Tool.run(["--jsonl", "--max", "1", scheme] + Self.me + urls)
        let rows = try Row.lines(result)
        #expect(rows.sorted { $0.index < $1.index }.map(\.ok) == [true, false, true, false], "\(result.stdout)")
        #expect(second.log.map { $0.values("Authorization") } == [[], []])
        #expect(result.complaints.count { $0.contains("--header-for") } == 1, "\(result.stderr)")
    }

    @Test func `issue 24.2: users of netrc, a URL and -n with anyauth answer challenges`() async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            realm.accepts(request)
                ? .ok("welcome")
                : .response(
                    status: 401,
                    headers: [("WWW-Authenticate", "Basic realm=\"b\""), ("WWW-Authenticate", realm.challenge)])
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let netrc = try scratch.write("netrc", "machine 127.0.0.1 login me password s3cr3t-pass\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: netrc)
        let url = "\(server.baseURL)/"
        let own = url.replacing("://", with: "://me:s3cr3t-pass@")
        for arguments in [
            ["--digest", "--netrc-file", netrc, url], ["--anyauth", "--netrc-file", netrc, url], ["--digest", own],
            ["--anyauth", own], ["--digest", "--netrc-file", netrc, url.replacing("://", with: "://me@")],
        ] {
            let before = server.requestCount
            let result = try await Tool.run(["--jsonl", "-v"] + arguments)
            #expect(result.exit == 0, "\(arguments) \(result.stdout)\(result.stderr)")
            let log = server.log.dropFirst(before)
            #expect(log.first?.values("Authorization") == [] && log.last.map(realm.accepts) == true)
            #expect(log.count == 2 && !(result.stdout + result.stderr).contains("s3cr3t"))
        }
    }

    @Test(arguments: [["-v"], ["-vv"], ["--trace", "TRACE"], ["--trace-ascii", "TRACE"]], ["--digest", "--ntlm"])
    func `issue 24.2: a trace has each request, and neither the password nor the response`(
        options: [String], scheme: String
    ) async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            // It says back what it was told.
            let told = [("X-Told", request.header("Authorization") ?? "nothing")]
            if scheme == "--ntlm" {
                return NTLMServer.reply(to: request, welcome: .response(headers: told, body: Array("welcome".utf8)))
            }
            return realm.accepts(request) ? .response(headers: told, body: Array("welcome".utf8)) : realm.refusal(told)
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let trace = scratch("trace")
        let arguments = options.map { $0 == "TRACE" ? trace : $0 } + ["--jsonl", scheme] + Self.me
        let result = try await Tool.run(arguments + ["\(server.baseURL)/page"])
        #expect(result.exit == 0, "\(result.stderr)")
        let text = options[0].hasPrefix("--trace") ? try scratch.text("trace") : result.stderr
        #expect(text.components(separatedBy: "> GET /page HTTP/1.1").count == 3, "\(text)")
        #expect(text.contains("< HTTP/1.1 401") && text.contains("< HTTP/1.1 200 OK"), "\(text)")
        #expect(text.contains("Authorization: ***"), "\(text)")
        let sent = server.log.compactMap { $0.header("Authorization") }
        let responses = sent.compactMap { DigestRealm.parts($0)?["response"] }
        let messages = sent.filter { $0.hasPrefix("NTLM TlRMTVNTUAAD") }.map { String($0.dropFirst(5)) }
        #expect(responses.count + messages.count == 1)
        // The text of a dump without its line breaks.
        let joined = text.split(separator: "\n").map { String($0.suffix(16)) }.joined()
        for secret in ["s3cr3t-pass", "bWU6czNjcjN0"] + responses + messages {
            #expect(!(text + joined + result.stdout + result.stderr).contains(secret), "\(text)")
        }
    }

    @Test(arguments: ["--digest", "--ntlm", "--anyauth"])
    func `issue 24.2: the command of --curl does the same, and names no secret`(scheme: String) async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            scheme == "--ntlm" ? NTLMServer.reply(to: request) : realm.accepts(request) ? .ok() : realm.refusal
        }
        defer { server.stop() }
        let arguments = [scheme] + Self.me + ["-d", "a=1", "\(server.baseURL)/a"]
        let planned = try await Tool.run(["--curl"] + arguments)
        #expect(planned.exit == 0 && server.requestCount == 0, "\(planned.stderr)")
        #expect(
            planned.stdout.contains(scheme) && planned.stdout.contains("-u \"${FETCHALL_USER:?}\""), "\(planned.stdout)"
        )
        #expect(!(planned.stdout + planned.stderr).contains("s3cr3t") && planned.stderr.contains("FETCHALL_USER"))
        let without = try await Tool.shell(planned.stdout)
        #expect(without.exit != 0 && server.requestCount == 0)
        let shell = try await Tool.shell(planned.stdout, environment: ["FETCHALL_USER": "me:s3cr3t-pass"])
        #expect(shell.exit == 0, "\(shell.stderr)")
        let curl = server.log
        let own = try await Tool.run(["--jsonl"] + arguments)
        #expect(own.exit == 0, "\(own.stderr)")
        let sent = server.log.dropFirst(curl.count)
        #expect(curl.count == 2 && sent.count == 2)
        func sight(_ request: LoopbackServer.Request) -> [String] {
            let fields = request.headers.map { field in
                field.name == "Authorization"
                    ? "Authorization: \(field.value.prefix { $0 != " " })" : "\(field.name): \(field.value)"
            }
            return ["\(request.method) \(request.target) \(request.body.count)"] + fields.sorted()
        }
        #expect(curl.map(sight) == sent.map(sight))
        #expect(scheme == "--ntlm" || server.log.count(where: realm.accepts) == 2)
    }

    @Test func `issue 24.2: a dry run sends nothing and shows no secret`() async throws {
        let server = try DigestRealm().server()
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        for scheme in ["--digest", "--ntlm", "--negotiate", "--anyauth"] {
            let plan = try await Tool.run(["--dry-run", scheme] + Self.me + [url])
            #expect(
                plan.exit == 0 && plan.stdout == "GET \(url)\n  Authorization: ***\n", "\(plan.stdout)\(plan.stderr)")
        }
        #expect(server.requestCount == 0)
    }
}
