import TestSupport
import Testing

@testable import FetchCore

@Suite("A login is one segment of a path, whatever was written")
struct GitHubLoginTests {
    @Test(arguments: [
        "a", "octocat", "Octo-Cat", "0", "a-b-c", "octo_corp", "a-b_corp", "dependabot[bot]",
        String(repeating: "x", count: 39),
    ])
    func `what GitHub gives out is a login`(text: String) throws {
        #expect(try GitHubLogin(text).text == text)
    }

    @Test(arguments: [
        "", " ", "-", "--", "-a", "a-", "a--b", "a b", "a/b", "a/../b", "..", ".", "a%2F", "a?b", "a#b", "@octocat",
        "a\\b", "[bot]", "a[bot]b", "é", "a\u{0}", "a\n", "http://evil/", "_a", "a_", "a-_b",
        String(repeating: "x", count: 40), String(repeating: "x", count: 100_000),
    ])
    func `everything else is refused, with what would be right`(text: String) {
        let failure = #expect(throws: ParseFailure.self) { try GitHubLogin(text) }
        #expect(failure?.message.contains("letters, digits and single hyphens") == true)
        #expect((failure?.message.utf8.count ?? 0) < 300)
    }

    @Test func `no text that passes changes host, path or query`() throws {
        var random = SeededRandom(seed: 95)
        let alphabet = Array("aZ09-_[]bot./%?#@:\\ é")
        let api = try GitHubAPI()
        var count = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
            guard let login = try? GitHubLogin(text) else { continue }
            count += 1
            let url = try api.user(login).get().url
            #expect(url.origin.serialization == "https://api.github.com")
            #expect(url.path.split(separator: "/").count == 2)
            #expect(url.path.hasPrefix("/users/"))
            #expect(url.query == nil && url.fragment == nil)
        }
        #expect(count > 100)
    }

    @Test func `logins differ in more than case, and each place of a list has its record`() {
        let list = GitHubLoginList(["A", "b", "a", "no/login", "B"])
        #expect(list.logins.map(\.text) == ["A", "b"])
        #expect(list.invalid.map(\.index) == [3])
        #expect(list.invalid.first?.error?.kind == .invalidURL)
        let finished = GitHubRun.Finished(target: 0, result: .failure(FetchError(.cancelled, "")))
        #expect(list.records(of: finished).map(\.index) == [0, 2])
        #expect(list.records(of: finished).map(\.login) == ["A", "a"])
    }
}

@Suite("A token is sent to the API and shown to nobody")
struct GitHubTokenTests {
    @Test func `a token hides from every description`() throws {
        let token = try GitHubToken(" s3cret\r\n")
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(describing: token), String(reflecting: token), dumped, "\([token])"] {
            #expect(!text.contains("s3cret"))
        }
        #expect(token.secret == "s3cret")
    }

    @Test(arguments: ["", " \n", "two words", "two\nlines", "quote\"", "back\\slash", "esc\u{1B}", "é"])
    func `what is no token is refused without being shown`(text: String) {
        let failure = #expect(throws: ParseFailure.self) { try GitHubToken(text) }
        #expect(failure?.message.contains("two") == false && failure?.message.contains("slash") == false)
    }

    @Test(arguments: [
        ("", ""), ("abc", "***"), ("xabcy", "x***y"), ("abcabc", "******"), ("aabc", "a***"), ("ab", "ab"),
        ("abcab", "***ab"), ("ababc", "ab***"),
    ])
    func `a token is replaced wherever it occurs`(text: String, expected: String) throws {
        #expect(try GitHubToken("abc").hidden(in: text) == expected)
    }
}

@Suite("Requests say what api.github.com wants to hear")
struct GitHubAPITests {
    @Test func `requests go to the public API with its version and media type`() throws {
        let api = try GitHubAPI(token: try GitHubToken("t"))
        let request = try api.user(try GitHubLogin("octocat")).get()
        #expect(request.url.href == "https://api.github.com/users/octocat")
        #expect(request.headers["accept"] == "application/vnd.github+json")
        #expect(request.headers["x-github-api-version"] == "2022-11-28")
        #expect(request.headers["authorization"] == "Bearer t")
        #expect(try api.rateLimit().get().url.href == "https://api.github.com/rate_limit")
        #expect(
            try api.repositories(of: try GitHubLogin("x[bot]")).get().url.href
                == "https://api.github.com/users/x%5Bbot%5D/repos?per_page=100&type=owner&sort=full_name")
        #expect(try GitHubAPI().user(try GitHubLogin("a")).get().headers["authorization"] == nil)
    }

    @Test(arguments: [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com/graphql"),
        ("https://ghe.example/api/v3", "https://ghe.example/api/graphql"),
        ("https://ghe.example/api/v3/", "https://ghe.example/api/graphql"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"),
    ])
    func `GraphQL is beside REST`(base: String, expected: String) throws {
        let api = try GitHubAPI(url: base, token: try GitHubToken("t"))
        let request = try api.users([try GitHubLogin("a")]).get()
        #expect(request.url.href == expected)
        #expect(request.method == "POST")
        #expect(request.headers["content-type"] == "application/json")
    }

    @Test(arguments: [
        "api.github.com", "ftp://x/", "https://user:pass@x/", "https://x/?a", "https://x/#a", "http://ghe.example/",
        "http://10.0.0.1/", "http://127.0.0.1.evil.example/",
    ])
    func `an address that would show the token, or is none, is refused`(url: String) {
        let failure = #expect(throws: ParseFailure.self) { try GitHubAPI(url: url, token: try GitHubToken("t")) }
        #expect(failure?.message.contains("pass") == false)
    }

    @Test func `without a token plain http is the user's choice`() throws {
        #expect(try !GitHubAPI(url: "http://ghe.example/").isAuthenticated)
        let fields = HeaderFields([("Authorization", "Bearer own")])
        #expect(throws: ParseFailure.self) { try GitHubAPI(url: "http://ghe.example/", headers: fields) }
        let api = try GitHubAPI(token: try GitHubToken("t"), headers: fields)
        #expect(try api.rateLimit().get().headers.values(of: "authorization") == ["Bearer own"])
    }
}
