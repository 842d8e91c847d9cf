import FetchHTML
import TestSupport
import Testing

@Suite("Hostile documents")
struct HostileDocumentTests {
    private static let deep = 20_000

    @Test(
        "Deep nesting and unclosed markup end, in every format",
        arguments: [
            "[", ">", "![", "[a](", "<a href=\"", "<!--", "`", "<a:", "- ", "http://a(", "&", "*a **b ", "<div>\n",
            "](",
        ])
    func deep(piece: String) throws {
        let count = piece == "[" || piece == ">" ? 5 * Self.deep : Self.deep
        let bytes = Array(String(repeating: piece, count: count).utf8)
        for format in DocumentFormat.allCases { _ = try DocumentReader.scan(bytes, format: format) }
    }

    @Test("Twenty thousand links are found, also when all are in one line")
    func many() throws {
        for (text, format) in [
            ("<a href=x>", DocumentFormat.html), ("[a](b) ", .markdown), ("<a href=x>y</a>\n", .markdown),
            ("http://a.example/ ", .text), ("<http://a.example/>", .markdown), ("http://a.example/ ", .markdown),
        ] {
            let scan = try DocumentReader.scan(Array(String(repeating: text, count: Self.deep).utf8), format: format)
            #expect(scan.links.count == Self.deep)
            if let last = scan.links.last, !text.utf8.contains(0x0A) {
                #expect(last.line == 1 && last.column > (Self.deep - 1) * text.utf8.count)
            }
        }
    }

    @Test("References that are not inline do not make the time quadratic")
    func references() throws {
        let text = "[a]: http://a.example/\n\n" + String(repeating: "[a] ", count: Self.deep)
        #expect(try DocumentReader.scan(Array(text.utf8), format: .markdown).links.count == 1)
    }

    @Test("A table does not become thousands of times as large as its text")
    func table() throws {
        let text =
            String(repeating: "|a", count: 5_000) + "\n" + String(repeating: "|-", count: 5_000) + "\n"
            + String(repeating: "|[x](y)\n", count: 1_000)
        #expect(try DocumentReader.scan(Array(text.utf8), format: .markdown).links.count == 1_000)
    }

    @Test("NUL and bytes that are not UTF-8 are characters, and the links around them are found")
    func bytes() throws {
        let text: [UInt8] = [0, 0xFF, 0xC3] + Array(" [a](b) http://c.example/\u{0}".utf8)
        let scan = try DocumentReader.scan(text, format: .markdown)
        #expect(scan.links.first?.column == 9)
        #expect(scan.links.count == 2)
        for format in DocumentFormat.allCases { _ = try DocumentReader.scan([], format: format) }
    }

    @Test("Random markup is read without a crash, with lines and columns that exist", arguments: 0..<60)
    func random(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let pieces = [
            "[", "]", "(", ")", "a", "`", "``", "<", ">", "\n", "\r\n", "> ", "- ", "|", "|-|-|\n", "# ", "[a]: ",
            "http://x.y/",
            "<a href='", "'>", "</a>", "<!--", "-->", "\\", "&amp;", "é", " ", "\t", "***", "---\n", "[^1]", "[^1]: ",
            "\u{0}",
            "<div>", "1. ", "    ", "![", "\"",
        ]
        let text = (0..<200).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for format in DocumentFormat.allCases {
            for link in try DocumentReader.scan(Array(text.utf8), format: format).links {
                #expect(link.line >= 1 && link.line <= lines.count)
                let width = lines[link.line - 1].unicodeScalars.count
                #expect(link.column >= 1 && link.column <= width + 1)
            }
        }
    }
}
