import FetchHTTP
import Testing

/// Where a response leads, and what goes along.
@Suite struct RedirectPolicyTests {
    private let policy = RedirectPolicy()

    private func request(
        _ url: String = "http://a.test/dir/page?q", method: String = "GET", headers: HeaderFields = HeaderFields(),
        body: [UInt8]? = nil
    ) throws -> Request {
        Request(try FetchURL.parse(url), method: method, headers: headers, body: body)
    }

    private func response(_ status: Int, _ location: String?) -> Response {
        Response(status: status, headers: HeaderFields(location.map { [("Location", $0)] } ?? []))
    }

    private func next(_ request: Request, _ location: String, status: Int = 302) throws -> Request {
        guard case .follow(let next) = policy.step(after: response(status, location), to: request, followed: 0) else {
            throw FetchError(.io, "not followed")
        }
        return next
    }

    private func failure(_ location: String, followed: Int = 0) throws -> FetchError? {
        let step = policy.step(after: response(302, location), to: try request(), followed: followed)
        if case .fail(let error) = step { return error }
        return nil
    }

    private func isAnswer(_ policy: RedirectPolicy, _ response: Response) throws -> Bool {
        if case .answer = policy.step(after: response, to: try request(), followed: 0) { return true }
        return false
    }

    @Test(arguments: [
        (301, "GET", "GET"), (301, "HEAD", "HEAD"), (301, "POST", "GET"), (301, "PUT", "PUT"),
        (301, "DELETE", "DELETE"),
        (302, "GET", "GET"), (302, "HEAD", "HEAD"), (302, "POST", "GET"), (302, "PUT", "PUT"), (302, "PATCH", "PATCH"),
        (303, "GET", "GET"), (303, "HEAD", "HEAD"), (303, "POST", "GET"), (303, "PUT", "GET"), (303, "DELETE", "GET"),
        (307, "GET", "GET"), (307, "HEAD", "HEAD"), (307, "POST", "POST"), (307, "PUT", "PUT"),
        (308, "GET", "GET"), (308, "HEAD", "HEAD"), (308, "POST", "POST"), (308, "DELETE", "DELETE"),
    ]) func changesTheMethodAsBrowsersDo(status: Int, before: String, after: String) throws {
        let body: [UInt8]? = before == "POST" || before == "PUT" ? [1, 2, 3] : nil
        let fields = HeaderFields([("Content-Type", "text/x"), ("Content-Length", "3"), ("X-Mine", "1")])
        let sent = try request(method: before, headers: fields, body: body)
        let result = try next(sent, "/next", status: status)
        #expect(result.method == after)
        #expect(result.headers["x-mine"] == "1")
        if before == after && status != 303 {
            #expect(result.body == body)
            #expect(result.headers["content-type"] == "text/x")
        }
        if before != after {
            #expect(result.body == nil)
            #expect(!result.headers.contains("content-type") && !result.headers.contains("content-length"))
        }
    }

    @Test(arguments: [200, 201, 204, 300, 304, 305, 306, 399, 400, 404, 500]) func takesOtherStatusesForTheAnswer(
        _ status: Int
    ) throws {
        #expect(try isAnswer(policy, response(status, "/next")))
    }

    @Test func takesARedirectWithoutALocationForTheAnswer() throws {
        #expect(try isAnswer(policy, response(302, nil)))
        #expect(try isAnswer(policy, response(302, "")))
        #expect(try isAnswer(policy, response(302, "  \t")))
        #expect(try isAnswer(RedirectPolicy(maxRedirects: nil), response(302, "/next")))
    }

