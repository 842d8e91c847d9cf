import FetchSystem
import TestSupport
import Testing

@testable import FetchHTML

/// Regular expressions for URLs.
@Suite struct URLPatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool { try URLPattern(pattern).matches(text) }

    @Test(
        "Matches as every engine would",
        arguments: [
            ("", "x", true), ("abc", "xxabcxx", true), ("abc", "ab", false), ("^abc", "abcx", true),
            ("^abc", "xabc", false),
            ("abc$", "xabc", true), ("abc$", "abcx", false), ("^$", "", true), ("^$", "x", false), ("a.c", "a/c", true),
            ("a*b", "b", true), ("a+b", "b", false), ("^a?b$", "ab", true), ("^a?b$", "aab", false),
            ("a|b|cd", "xcd", true), ("^(a|b)+$", "abba", true), ("^(a|b)+$", "abca", false), ("(?:a|b)c", "bc", true),
            ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true),
            ("^a{2,}$", "aaaaa", true), ("^a{0}$", "", true), ("a{x}", "a{x}", true), ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false), ("[]x]", "]", true), ("[a\\]]", "]", true), ("[a-]", "-", true),
            ("[.]", "a", false),
            ("^[[:digit:][:upper:]_]+$", "A_1", true), ("\\d{4}/\\d\\d", "/2024/05/", true),
            ("\\w+\\.html", "a.html", true),
            ("\\bfoo\\b", "/foo/", true), ("\\bfoo\\b", "/food/", false), ("o\\Bo", "foo", true), ("\\.", "a", false),
            ("[\\d]", "5", true), ("[\\D]", "5", false), ("(a*)*b", "aaab", true), ("(a|)*c", "c", true),
            ("()x", "x", true),
            ("a+?b", "aab", true), ("(?i)ABC", "xabc", true), ("(?i)[a-c]", "B", true), ("ABC", "abc", false),
            ("/bücher/", "http://a/b%C3%BCcher/", true), ("/bücher/", "http://a/b%c3%bccher/", true),
            ("a||b", "", true),
            ("^(abc|abd)$", "abd", true), ("(^a|b$)", "xb", true), ("x(y|z){2}$", "xyz", true),
        ])
    func examples(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "What it does not know is refused with the position",
        arguments: [
            "(", ")", "a)", "[a", "[b-a]", "*a", "a|*", "\\1", "(a)\\1", "(?=a)", "(?<n>a)", "a{3,2}", "a{2000}", "\\q",
            "\\", "[[:foo:]]", "[é]", "a{2", "^*", "[a-\\d]",
        ])
    func refusals(_ pattern: String) {
        #expect(throws: ParseFailure.self) { try URLPattern(pattern) }
    }

    @Test func sizesAreBounded() {
        #expect(throws: ParseFailure.self) { try URLPattern(String(repeating: "a", count: 1_001)) }
        #expect(throws: ParseFailure.self) { try URLPattern("((a{100}){100}){100}") }
        #expect(throws: ParseFailure.self) {
            try URLPattern(String(repeating: "(", count: 100) + String(repeating: ")", count: 100))
        }
    }

    @Test(
        "No expression takes long",
        arguments: ["(a+)+$", "(a|a)*b", "(.*)*x", "(a?){50}a{50}", "(.*,){11}P", "^(([a-z])+.)+[A-Z]$"])
    func hostile(_ pattern: String) throws {
        let pattern = try URLPattern(pattern)
        let text = "http://" + String(repeating: "a", count: 2_000) + "!"
        let start = ContinuousClock.now
        _ = pattern.matches(text)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    /// A matcher that tries everything, for expressions of a few characters.
    @Test("Agrees with plain backtracking", arguments: [1, 2, 3] as [UInt64])
    func agrees(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var compared = 0
        for _ in 0..<1_500 {
            let pieces = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                let letter = ["a", "b", ".", "[ab]", "[^a]"].randomElement(using: &generator) ?? "a"
                return (letter, ["", "", "*", "+", "?"].randomElement(using: &generator) ?? "")
            }
            let text = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                ["a", "b", "c"].randomElement(using: &generator) ?? "a"
            }.joined()
            let pattern = "^" + pieces.map { $0.0 + $0.1 }.joined() + "$"
            compared += 1
            let expected = Self.backtrack(pieces[...], Array(text)[...])
            #expect(try matches(pattern, text) == expected, "\(pattern) \(text)")
        }
        #expect(compared == 1_500)
    }

    private static func backtrack(_ pieces: ArraySlice<(String, String)>, _ text: ArraySlice<Character>) -> Bool {
        guard let (letter, repetition) = pieces.first else { return text.isEmpty }
        func fits(_ character: Character) -> Bool {
            switch letter {
            case ".": true
            case "[ab]": character == "a" || character == "b"
            case "[^a]": character != "a"
            default: character == Character(letter)
            }
        }
        let rest = pieces.dropFirst()
        let least = repetition == "" || repetition == "+" ? 1 : 0
        let most = repetition == "" || repetition == "?" ? 1 : text.count
        var taken = 0
        while true {
            if taken >= least, backtrack(rest, text.dropFirst(taken)) { return true }
            guard taken < most, let next = text.dropFirst(taken).first, fits(next) else { return false }
            taken += 1
        }
    }
}
