import FetchSystem
import Testing

@testable import FetchCrawl

@Suite("Patterns of paths")
struct PathPatternTests {
    @Test(
        "A pattern fits a path",
        arguments: [
            ("*.md", "a.md"), ("*.md", "a/b.md"), ("a/*.md", "a/b.md"), ("a/**/b", "a/b"), ("a/**/b", "a/c/d/b"),
            ("**/b", "b"),
            ("**/b", "a/b"), ("a/**", "a/b/c"), ("?.md", "é.md"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[]a]", "]"),
            ("{a,b}/{c,d{e,f}}.md", "b/df.md"), ("a{,b}c", "ac"), ("\\*", "*"), ("a**b", "axxb"), ("**", "a/b"),
            ("a/*/c", "a/b/c"),
            ("{docs/**,x}/*.md", "docs/a/b.md"), ("[\\]]", "]"), ("node_modules", "a/node_modules"),
            ("a-[0-9][0-9]", "a-42"),
        ])
    func fits(pattern: String, path: String) throws { #expect(try PathPattern(pattern).matches(path)) }

    @Test(
        "A pattern does not fit another path",
        arguments: [
            ("*.md", "a.mdx"), ("a/*.md", "a/b/c.md"), ("a/*.md", "x/a/b.md"), ("a/**", "a"), ("?.md", "/.md"),
            ("[a-c]x", "dx"),
            ("[!a]", "/"), ("a/**/b", "ab"), ("**/b", "ab"), ("{a,b}", "c"), ("\\*", "a"), ("a*b", "a/b"),
            ("A", "a"),
        ])
    func fitsNot(pattern: String, path: String) throws {
        #expect(try !PathPattern(pattern, isAnchored: true).matches(path))
    }

    @Test(
        "A pattern that is not valid is refused",
        arguments: [
            "", "[a", "[z-a]", "{a", "a}", String(repeating: "{", count: 20), String(repeating: "a", count: 5000),
        ])
    func invalid(pattern: String) { #expect(throws: ParseFailure.self) { try PathPattern(pattern) } }

    @Test("A hostile pattern takes linear time")
    func hostile() throws {
        let path = String(repeating: "a", count: 1000)
        #expect(try !PathPattern(String(repeating: "*a", count: 50) + "b").matches(path))
        #expect(
            try !PathPattern(String(repeating: "**/", count: 50) + "b").matches(String(repeating: "a/", count: 200)))
        #expect(try PathPattern(String(repeating: "{a,aa}", count: 50)).matches(String(repeating: "a", count: 75)))
    }

    @Test("Rules are those of gitignore")
    func ignoreRules() {
        let rules = IgnoreRules(
            Array(
                "# comment\n\n*.log\r\n!keep.log\n/top\nsub/x\nbuild/\n\\#a\n\\!b\ntrail\\ \n**/deep/*.md\n[z-a]\n{a,b}"
                    .utf8))
        for (path, isFolder, expected) in [
            ("a.log", false, true), ("d/a.log", false, true), ("d/keep.log", false, false), ("top", false, true),
            ("d/top", false, nil), ("sub/x", true, true), ("d/sub/x", false, nil), ("build", true, true),
            ("build", false, nil),
            ("d/build", true, true), ("#a", false, true), ("!b", false, true), ("trail ", false, true),
            ("deep/x.md", false, true),
            ("a/deep/x.md", false, true), ("# comment", false, nil), ("a", false, nil), ("{a,b}", false, true),
        ] as [(String, Bool, Bool?)] {
            #expect(rules.isLeftOut(path, isFolder: isFolder) == expected, "\(path)")
        }
    }
}
