import FetchHTML
import FetchHTTP
import Testing

@Suite("Targets of links")
struct LinkTargetTests {
    private static let page = FetchURL("https://h.example/d/p.html?q=1")
    private let file = LinkContext(document: .file("docs/sub/a.md"), rootDirectory: "docs")

    private func url(_ text: String, _ fragment: String? = nil) throws -> LinkTarget {
        .url(try FetchURL.parse(text), fragment: fragment)
    }

    private func site(base: String? = nil) throws -> LinkContext {
        LinkContext(document: .url(try #require(Self.page)), base: base)
    }

    @Test("Links of a page are resolved against it, or against its base")
    func pages() throws {
        let site = try site()
        #expect(LinkTarget.read("x.html#a", in: site) == (try url("https://h.example/d/x.html", "a")))
        #expect(LinkTarget.read(" /x\n ", in: site) == (try url("https://h.example/x")))
        #expect(LinkTarget.read("//i.example", in: site) == (try url("https://i.example/")))
        #expect(LinkTarget.read("?r", in: site) == (try url("https://h.example/d/p.html?r")))
        #expect(LinkTarget.read("#a%20b", in: site) == .fragment("a%20b"))
        #expect(LinkTarget.read("", in: site) == .fragment(""))
        #expect(LinkTarget.read("file:///x", in: site) == .other(scheme: "file"))
        let based = try self.site(base: "/e/")
        #expect(LinkTarget.read("x", in: based) == (try url("https://h.example/e/x")))
        #expect(LinkTarget.read("#a", in: based) == (try url("https://h.example/e/", "a")))
        #expect(LinkTarget.read("x", in: try self.site(base: "http://[")) == (try url("https://h.example/d/x")))
        #expect(LinkTarget.read("#a", in: try self.site(base: "p.html?q=1")) == .fragment("a"))
    }

    @Test(
        "Links of a file are paths from its folder, or from the root",
        arguments: [
            ("b.md", "docs/sub/b.md", nil), ("b.md#x", "docs/sub/b.md", "x"), ("../b.md?raw=1#", "docs/b.md", ""),
            ("/b%20c/", "docs/b c", nil), ("/../../b", "docs/b", nil), ("../../../b", "../b", nil),
            (".", "docs/sub", nil),
            ("./b//c/./d", "docs/sub/b/c/d", nil), ("?x", "docs/sub/a.md", nil), ("b\\c", "docs/sub/b/c", nil),
            ("file:///etc/x#y", "/etc/x", "y"), ("file://localhost/x", "/x", nil), ("b%5Cc", "docs/sub/b\\c", nil),
        ])
    func files(target: String, path: String, fragment: String?) {
        #expect(LinkTarget.read(target, in: file) == .file(path: path, fragment: fragment))
    }

    @Test("A file has fragments, URLs, and links that cannot be judged")
    func moreFiles() throws {
        #expect(LinkTarget.read("#x", in: file) == .fragment("x"))
        #expect(LinkTarget.read("//h.example/x", in: file) == (try url("https://h.example/x")))
        #expect(LinkTarget.read("HTTP://H.example#y", in: file) == (try url("http://h.example/", "y")))
        let rootless = LinkContext(document: .file("a.md"))
        guard case .unresolvable = LinkTarget.read("/x", in: rootless) else { return #expect(Bool(false)) }
        #expect(LinkTarget.read("x", in: rootless) == .file(path: "x", fragment: nil))
        let based = LinkContext(document: .file("docs/a.html"), base: "sub/")
        #expect(LinkTarget.read("x", in: based) == .file(path: "docs/sub/x", fragment: nil))
        let elsewhere = LinkContext(document: .file("docs/a.html"), base: "https://h.example/b/")
        #expect(LinkTarget.read("x", in: elsewhere) == (try url("https://h.example/b/x")))
    }

    @Test("With a base URL, the links of a file are URLs")
    func published() throws {
        var context = LinkContext(
            document: .file("site/a b/c.html"), rootDirectory: "site",
            baseURL: try FetchURL.parse("https://h.example/v1"))
        #expect(LinkTarget.read("d.html#x", in: context) == (try url("https://h.example/v1/a%20b/d.html", "x")))
        #expect(LinkTarget.read("/d", in: context) == (try url("https://h.example/d")))
        #expect(LinkTarget.read("#x", in: context) == .fragment("x"))
        context.rootDirectory = nil
        #expect(LinkTarget.read("d", in: context) == (try url("https://h.example/d")))
    }

    @Test(
        "A link that is not valid has a reason",
        arguments: [
            "https://exa mple.com/", "http://h:99999/", "http://[::1/", "http://", "https://?x", "http:///x",
            "hhttps://a.example",
            "htps://a.example", "http:a", "https:/a.example", "htpt:x", "https://a|b/", "http://1.2.3.4.5/", "C:\\x",
            "httpx:y",
            "ttp://a", "https://%00/",
        ])
    func malformed(target: String) throws {
        for context in [file, try site()] {
            guard case .malformed(let reason) = LinkTarget.read(target, in: context) else {
                Issue.record("\(target) is \(LinkTarget.read(target, in: context))")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test(
        "Other schemes are counted",
        arguments: [
            ("tel:+1", "tel"), ("JavaScript:void(0)", "javascript"), ("data:,x", "data"), ("ftp://a/b", "ftp"),
            ("ws:x", "ws"),
        ])
    func other(target: String, scheme: String) throws {
        #expect(LinkTarget.read(target, in: file) == .other(scheme: scheme))
        #expect(LinkTarget.read(target, in: try site()) == .other(scheme: scheme))
    }

    @Test(
        "An address has a valid form",
        arguments: [
            "a@b.example", "a.b+c@d-e.example?subject=x", "a@b.example,c@d.example", "?subject=x&body=y",
            "%22a%20b%22@c.example",
            "?to=a@b.example", "a@[127.0.0.1]", "ü@bücher.example", "a%26b@c.example#x", "A@B",
        ])
    func mail(address: String) { #expect(LinkTarget.read("mailto:" + address, in: file) == .mail(problem: nil)) }

    @Test(
        "An address whose form is not valid has a reason",
        arguments: [
            "", "a", "a@", "@b", "a@b..c", "a b@c", "a@b,", "a@-b.example", "a..b@c", "a@b?cc=d", "Name <a@b.example>",
            "a@b@c d",
        ])
    func badMail(address: String) {
        guard case .mail(let problem?) = LinkTarget.read("mailto:" + address, in: file) else {
            Issue.record("\(address) is valid")
            return
        }
        #expect(!problem.isEmpty)
    }
}
