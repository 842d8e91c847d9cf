import FetchSystem
import Testing

@testable import FetchGitHub

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