    @Test(arguments: [
        ("/x", "http://a.test/x"), ("x", "http://a.test/dir/x"), ("../x", "http://a.test/x"),
        ("?y", "http://a.test/dir/page?y"),
        ("//b.test/x", "http://b.test/x"), ("http://b.test:81/x", "http://b.test:81/x"), ("https:/x", "https://x/"),
        ("a b", "http://a.test/dir/a%20b"), ("ü", "http://a.test/dir/%C3%BC"), ("#g", "http://a.test/dir/page?q#g"),
        ("\\\\b.test\\x", "http://b.test/x"),
    ]) func resolvesTheLocationAgainstTheRequest(location: String, expected: String) throws {
        #expect(try next(try request(), location).url.href == expected)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://a.test/x", "gopher://a.test/", "dict://a.test/", "scp://a.test/", "smb://a.test/x",
        "data:text/html,x", "javascript:alert(1)", "ldap://a.test",
    ]) func leavesHTTPForNoOtherScheme(_ location: String) throws {
        #expect(try failure(location)?.kind == .blockedScheme)
    }

    @Test(arguments: ["http://", "http://[::1/", "http://a b/", "http://a.test:99999/"])
    func failsForALocationThatIsNoURL(
        _ location: String
    ) throws {
        let error = try #require(try failure(location))
        #expect(error.kind == .invalidURL)
        #expect(error.message.hasPrefix("redirect: "))
    }

    @Test func endsAChainThatIsTooLong() throws {
        #expect(try failure("/x", followed: 9) == nil)
        let error = try #require(try failure("/x", followed: 10))
        #expect(error.kind == .tooManyRedirects)
        #expect(error.curlCode == .tooManyRedirects)
        let none = RedirectPolicy(maxRedirects: 0)
        guard case .fail = none.step(after: response(302, "/x"), to: try request(), followed: 0) else {
            Issue.record("followed a redirect though none was allowed")
            return
        }
    }

    private let secrets = HeaderFields([
        ("Authorization", "Bearer x"), ("Cookie", "a=1"), ("X-Api-Key", "k"), ("PRIVATE-TOKEN", "t"),
        ("Proxy-Authorization", "p"), ("Referer", "http://a.test/?token"), ("Accept", "text/html"), ("User-Agent", "u"),
    ])

    @Test(arguments: ["http://b.test/", "http://a.test:8080/", "https://a.test/", "//www.a.test/"])
    func takesNoSecretToAnotherOrigin(_ location: String) throws {
        let away = try next(try request(headers: secrets), location)
        #expect(away.headers.fields.map(\.name) == ["Accept", "User-Agent"])
        // And it does not come back with the next hop.
        let back = try next(away, "http://a.test/")
        #expect(back.headers.fields.map(\.name) == ["Accept", "User-Agent"])
    }

    @Test(arguments: ["/x", "http://a.test/", "http://a.test:80/", "http://A.TEST/"]) func keepsAllForTheSameOrigin(
        _ location: String
    ) throws {
        #expect(try next(try request(headers: secrets), location).headers == secrets)
    }

    @Test func usesTheCredentialsOfTheUserForTheirOriginOnly() throws {
        let sent = try request("http://user:pw@a.test/")
        #expect(try next(sent, "/x").url.href == "http://user:pw@a.test/x")
        let away = try next(sent, "http://b.test/")
        #expect(away.url.href == "http://b.test/")
        #expect(try next(away, "http://a.test/").url.href == "http://a.test/")
    }

    @Test func usesNoCredentialsThatALocationBrings() throws {
        #expect(try next(try request(), "http://evil:pw@a.test/x").url.href == "http://a.test/x")
        #expect(try next(try request(), "http://evil@b.test/x").url.href == "http://b.test/x")
        // The user's stand above the server's.
        let sent = try request("http://user:pw@a.test/")
        #expect(try next(sent, "http://evil:x@a.test/x").url.href == "http://user:pw@a.test/x")
    }

    @Test(
        arguments: [
            ("/x", "http://a.test/x#f"), ("/x#", "http://a.test/x#"), ("/x#g", "http://a.test/x#g"),
            ("", nil), ("?y", "http://a.test/dir/page?y#f"), ("http://b.test/", "http://b.test/#f"),
            ("http://u:p@b.test/", "http://b.test/#f"), ("#g", "http://a.test/dir/page?q#g"),
        ] as [(String, String?)])
    func `issue 20.13: a Location without a fragment inherits the one before`(location: String, expected: String?)
        throws
    {
        let sent = try request("http://a.test/dir/page?q#f")
        guard let expected else {
            return #expect(try isAnswer(policy, response(302, location)))
        }
        let first = try next(sent, location)
        #expect(first.url.href == expected)
        // And through the chain.
        if expected.hasSuffix("#f") { #expect(try next(first, "/end").url.fragment == "f") }
        // The password of the user's URL stays.
        let secret = try next(try request("http://me:pw@a.test/#f"), "/x")
        #expect(secret.url.href == "http://me:pw@a.test/x#f")
    }

    @Test func `issue 20.13: a fragment that would make the URL too long is not inherited`() throws {
        let sent = try request("http://a.test/#" + String(repeating: "f", count: 40_000))
        let location = "/" + String(repeating: "x", count: 40_000)
        #expect(try next(sent, location).url.href == "http://a.test" + location)
    }

    @Test(
        arguments: [
            (["/a", "/b"], nil), (["/a", "/a"], "http://a.test/a"), (["", "/a", " "], "http://a.test/a"),
            (["/a", "/A"], nil), (["/a", "http://a.test/a"], nil),
        ] as [([String], String?)])
    func `issue 20.13: two Locations that differ are a protocol error`(locations: [String], target: String?) throws {
        let fields = HeaderFields(locations.map { ("Location", $0) })
        switch policy.step(after: Response(status: 302, headers: fields), to: try request(), followed: 0) {
        case .follow(let next): #expect(next.url.href == target)
        case .fail(let error): #expect(target == nil && error.kind == .protocolError)
        case .answer: Issue.record("taken for the answer")
        }
    }

    @Test func `issue 20.12: what is left out stays so at another origin and with another method`() throws {
        var fields = secrets
        for name in ["Accept-Encoding", "X-Mine", "Content-Type"] { fields.leaveOut(name) }
        let sent = try request(method: "POST", headers: fields, body: [1])
        let away = try next(sent, "http://b.test/")
        #expect(away.method == "GET")
        #expect(away.headers.fields.map(\.name) == ["Accept", "User-Agent"])
        #expect(Set(away.headers.leftOut) == ["Accept-Encoding", "X-Mine", "Content-Type"])
    }
}
