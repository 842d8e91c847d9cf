import FetchHTTP
import FetchSystem
import Testing

@testable import FetchGitHub

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
