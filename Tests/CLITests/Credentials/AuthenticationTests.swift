import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.2: Digest, from the server's side", .timeLimit(.minutes(20)))
struct AuthenticationTests {
    static let right = ["--digest", "-u", "me:s3cr3t-pass"]
    private static let wrong = ["--digest", "-u", "me:another-pass"]

    @Test(arguments: [
        DigestRealm(), DigestRealm(algorithm: nil), DigestRealm(quality: nil),
        DigestRealm(algorithm: nil, quality: nil),
        DigestRealm(algorithm: "SHA-256"), DigestRealm(user: "m é", password: "p:ä:\"q\\"),
        DigestRealm(password: ""), DigestRealm(realm: "a, b=c", nonce: "a/b+c=="),
    ])
    func `issue 24.2: --digest answers each form of a challenge`(realm: DigestRealm) async throws {
        let server = try realm.server()
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--body", "--digest", "-u", "\(realm.user):\(realm.password)", "\(server.baseURL)/a/b?c=d&e=%20",
        ])
        #expect(result.exit == 0 && result.stderr.isEmpty, "\(result.stdout)\(result.stderr)")
        #expect(try Row.only(result).body == "welcome")
        let log = server.log
        #expect(log.count == 2 && log.allSatisfy { $0.target == "/a/b?c=d&e=%20" })
        #expect(log.first?.values("Authorization") == [] && log.last.map(realm.accepts) == true)
        // On the connection that the challenge came on.
        #expect(Set(log.map(\.connection)).count == 1)
    }

    @Test func `issue 24.2: a wrong password is one record, with the status and exit code 4`() async throws {
        let server = try DigestRealm().server()
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl"] + Self.wrong + ["\(server.baseURL)/"])
        let row = try Row.only(result)
        #expect(result.exit == 4, "\(result.stderr)")
        #expect(row.kind == "http-status" && row.responseCode == 401 && row.numRetries == 0, "\(result.stdout)")
        #expect(server.requestCount == 2)
    }

    /// A server whose refusals have numbers, so that it shows which one is written.
    private static func numbered() throws -> LoopbackServer {
        let realm = DigestRealm()
        return try LoopbackServer { request in
            if realm.accepts(request) {
                return .response(headers: [("X-Last", "yes")], body: Array("welcome \(request.number)\n".utf8))
            }
            let body = Array("refusal \(request.number)\n".utf8)
            return realm.refusal([("X-Refusal", "\(request.number)")], body: body)
        }
    }

    @Test(arguments: [["--print", "body"], ["--print", "both"], ["-i"], ["--print", "headers"]])
    func `issue 24.2: only the last answer is written, right or wrong`(options: [String]) async throws {
        for (credentials, status, body) in [(Self.right, 200, "welcome 2\n"), (Self.wrong, 401, "refusal 2\n")] {
            let server = try Self.numbered()
            defer { server.stop() }
            let result = try await Tool.run(options + credentials + ["\(server.baseURL)/"])
            #expect((result.exit == 0) == (status == 200), "\(result.stderr)")
            #expect(server.requestCount == 2)
            let hasHead = options != ["--print", "body"]
            let hasBody = options != ["--print", "headers"]
            #expect(result.stdout.hasPrefix("HTTP/1.1 \(status)") == hasHead, "\(result.stdout)")
            #expect(result.stdout.components(separatedBy: "HTTP/1.1 ").count == (hasHead ? 2 : 1), "\(result.stdout)")
            #expect(result.stdout.hasSuffix(body) == hasBody, "\(result.stdout)")
            #expect(!result.stdout.contains("refusal 1") && !result.stdout.contains("X-Refusal: 1"), "\(result.stdout)")
        }
    }

    @Test func `issue 24.2: -D has the head of the last answer, and of a redirect to it`() async throws {
        let realm = DigestRealm()
        let server = try realm.server { request in
            request.path == "/from" ? .redirect(to: "/to", headers: [("X-From", "1")]) : .ok("welcome")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(["--jsonl", "-D", scratch("heads")] + Self.right + ["\(server.baseURL)/from"])
        #expect(result.exit == 0, "\(result.stderr)")
        let heads = try scratch.text("heads")
        let lines = heads.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("HTTP/") }
        #expect(lines == ["HTTP/1.1 302 Found", "HTTP/1.1 200 OK"], "\(heads)")
        #expect(!heads.contains("WWW-Authenticate") && !heads.contains("nonce"))
    }

    @Test func `issue 24.2: -I asks with HEAD both times`() async throws {
        let realm = DigestRealm()
        let server = try realm.server()
        defer { server.stop() }
        let result = try await Tool.run(["-I", "--jsonl"] + Self.right + ["\(server.baseURL)/"])
        #expect(try result.exit == 0 && Row.only(result).responseCode == 200, "\(result.stdout)\(result.stderr)")
        #expect(server.log.map(\.method) == ["HEAD", "HEAD"])
    }

    private static let bodies: [(options: [String], method: String, hasBody: Bool)] = [
        (["-d", "a=1&b=2"], "POST", true), (["-d", "@FILE"], "POST", true), (["--data-binary", "@FILE"], "POST", true),
        (["-T", "FILE"], "PUT", true), (["-F", "f=@FILE", "-F", "a=1"], "POST", true), (["-d", ""], "POST", false),
        (["-X", "DELETE"], "DELETE", false), (["-X", "PATCH", "-d", "x"], "PATCH", true),
        (["-X", "POST", "-T", "FILE"], "POST", true),
    ]

    @Test(arguments: bodies.indices.map { ($0, "--digest") } + [(0, "--anyauth"), (3, "--anyauth"), (4, "--anyauth")])
    func `issue 24.2: a body arrives whole, once, in the request that is accepted`(index: Int, scheme: String)
        async throws
    {
        let (options, method, hasBody) = Self.bodies[index]
        let realm = DigestRealm()
        let server = try realm.server()
        defer { server.stop() }
        let plain = try LoopbackServer { _ in .ok() }
        defer { plain.stop() }
        let scratch = try Scratch()
        // More than one piece of what libcurl reads at a time, and no line break.
        try scratch.write("file", [UInt8](repeating: 0x61, count: 200_000))
        let arguments = options.map { $0.replacing("FILE", with: scratch("file")) } + ["--jsonl"]
        #expect(try await Tool.run(arguments + ["\(plain.baseURL)/x"]).exit == 0)
        let expected = try #require(plain.log.first)
        let result = try await Tool.run(arguments + [scheme, "-u", "me:s3cr3t-pass", "\(server.baseURL)/x"])
        #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
        let accepted = server.log.filter(realm.accepts)
        #expect(accepted.count == 1 && server.log.last.map(realm.accepts) == true && server.requestCount == 2)
        let last = try #require(accepted.first)
        #expect(last.method == method && last.target == expected.target)
        // A form's boundary is another each time.
        #expect(Self.withoutBoundary(last) == Self.withoutBoundary(expected))
        #expect(last.body.isEmpty == !hasBody)
        // Digest sends no body that cannot be accepted; who asks first does not know.
        if scheme == "--digest" { #expect(server.log.first?.body == []) }
    }

    @Test(arguments: ["--digest", "--ntlm"])
    func `issue 24.2: a server that asks for nothing gets the body too, and its last answer is the one`(scheme: String)
        async throws
    {
        let server = try LoopbackServer { request in .ok("answer \(request.number) \(request.body.count)") }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run([
            "-i", "-D", scratch("heads"), scheme, "-u", "me:s3cr3t-pass", "-d", "a=1", "\(server.baseURL)/",
        ])
        #expect(result.exit == 0 && result.stdout.hasSuffix("\r\n\r\nanswer 2 3"), "\(result.stdout)\(result.stderr)")
        #expect(!result.stdout.contains("answer 1"))
        #expect(server.log.map(\.body.count) == [0, 3])
        #expect(try scratch.text("heads").components(separatedBy: "HTTP/1.1 200").count == 2)
    }

    private static func withoutBoundary(_ request: LoopbackServer.Request) -> String {
        let type = request.header("Content-Type") ?? ""
        let boundary = type.firstRange(of: "boundary=").map { String(type[$0.upperBound...]) } ?? "\0"
        return String(decoding: request.body, as: UTF8.self).replacing(boundary, with: "BOUNDARY")
    }

    @Test(arguments: [["-O"], ["-P", "."], ["-O", "-C", "-"]])
    func `issue 24.2: a saved file has the last body only, and a refused one is not there`(options: [String])
        async throws
    {
        for (credentials, text) in [(Self.right, "welcome 2\n" as String?), (Self.wrong, nil)] {
            let server = try Self.numbered()
            defer { server.stop() }
            let scratch = try Scratch()
            let result = try await Tool.run(
                options + credentials + ["\(server.baseURL)/file.txt"], directory: scratch.path)
            #expect(result.exit == (text == nil ? 4 : 0), "\(result.stdout)\(result.stderr)")
            #expect(try scratch.names() == (text == nil ? [] : ["file.txt"]))
            if let text { #expect(try scratch.text("file.txt") == text) }
        }
    }

    private struct Sizes: Decodable {
        let response_code: Int
        let size_download: Int
        let num_connects: Int
        let num_redirects: Int
        let num_retries: Int
        let error: Row.Failure?
    }

    @Test func `issue 24.2: the fields of a record are those of the last answer, and no retry or redirect`()
        async throws
    {
        for (credentials, status, size) in [(Self.right, 200, 10), (Self.wrong, 401, 10)] {
            let server = try Self.numbered()
            defer { server.stop() }
            let result = try await Tool.run(["--jsonl", "--include-headers"] + credentials + ["\(server.baseURL)/"])
            let sizes = try JSONDecoder().decode(Sizes.self, from: Data(result.bytes))
            #expect(sizes.response_code == status && sizes.size_download == size, "\(result.stdout)")
            #expect(sizes.num_connects == 1 && sizes.num_redirects == 0 && sizes.num_retries == 0)
            let row = try Row.only(result)
            #expect((row.headers?["www-authenticate"] == nil) == (status == 200), "\(result.stdout)")
            #expect(row.headers?["x-refusal"] == (status == 200 ? nil : ["2"]))
            #expect(row.url == "\(server.baseURL)/" && row.method == "GET")
        }
    }

    @Test func `issue 24.2: of a list each request is answered, with a nonce that is known after the first`()
        async throws
    {
        let realm = DigestRealm()
        let server = try realm.server()
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--max", "20"] + Self.right + ["\(server.baseURL)/[1-200]"])
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try Row.lines(result)
        #expect(rows.count == 200 && rows.allSatisfy { $0.ok && $0.sizeDownload == 7 })
        let accepted = server.log.filter(realm.accepts)
        #expect(Set(accepted.map(\.target)).count == 200 && accepted.count == 200)
        #expect(server.requestCount >= 201 && server.requestCount <= 400)
        #expect(server.peakInFlight <= 20)
        // What is known of the nonce is counted (RFC 7616 §3.4.5): no pair of nonce count and client nonce twice.
        let counts = accepted.compactMap { DigestRealm.parts($0.header("Authorization") ?? "") }
            .map { "\($0["nc"] ?? "") \($0["cnonce"] ?? "")" }
        #expect(Set(counts).count == counts.count)
    }

    @Test func `issue 24.2: two ways at once are refused, and options of Negotiate need it`() async throws {
        for (options, words) in [
            (["--digest", "--ntlm"], ["--digest", "--ntlm", "--anyauth"]),
            (["--basic", "--anyauth"], ["--basic", "--anyauth"]),
            (["--digest", "--delegation", "always"], ["--delegation", "--negotiate"]),
            (["--service-name", "HTTP"], ["--service-name", "--negotiate"]),
            (["--negotiate", "--delegation", "all"], ["--delegation", "none, policy, always"]),
        ] {
            let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
            #expect(result.isMistake(words), "\(result.stderr)")
        }
    }
}
