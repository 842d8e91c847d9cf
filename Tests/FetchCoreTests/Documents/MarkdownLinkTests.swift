import Testing

@testable import FetchHTML

@Suite("Links and anchors of Markdown")
struct MarkdownLinkTests {
    /// `line:column target` of each link.
    private func links(_ text: String) throws -> [String] {
        try DocumentReader.scan(Array(text.utf8), format: .markdown).links.map {
            "\($0.line):\($0.column) \($0.target)"
        }
    }

    private func anchors(_ text: String) throws -> [String] {
        try DocumentReader.scan(Array(text.utf8), format: .markdown).anchors.sorted()
    }

    @Test(
        "A link is found where its URL stands",
        arguments: [
            ("[a](b.md)", ["1:5 b.md"]),
            ("x\n\n  [a](<b c.md> \"t\")", ["3:8 b c.md"]),
            ("ünï [a](b.md)", ["1:9 b.md"]),
            ("[a](b\\_c.md?x=1&amp;y=2)", ["1:5 b_c.md?x=1&y=2"]),
            ("> one [two\n> three](four.md)", ["2:10 four.md"]),
            ("- [a](b.md)\n  - [c](d.md)", ["1:7 b.md", "2:9 d.md"]),
            ("[a](b.md) [a](b.md)", ["1:5 b.md", "1:15 b.md"]),
            ("a\r\n[b](c)\r[d](e)\n[f](g)", ["2:5 c", "3:5 e", "4:5 g"]),
            ("[a](b(c)d)", ["1:5 b(c)d"]),
            ("[a]()", ["1:5 "]),
            ("\\[a](b.md) [c](b.md)", ["1:16 b.md"]),
            ("*[a](b.md)* ~~[c](d.md)~~", ["1:6 b.md", "1:19 d.md"]),
            ("[a](b.md", []),
            ("[missing] and [x][missing]", []),
        ])
    func inline(text: String, expected: [String]) throws { #expect(try links(text) == expected) }

    @Test(
        "Autolinks are found, with and without brackets",
        arguments: [
            ("see <https://a.example/x>", ["1:6 https://a.example/x"]),
            ("<a@b.example>", ["1:2 mailto:a@b.example"]),
            ("see https://a.example/x.", ["1:5 https://a.example/x"]),
            ("www.a.example/x, b@c.example", ["1:1 http://www.a.example/x", "1:18 mailto:b@c.example"]),
            ("`https://a.example/` https://a.example/", ["1:22 https://a.example/"]),
            ("[https://a.example/](https://a.example/)", ["1:22 https://a.example/"]),
            ("(https://a.example/x_(y))", ["1:2 https://a.example/x_(y)"]),
        ])
    func autolinks(text: String, expected: [String]) throws { #expect(try links(text) == expected) }

    @Test(
        "A reference is reported once, where its definition stands",
        arguments: [
            ("[a] and [b][a]\n\n[a]: c.md \"title\"", ["3:6 c.md"]),
            ("[a]: c.md\ntext [a] [x](y)", ["1:6 c.md", "2:14 y"]),
            ("> [a]: c.md\n> text [a]", ["1:8 c.md"]),
            ("- [a]: c.md\n\n  [a]", ["1:8 c.md"]),
            ("[a]:\n   <c d.md>\n   'title'\n\n[e]: f.md", ["2:5 c d.md", "5:6 f.md"]),
            ("[a]: c.md title\n\n[a]", []),
            ("text\n[a]: c.md", []),
            ("[a]: c.md\n[b]: d.md\n# Title [a]", ["1:6 c.md", "2:6 d.md"]),
            ("[a\\]b]: c.md", ["1:9 c.md"]),
            ("Title [x](y)\n===\n[a]: c.md", ["1:11 y", "3:6 c.md"]),
            ("> ```\n> x\n[a]: b\n\n- ~~~\n  x\n[c]: d", ["3:6 b", "7:6 d"]),
            ("    code\n\n[e]: f\n\n```\n[g]: h", ["3:6 f"]),
            ("# T\n[a]: b\n***\n[e]: f\n\nT\n==\n\n[g]: h\ntext", ["2:6 b", "4:6 f", "9:6 h"]),
        ])
    func references(text: String, expected: [String]) throws { #expect(try links(text) == expected) }

    @Test(
        "Code and comments have no links",
        arguments: [
            "`[a](b)` ``[c](d) ` ``", "```\n[a](b)\n[c]: d\n```", "    [a](b)\n    [c]: d", "- ```\n  [c]: d\n  ```",
            "<!-- [a](b) <a href=\"c\"> -->", "<!--\n[a]: b\n\n[c]: d\n-->", "~~~ x\nhttps://a.example/\n~~~",
            "`<a href=b>`",
        ])
    func code(text: String) throws { #expect(try links(text).isEmpty) }

    @Test("Raw HTML is read, in blocks and in text")
    func html() throws {
        let text = """
            x <a href="b.md"
              id=one>text *x*</a> <img src='c.png'> <script> [d](e)

            > <div id="two">
            >   <a name=three href="f&amp;g">F</a>
            > </div>
            """
        let scan = try DocumentReader.scan(Array(text.utf8), format: .markdown)
        #expect(
            scan.links == [
                DocumentLink(target: "b.md", line: 1, column: 12, text: "text x"),
                DocumentLink(target: "c.png", line: 2, column: 33, isPage: false),
                DocumentLink(target: "e", line: 2, column: 54, text: "d"),
                DocumentLink(target: "f&g", line: 5, column: 25, text: "F"),
            ])
        #expect(scan.anchors == ["one", "two", "three"])
    }

    @Test("Tables, footnotes and images are read")
    func more() throws {
        #expect(
            try links("before\n| a | b |\n|---|---|\n| [c](d.md) | `x \\| y` [e\\|f](g.md) |\n")
                == ["4:7 d.md", "4:31 g.md"])
        #expect(try links("a[^1] [x](y)\n\n[^1]: Note [n](m.md)") == ["1:11 y", "3:16 m.md"])
        let scan = try DocumentReader.scan(
            Array("[![alt](i.png)](l.html) ![][r]\n\n[r]: s.png".utf8), format: .markdown)
        #expect(
            scan.links == [
                DocumentLink(target: "i.png", line: 1, column: 9, isPage: false),
                DocumentLink(target: "l.html", line: 1, column: 17, text: "alt"),
                DocumentLink(target: "s.png", line: 3, column: 6, text: "r", isPage: false),
            ])
    }

    @Test(
        "Headings have GitHub's anchors",
        arguments: [
            ("# Hello, World!", ["hello-world"]),
            ("# A\n## A\n# A", ["a", "a-1", "a-2"]),
            ("Set text\n===\n\nTwo\n---", ["set-text", "two"]),
            ("# `code_x` [link](y) *em*", ["code_x-link-em"]),
            ("# Über & Ñandú — 日本語", ["über--ñandú--日本語"]),
            ("# :tada: ![alt](i.png)x", ["tada-x"]),
            ("# C++ / C# (1.2)", ["c--c-12"]),
            ("# <a id=\"here\"></a> There", ["-there", "here"]),
            ("---\ntitle: no\n---\n# Yes", ["yes"]),
            ("```\n# no\n```", []),
        ])
    func headings(text: String, expected: [String]) throws { #expect(try anchors(text) == expected.sorted()) }

    @Test("The text of a link has its blanks joined and is cut")
    func text() throws {
        let scan = try DocumentReader.scan(
            Array("[a `b`\n c](d) [\(String(repeating: "é", count: 300))](e)".utf8), format: .markdown)
        #expect(scan.links.map(\.text) == ["a b c", String(repeating: "é", count: 200)])
    }
}
