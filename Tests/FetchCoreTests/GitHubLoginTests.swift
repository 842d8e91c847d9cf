import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("A login is one segment of a path, whatever was written")
struct GitHubLoginTests {
    @Test(arguments: [
        "a", "octocat", "Octo-Cat", "0", "a-b-c", "octo_corp", "a-b_corp", "dependabot[bot]",
        String(repeating: "x", count: 39), String(repeating: "x", count: 39) + "[bot]",
    ])
    func `what GitHub gives out is a login`(text: String) throws {
        #expect(try GitHubLogin(text).text == text)
    }

    @Test(arguments: [
        "", " ", "-", "--", "_", "-_-", "a b", "a/b", "a/../b", "..", ".", "a%2F", "a?b", "a#b", "@", "@@octocat",
        "@a/b",
        "a\\b", "[bot]", "a[bot]b", "é", "a\u{0}", "a\n", "http://evil/", "-[bot]",
        "https://github.com/", "https://github.com/a/b", "https://github.com//a", "https://github.com/@a",
        "https://github.com.evil/a", "https://evil/github.com/a", "https://github.com:444/a", "ftp://github.com/a",
        "https://user@github.com/a", "https://github.com/a%2Fb", "https://github.com/a//",
        String(repeating: "x", count: 40), String(repeating: "x", count: 100_000),
    ])
    func `everything else is refused, with what would be right`(text: String) {
        let failure = #expect(throws: ParseFailure.self) { try GitHubLogin(text) }
        #expect(failure?.message.contains("letters, digits, hyphens and underscores") == true)
        #expect((failure?.message.utf8.count ?? 0) < 300)
    }

    @Test(arguments: [
        "foo-", "-DNA-", "gil--", "0----0", "login_company", "name[bot]", "-a", "a-", "a--b", "_a", "a_", "a-_b",
    ])
    func `issue 20.19: logins of old accounts, enterprises and apps are asked for as they are`(text: String) throws {
        let login = try GitHubLogin(text)
        #expect(login.text == text)
        #expect(try GitHubAPI().user(login).get().url.path == "/users/" + login.pathSegment)
        #expect(login.pathSegment.replacing("%5B", with: "[").replacing("%5D", with: "]") == text)
    }

    @Test(arguments: [
        "@octocat", "https://github.com/octocat", "http://github.com/octocat", "https://www.github.com/octocat",
        "github.com/octocat", "https://github.com/octocat/", "HTTPS://GitHub.com/octocat",
        "https://github.com/octocat?tab=repositories", "https://github.com/octocat#readme",
    ])
    func `issue 20.19: a mention and the address of a profile are the login`(text: String) throws {
        #expect(try GitHubLogin(text).text == "octocat")
        let list = GitHubLoginList(["octocat", text])
        #expect(list.logins.map(\.text) == ["octocat"])
        #expect(try GitHubLogin("@-a-").text == "-a-")
    }

    @Test func `no text that passes changes host, path or query`() throws {
        var random = SeededRandom(seed: 95)
        let alphabet = Array("aZ09-_[]bot./%?#@:\\ é").map(String.init) + ["https://github.com/", "github.com/"]
        let api = try GitHubAPI()
        var count = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }.joined()
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

    @Test func `logins differ in more than case, and each line of a list has its record`() {
        let list = GitHubLoginList(["A", "b", "a", "no/login", "B"])
        #expect(list.logins.map(\.text) == ["A", "b"])
        #expect(list.invalid.map(\.index) == [3])
        #expect(list.invalid.first?.error?.kind == .invalidURL)
        let finished = GitHubRun.Finished(target: 0, result: .failure(FetchError(.cancelled, "")))
        #expect(list.records(of: finished).map(\.index) == [0, 2])
        #expect(list.records(of: finished).map(\.login) == ["A", "a"])
    }
}
