import FetchHTTP
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchHTML

/// Where links depend on the tree of a page (WHATWG HTML §13.2.6).
@Suite("HTML as a browser without scripts reads it") struct HTMLTreeTests {
    /// The paths of the links of a page.
    private func links(_ html: String) throws -> [String] {
        let base = try FetchURL.parse("http://a/")
        return LinkExtractor.extract(Array(html.utf8), base: base, contentType: "text/html").links.map(\.url.path)
    }

    @Test("issue 21.12: the content of a template is not a part of the page")
    func templates() throws {
        let cases: [(String, [String])] = [
            ("<template><a href='/{{ url }}'>x</a></template><a href=/1>", ["/1"]),
            ("<template><div><a href=/no></template><a href=/1>", ["/1"]),
            ("<template><template><a href=/no></template><a href=/no></template><a href=/1>", ["/1"]),
            ("<template></div></body><a href=/no></p><a href=/no></template><a href=/1>", ["/1"]),
            ("<table><tr><template><td><a href=/no></td></template></tr></table><a href=/1>", ["/1"]),
            ("<template><script>'</template>'</script><a href=/no></template><a href=/1>", ["/1"]),
            ("<template><svg><a href=/no></template><a href=/1>", ["/1"]),
            ("<template><base href=/no/><meta name=robots content=none></template><a href=1>", ["/1"]),
            ("<template><iframe src=/no></iframe><a href=/no></template></template><iframe src=/1></iframe>", ["/1"]),
            // An end tag without a template, one that is not closed, and one of SVG.
            ("</template><a href=/1>", ["/1"]), ("<a href=/1><template><a href=/no>", ["/1"]),
            ("<svg><template><a href=/1></a></template></svg>", ["/1"]),
            // Browsers without scripts show a shadow root.
            ("<div><template shadowrootmode=open><a href=/1></template></div><a href=/2>", ["/1", "/2"]),
            ("<div><template shadowrootmode=other><a href=/no></template></div><a href=/2>", ["/2"]),
        ]
        for (html, expected) in cases { #expect(try links(html) == expected, "\(html)") }
        let page = LinkExtractor.extract(
            Array("<template><title>no</title></template><title>yes</title>".utf8),
            base: try FetchURL.parse("http://a/"),
            contentType: nil)
        #expect(page.title == "yes")
    }

    @Test("issue 21.12: elements of HTML break out of svg and math, and text and CDATA follow the namespace")
    func foreign() throws {
        let cases: [(String, [String])] = [
            // Style and title of SVG contain elements, those of HTML text.
            ("<svg><style><a href=/1></style></svg>", ["/1"]), ("<svg><title><a href=/1></title></svg>", ["/1"]),
            ("<style><a href=/no></style><a href=/1>", ["/1"]), ("<math><style><a href=/1></style>", ["/1"]),
            ("<svg><p><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<svg><g><img><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<svg></p><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<svg></br><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<svg><font><style><a href=/1></style>", ["/1"]),
            ("<svg><font color=red><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<div><svg><g></div><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<svg><g></div><style><a href=/1></style>", ["/1"]),
            ("<b><dd><math><g></b><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<table><tr><td><svg><g></td><style><a href=/no></style>", []),
            // Integration points.
            (
                "<svg><foreignObject><style><a href=/no></style><a href=/1></a></foreignObject><style><a href=/2>",
                ["/1", "/2"]
            ),
            ("<svg><desc><style><a href=/no></style></desc><style><a href=/1>", ["/1"]),
            ("<math><mi><style><a href=/no></style></mi><style><a href=/1>", ["/1"]),
            ("<math><mi><mglyph><style><a href=/1>", ["/1"]),
            ("<math><annotation-xml><style><a href=/1>", ["/1"]),
            ("<math><annotation-xml encoding='Text/HTML'><style><a href=/no></style><a href=/1>", ["/1"]),
            ("<math><annotation-xml><svg><style><a href=/1>", ["/1"]),
            ("<svg><foreignObject><div></foreignObject><style><a href=/no></style></svg><style><a href=/no>", []),
            // CDATA.
            ("<svg><![CDATA[<a href=/no>]]><a href=/1></svg>", ["/1"]), ("<![CDATA[<a href=/1>]]>", []),
            ("<![CDATA[x]]><a href=/1>", ["/1"]), ("<svg><p><![CDATA[>]]><a href=/1>", ["/1"]),
            ("<svg><foreignObject><p><![CDATA[><a href=/1>]]>", ["/1"]),
            ("<svg><foreignObject><![CDATA[><a href=/no>]]><a href=/1>", ["/1"]),
            // Names of HTML in another namespace are not links, but those of svg's a are.
            ("<svg><iframe src=/no></iframe><link rel=next href=/no><base href=/no/><a href=1></a></svg>", ["/1"]),
            ("<svg><a xlink:href=/1></a></svg>", ["/1"]), ("<svg/><style><a href=/no></style><a href=/1>", ["/1"]),
        ]
        for (html, expected) in cases { #expect(try links(html) == expected, "\(html)") }
    }

    // MARK: Data

    /// Where html5lib's `tree-construction` lies, if it does.
    private static let trees =
        ProcessInfo.processInfo.environment["FETCHALL_TREE_DATA"] ?? TestData.folder + "/html/tree-construction"

    /// Elements that a tree has without a tag, or whose tags have no element in some places.
    private static let uncertain: Set<String> = [
        "html", "head", "body", "frameset", "frame", "p", "br", "caption", "colgroup", "col", "tbody", "thead", "tfoot",
        "tr", "td", "th", "option", "optgroup", "image", "img", "isindex", "form", "hr", "label", "input",
    ]

    @Test(
        "issue 21.12: the elements are those of html5lib's tree construction",
        .enabled(if: FileManager.default.fileExists(atPath: HTMLTreeTests.trees), "no html/tree-construction"))
    func treeConstruction() throws {
        var count = 0
        var different: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.trees).sorted()
        where file.hasSuffix(".dat") {
            let text = String(decoding: try Data(contentsOf: URL(filePath: Self.trees + "/" + file)), as: UTF8.self)
            for test in TreeTest.all(in: text) where !test.isFragment && !test.isScripted {
                // They ignore most tags, which is not modelled; the standard's select does so no longer.
                if test.data.contains("<select") || test.data.contains("<frameset") { continue }
                count += 1
                let expected = test.elements.filter { !Self.uncertain.contains($0.name) }
                let found = Self.elements(test.data).filter { !Self.uncertain.contains($0.name) }
                if expected != found {
                    different.append("\(file): \(test.data.debugDescription): \(expected) and not \(found)")
                }
            }
        }
        #expect(count > 1_000)
        #expect(different.isEmpty, "\(different.count) of \(count): \(different.prefix(20))")
    }

    private static func elements(_ html: String) -> Set<TreeElement> {
        var scanner = HTMLScanner(Array(html.utf8), keepsAll: true) { _ in true }
        var found: Set<TreeElement> = []
        while scanner.next() {
            let name = String(decoding: scanner.bytes[scanner.tagRange], as: UTF8.self).lowercased()
            found.insert(TreeElement(namespace: "\(scanner.namespace)", name: name))
        }
        return found
    }

    /// Compares the links with those of another parser: a file of lines `{"html": …, "links": […]}` that
    /// `FETCHALL_HTML_PAGES` names.
    @Test(
        "issue 21.12: the links are those of a tree parser",
        .enabled(if: ProcessInfo.processInfo.environment["FETCHALL_HTML_PAGES"] != nil, "no FETCHALL_HTML_PAGES"))
    func otherParser() throws {
        struct Page: Decodable {
            let html: String
            let links: [String]
        }
        let file = try #require(ProcessInfo.processInfo.environment["FETCHALL_HTML_PAGES"])
        let lines = try Data(contentsOf: URL(filePath: file)).split(separator: 0x0A)
        var different: [String] = []
        for line in lines {
            let page = try JSONDecoder().decode(Page.self, from: line)
            let found = try Set(links(page.html))
            if found != Set(page.links) {
                different.append("\(page.html.debugDescription): \(page.links.sorted()) and not \(found.sorted())")
            }
        }
        #expect(different.isEmpty, "\(different.count) of \(lines.count): \(different.prefix(20))")
    }
}

/// An element of a tree, without its place.
struct TreeElement: Hashable, CustomStringConvertible {
    let namespace: String
    let name: String
    var description: String { namespace == "html" ? name : "\(namespace) \(name)" }
}

/// A test in html5lib's format of tree construction.
struct TreeTest {
    var data = ""
    var isFragment = false
    var isScripted = false
    /// The elements outside templates.
    var elements: Set<TreeElement> = []

