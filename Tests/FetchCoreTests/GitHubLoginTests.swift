import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchGitHub

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
