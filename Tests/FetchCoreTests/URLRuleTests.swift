import FetchHTTP
import Testing

@Suite("issue 23.4: schemes of --proto, and names of --ip-tos")
struct URLRuleTests {
    @Test(arguments: [
        ("https", [FetchURL.Scheme.http, .https]), ("=https", [.https]), ("-http", [.https]), ("-all,https", [.https]),
        ("+http", [.http, .https]), ("=http,https", [.http, .https]), ("=all", [.http, .https]),
        ("-ftp", [.http, .https]),
        ("=HTTPS", [.https]), ("=http,=https", [.https]),
    ])
    func `a list changes what is allowed from left to right`(list: String, schemes: [FetchURL.Scheme]) {
        #expect(URLRule.schemes(list) == Set(schemes))
    }

    @Test(arguments: ["", "ftp", "=ftp", "+gopher", "-all", "-http,-https", "http,", "-", "=", "- http"])
    func `a list that is not valid, or leaves nothing, is none`(list: String) {
        #expect(URLRule.schemes(list) == nil)
    }

    @Test func `a URL is refused by its scheme and its user`() throws {
        var rule = URLRule()
        let plain = try FetchURL.parse("http://a.test/")
        let named = try FetchURL.parse("https://me@a.test/")
        #expect(rule.failure(of: plain) == nil && rule.failure(of: named) == nil)
        rule.schemes = [.https]
        #expect(rule.failure(of: plain)?.kind == .blockedScheme && rule.failure(of: named) == nil)
        rule.allowsUserName = false
        #expect(rule.failure(of: named)?.kind == .invalidURL)
    }

    @Test(arguments: [
        ("0", 0), ("255", 255), ("CS0", 0), ("cs7", 0xE0), ("AF11", 0x28), ("AF43", 0x98), ("EF", 0xB8), ("ce", 3),
        ("lowdelay", 0x10), ("256", nil), ("-1", nil), ("CS8", nil), ("AF14", nil), ("AF51", nil), ("", nil),
        ("x", nil),
    ])
    func `a type of service is a number or one of curl's names`(text: String, value: Int?) {
        #expect(SocketDetails.typeOfService(text) == value)
    }

    @Test func `POST stays POST after the statuses that are asked for, and no other`() throws {
        var policy = RedirectPolicy()
        policy.keepsPOST = [302]
        let request = Request(
            url: try FetchURL.parse("http://a.test/"), method: "POST", headers: HeaderFields(), body: [1])
        for (status, method) in [(301, "GET"), (302, "POST"), (303, "GET"), (307, "POST"), (308, "POST")] {
            var headers = HeaderFields()
            headers.append("Location", "/b")
            let response = Response(status: status, headers: headers)
            guard case .follow(let next) = policy.step(after: response, to: request, followed: 0) else {
                Issue.record("\(status) is not followed")
                continue
            }
            #expect(next.method == method && (next.body == nil) == (method == "GET"), "\(status)")
        }
    }

    @Test func `a redirect may lead to the schemes that are allowed only`() throws {
        var policy = RedirectPolicy()
        policy.schemes = [.https]
        let request = Request(
            url: try FetchURL.parse("http://a.test/"), method: "GET", headers: HeaderFields())
        for (location, isAllowed) in [("/b", false), ("https://a.test/b", true), ("http://b.test/", false)] {
            var headers = HeaderFields()
            headers.append("Location", location)
            let step = policy.step(after: Response(status: 302, headers: headers), to: request, followed: 0)
            switch step {
            case .follow: #expect(isAllowed, "\(location)")
            case .fail(let error): #expect(!isAllowed && error.kind == .blockedScheme, "\(location)")
            case .answer: Issue.record("\(location) is not followed")
            }
        }
    }
}