    static func all(in text: String) -> [TreeTest] {
        var tests: [TreeTest] = []
        var section = ""
        var inert: Int?
        var first = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "#data" {
                tests.append(TreeTest())
                (section, inert, first) = ("data", nil, true)
            } else if line.hasPrefix("#"), section != "data" || line == "#errors" {
                section = String(line.dropFirst())
                if section == "document-fragment" { tests[tests.count - 1].isFragment = true }
                if section == "script-on" { tests[tests.count - 1].isScripted = true }
            } else if section == "data" {
                tests[tests.count - 1].data += (first ? "" : "\n") + line
                first = false
            } else if section == "document", line.hasPrefix("| ") {
                let rest = line.dropFirst(2)
                let depth = rest.prefix { $0 == " " }.count
                if let outside = inert, depth <= outside { inert = nil }
                let node = rest.dropFirst(depth)
                if node == "content", inert == nil { inert = depth - 1 }
                guard inert == nil, node.hasPrefix("<"), !node.hasPrefix("<!"), node.hasSuffix(">") else { continue }
                let words = node.dropFirst().dropLast().split(separator: " ")
                let name = (words.last ?? "").lowercased()
                let namespace = words.count > 1 ? String(words[0]) : "html"
                tests[tests.count - 1].elements.insert(TreeElement(namespace: namespace, name: name))
            }
        }
        return tests
    }
}
