import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.2: challenges that are odd, and ways that authenticate a connection", .timeLimit(.minutes(20)))
struct ChallengeFaultTests {
    private static let me = ["-u", "me:s3cr3t-pass"]

    /// A refusal with a body of 1 MB, by its length or in chunks.
    private static func large(_ realm: DigestRealm, isChunked: Bool) -> LoopbackServer.Reply {
        let body = [UInt8](repeating: 0x78, count: 1 << 20)
        guard isChunked else { return realm.refusal(body: body) }
        let head =
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(realm.challenge)\r\nTransfer-Encoding: chunked\r\n\r\n"
        return .raw(Array(head.utf8) + LoopbackServer.chunked(body, size: 10_000), then: .keep)
    }

    @Test(arguments: [false, true], ["--digest", "--anyauth"])
    func `issue 24.2: the body of a challenge may be large and chunked, and is no part of the answer`(
        isChunked: Bool, scheme: String
    ) async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            realm.accepts(request) ? .ok("welcome") : Self.large(realm, isChunked: isChunked)
        }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        // A limit holds for the answer.
        let right = try await Tool.run(["--jsonl", "--body", scheme, "--max-filesize", "10"] + Self.me + [url])
        let row = try Row.only(right)
        #expect(right.exit == 0 && row.body == "welcome" && row.sizeDownload == 7, "\(right.stdout)\(right.stderr)")
        let wrong = try await Tool.run(["--print", "body", scheme, "-u", "me:x", url])
        #expect(wrong.exit == 4 && wrong.bytes == [UInt8](repeating: 0x78, count: 1 << 20), "\(wrong.stderr)")
    }

    @Test(arguments: [
        "Content-Length: 6\r\nContent-Length: 7\r\n", "Content-Length: -1\r\n", "Transfer-Encoding : chunked\r\n",
        "X-A\r\nContent-Length: 6\r\n", " folded: 1\r\nContent-Length: 6\r\n",
    ])
    func `issue 24.2: a challenge whose head is malformed is refused and not answered`(fields: String) async throws {
        let realm = DigestRealm()
        let server = try LoopbackServer { request in
            realm.accepts(request)
                ? .ok()
                : .raw(
                    "HTTP/1.1 401 Unauthorized\r\n\(fields)WWW-Authenticate: \(realm.challenge)\r\n\r\ndenied",
                    then: .keep)
        }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry", "0", "--digest"] + Self.me + ["\(server.baseURL)/"])
        #expect(result.exit != 0)
        #expect(try Row.only(result).kind == "protocol-error", "\(result.stdout)")
        #expect(server.log.map { $0.values("Authorization") } == [[]])
    }

    @Test func `issue 24.2: a server that calls each nonce stale is left after eight challenges`() async throws {
        let server = try LoopbackServer { request in
            .response(
                status: 401,
                headers: [
                    ("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\(request.number)\", qop=\"auth\", stale=true")
                ], body: Array("stale".utf8))
        }
        defer { server.stop() }
        for options in [[], ["-m", "0"], ["-m", "0", "--retry-all-errors"]] {
            let before = server.requestCount
            let result = try await Tool.run(
                ["--jsonl", "--retry", "0", "--digest"] + options + Self.me + ["\(server.baseURL)/"])
            let row = try Row.only(result)
            #expect(result.exit != 0 && row.kind == "protocol-error", "\(result.stdout)\(result.stderr)")
            #expect(row.error?.message.contains("authentication more than 8 times") == true, "\(result.stdout)")
            #expect(server.requestCount - before < 20 && server.requestCount - before > 2)
        }
    }

    @Test func `issue 24.2: a challenge that ends in the middle is answered, and an answer that does is a failure`()
        async throws
    {
        let realm = DigestRealm()
        let cut = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(realm.challenge)\r\nContent-Length: 100\r\n\r\nden"
        let server = try LoopbackServer { realm.accepts($0) ? .ok("welcome") : .raw(cut) }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let right = try await Tool.run(["--jsonl", "--body", "--retry", "0", "--digest"] + Self.me + [url])
        #expect(try right.exit == 0 && Row.only(right).body == "welcome", "\(right.stdout)\(right.stderr)")
        let wrong = try await Tool.run(["--jsonl", "--retry", "0", "--digest", "-u", "me:x", url])
        #expect(try wrong.exit != 0 && Row.only(wrong).kind == "truncated", "\(wrong.stdout)")
        #expect(server.requestCount == 4)
    }

    @Test(arguments: [("--digest", 401), ("--anyauth", 401), ("--digest", 200)])
    func `issue 24.2: a challenge without an end is ended, without a limit of time too`(scheme: String, status: Int)
        async throws
    {
        let realm = DigestRealm()
        let chunk = Array("4000\r\n".utf8) + [UInt8](repeating: 0x78, count: 0x4000) + Array("\r\n".utf8)
        let server = try LoopbackServer { _ in
            LoopbackServer.Reply([
                .text(
                    "HTTP/1.1 \(status) Status\r\nWWW-Authenticate: \(realm.challenge)\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"),
                .flood(chunk, times: nil),
            ])
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--retry", "0", "-m", "0", scheme] + Self.me
                // The body is kept back until it is known whether it is accepted.
                + (status == 200 ? ["-d", "a=1"] : []) + ["\(server.baseURL)/"])
        let row = try Row.only(result)
        #expect(result.exit != 0 && row.kind == "too-large", "\(result.stdout)\(result.stderr)")
        #expect(row.error?.message.contains("challenge") == true && server.requestCount == 1)
    }

    @Test func `issue 24.2: a part is continued after a challenge, and a refusal leaves it as it is`() async throws {
        let realm = DigestRealm()
        let whole = ServedFile(ServedFile.bytes(4 << 20))
        let server = try LoopbackServer { request in
            var file = whole
            if request.header("Range") == nil { file.cut = 3 << 20 }
            return realm.accepts(request) ? file.reply(to: request) : realm.refusal
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let continued = ["-O", "-C", "-", "--retry", "0", "--digest", "\(server.baseURL)/f.bin"]
        let first = try await Tool.run(continued + Self.me, directory: scratch.path)
        #expect(first.exit == 1, "\(first.stdout)\(first.stderr)")
        let parts = try scratch.names()
        let part = try scratch.bytes("f.bin.part")
        #expect(parts == ["f.bin.part", "f.bin.part.json"] && !part.isEmpty && whole.content.starts(with: part))
        let wrong = try await Tool.run(continued + ["-u", "me:x"], directory: scratch.path)
        #expect(wrong.exit == 4, "\(wrong.stdout)\(wrong.stderr)")
        #expect(try scratch.names() == parts && scratch.bytes("f.bin.part") == part)
        let last = try await Tool.run(continued + Self.me, directory: scratch.path)
        #expect(last.exit == 0, "\(last.stdout)\(last.stderr)")
        #expect(try scratch.names() == ["f.bin"] && scratch.bytes("f.bin") == whole.content)
        #expect(server.log.last?.header("Range") == "bytes=\(part.count)-" && server.requestCount == 6)
    }

    @Test func `issue 24.2: segments of a file are asked for with Digest each`() async throws {
        let realm = DigestRealm()
        let file = ServedFile(ServedFile.bytes(6 << 20))
        let server = try realm.server { file.reply(to: $0) }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["-O", "--segments", "4", "--digest"] + Self.me + ["\(server.baseURL)/f.bin"], directory: scratch.path)
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(try scratch.names() == ["f.bin"] && scratch.bytes("f.bin") == file.content)
        #expect(server.log.filter(realm.accepts).count > 3)
    }

    @Test(arguments: ["--digest", "--ntlm", "--negotiate", "--anyauth"])
    func `issue 24.2: without a user, and without a way that both know, the 401 is the answer`(scheme: String)
        async throws
    {
        let server = try LoopbackServer { _ in
            .response(status: 401, headers: [("WWW-Authenticate", "Bearer realm=\"b\"")], body: Array("no".utf8))
        }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        for user in [[], Self.me] {
            let before = server.requestCount
            let result = try await Tool.run(["--print", "body", scheme] + user + [url])
            #expect(result.exit == 4 && result.stdout == "no", "\(result.stdout)\(result.stderr)")
            #expect(server.requestCount - before <= 2)
        }
    }

    @Test func `issue 24.2: Negotiate without a ticket ends with the 401`() async throws {
        let server = try LoopbackServer { _ in
            .response(status: 401, headers: [("WWW-Authenticate", "Negotiate")], body: Array("no".utf8))
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let environment = ["KRB5CCNAME": scratch("none"), "KRB5_CONFIG": "/dev/null"]
        for scheme in ["--negotiate", "--anyauth"] {
            let before = server.requestCount
            let result = try await Tool.run(
                ["--jsonl", scheme, "-u", ":", "\(server.baseURL)/"], environment: environment)
            let row = try Row.only(result)
            #expect(result.exit == 4 && row.responseCode == 401, "\(result.stdout)\(result.stderr)")
            #expect(server.requestCount - before <= 2)
            #expect(result.duration < .seconds(25))
        }
    }

    @Test func `issue 24.2: NTLM takes two requests on one connection, with the body in the second`() async throws {
        let server = try LoopbackServer { NTLMServer.reply(to: $0) }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--body", "--ntlm", "-d", "a=1"] + Self.me + ["\(server.baseURL)/"])
        #expect(try result.exit == 0 && Row.only(result).body == "welcome", "\(result.stdout)\(result.stderr)")
        #expect(server.log.map(NTLMServer.kind) == [.negotiate, .authenticate("me")])
        #expect(server.log.map { String(decoding: $0.body, as: UTF8.self) } == ["", "a=1"])
        #expect(server.connectionCount == 1)
        let wrong = try await Tool.run(["--jsonl", "--ntlm", "-u", "you:x", "\(server.baseURL)/"])
        #expect(try wrong.exit == 4 && Row.only(wrong).responseCode == 401, "\(wrong.stdout)")
        #expect(server.requestCount == 4)
    }

    @Test(arguments: [1, 4])
    func `issue 24.2: a connection that NTLM authenticated is used for no other request`(max: Int) async throws {
        let server = try LoopbackServer { NTLMServer.reply(to: $0, users: ["me", "you"]) }
        defer { server.stop() }
        // me:s3cr3t-pass and you:s3cr3t-two
        let fields = ["Basic bWU6czNjcjN0LXBhc3M=", "Basic eW91OnMzY3IzdC10d28="]
        let list = (0..<12).map { index in
            let headers = index % 3 == 2 ? "" : ",\"headers\":{\"Authorization\":\"\(fields[index % 3])\"}"
            return "{\"url\":\"\(server.baseURL)/\(["me", "you", "none"][index % 3])/\(index)\"\(headers)}\n"
        }
        let result = try await Tool.run(["--jsonl", "--max", "\(max)", "--ntlm", "-"], stdin: list.joined())
        #expect(try Row.lines(result).allSatisfy { $0.ok != $0.url.contains("/none/") }, "\(result.stdout)")
        var owners: [Int: String] = [:]
        for request in server.log {
            // Nothing comes on a connection after the request that authenticated it.
            #expect(owners[request.connection] == nil, "\(request.path) after \(owners[request.connection] ?? "")")
            guard case .authenticate(let user) = NTLMServer.kind(request) else { continue }
            #expect(request.path.hasPrefix("/\(user)/"), "\(request.path) \(user)")
            owners[request.connection] = request.path
        }
        #expect(owners.count == 8)
    }

    @Test func `issue 24.2: both requests of NTLM count in the rate`() async throws {
        let server = try LoopbackServer { NTLMServer.reply(to: $0) }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--max", "1", "--rate", "3/1s", "--ntlm"] + Self.me + ["\(server.baseURL)/[1-3]"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        let firsts = server.log.filter { NTLMServer.kind($0) == .negotiate }.map(\.receivedAt)
        #expect(firsts.count == 3 && server.requestCount == 6)
        guard firsts.count == 3 else { return }
        #expect(firsts[2] - firsts[0] >= .milliseconds(900))
    }

    @Test func `issue 24.2: challenges of Digest count in the rate too`() async throws {
        let server = try LoopbackServer { request in
            // Each nonce is good for the next request only, so that each URL takes two.
            let last = DigestRealm(nonce: "n\(request.number - 1)")
            return last.accepts(request) ? .ok() : DigestRealm(nonce: "n\(request.number)", isStale: true).refusal
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--max", "1", "--rate", "4/1s", "--digest"] + Self.me + ["\(server.baseURL)/[1-3]"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        #expect(server.log.map(\.target) == ["/1", "/1", "/2", "/2", "/3", "/3"])
        guard server.requestCount == 6 else { return }
        #expect(server.log[4].receivedAt - server.log[0].receivedAt >= .milliseconds(900))
    }
}
