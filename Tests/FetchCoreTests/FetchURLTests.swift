import FetchHTTP
import Testing

/// An input, perhaps a base, and what comes out.
struct URLCase: Sendable, CustomTestStringConvertible {
    let input: String
    let base: String?
    let expected: String

    init(_ input: String, _ expected: String, base: String? = nil) {
        self.input = input
        self.base = base
        self.expected = expected
    }

    var testDescription: String { base.map { "\(input.debugDescription) in \($0)" } ?? input.debugDescription }

    /// The canonical form of what the input is, or why it is nothing.
    func outcome() throws -> String {
        let base = try base.map { text in try FetchURL.parse(text) }
        return try FetchURL.parse(input, base: base).href
    }
}

@Suite("URLs: parsing and resolving")
struct FetchURLTests {
    @Test(
        "An absolute URL becomes canonical",
        arguments: [
            URLCase("http://example.org/", "http://example.org/"),
            URLCase("http://example.org", "http://example.org/"),
            URLCase("https://example.org?q", "https://example.org/?q"),
            URLCase("https://example.org#f", "https://example.org/#f"),
            URLCase("HTTPS://WWW.Example.ORG/Path", "https://www.example.org/Path"),
            URLCase("http://example.org:80/", "http://example.org/"),
            URLCase("https://example.org:443/", "https://example.org/"),
            URLCase("https://example.org:80/", "https://example.org:80/"),
            URLCase("http://example.org:00080/", "http://example.org/"),
            URLCase("http://example.org:08080/", "http://example.org:8080/"),
            URLCase("http://example.org:/x", "http://example.org/x"),
            URLCase("http://example.org:0/", "http://example.org:0/"),
            URLCase("http://example.org:65535/", "http://example.org:65535/"),
            URLCase("  http://example.org/ \u{0}", "http://example.org/"),
            URLCase("ht\ntp://exa\tmple.org/a\r\nb", "http://example.org/ab"),
            URLCase("http:\\\\example.org\\a\\b", "http://example.org/a/b"),
            URLCase("http:example.org", "http://example.org/"),
            URLCase("http:/example.org", "http://example.org/"),
            URLCase("http://////example.org//a", "http://example.org//a"),
            URLCase(
                "http://example.org/a b\"c<d>e`f{g}h^i|j", "http://example.org/a%20b%22c%3Cd%3Ee%60f%7Bg%7Dh%5Ei|j"),
            URLCase("http://example.org/?a b\"c<d>e`f{g}'h", "http://example.org/?a%20b%22c%3Cd%3Ee`f{g}%27h"),
            URLCase("http://example.org/#a b\"c<d>e`f{g}'h", "http://example.org/#a%20b%22c%3Cd%3Ee%60f{g}'h"),
            URLCase("http://example.org/é?ü#ß", "http://example.org/%C3%A9?%C3%BC#%C3%9F"),
            URLCase("http://example.org/%zz%4%aF", "http://example.org/%zz%4%aF"),
            URLCase("http://example.org/?", "http://example.org/?"),
            URLCase("http://example.org/#", "http://example.org/#"),
            URLCase("http://example.org/?#", "http://example.org/?#"),
            URLCase("http://example.org/a#b?c#d", "http://example.org/a#b?c#d"),
            URLCase("http://example.org/\u{7F}\u{1}", "http://example.org/%7F"),
            URLCase("http://a_b.example.org./", "http://a_b.example.org./"),
            URLCase("http://a..b/", "http://a..b/"),
        ])
    func absolute(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    @Test(
        "Dot segments are resolved, percent-encoded ones too, and the root holds",
        arguments: [
            URLCase("http://h/a/./b", "http://h/a/b"),
            URLCase("http://h/a/../b", "http://h/b"),
            URLCase("http://h/a/b/..", "http://h/a/"),
            URLCase("http://h/a/b/.", "http://h/a/b/"),
            URLCase("http://h/../../x", "http://h/x"),
            URLCase("http://h/..", "http://h/"),
            URLCase("http://h/.", "http://h/"),
            URLCase("http://h/./", "http://h/"),
            URLCase("http://h/%2e", "http://h/"),
            URLCase("http://h/a/%2E%2e/b", "http://h/b"),
            URLCase("http://h/a/.%2e?q", "http://h/?q"),
            URLCase("http://h/a/%2e./#f", "http://h/#f"),
            URLCase("http://h/a//../b", "http://h/a/b"),
            URLCase("http://h/a/..;/b", "http://h/a/..;/b"),
            URLCase("http://h/.../.a/..b/a.", "http://h/.../.a/..b/a."),
            URLCase("http://h/.well-known/x", "http://h/.well-known/x"),
            URLCase("http://h/%20/%2f", "http://h/%20/%2f"),
            URLCase("http://h/a\\..\\b", "http://h/b"),
            URLCase("http://h/a?/../b", "http://h/a?/../b"),
            URLCase("http://h/a#/../b", "http://h/a#/../b"),
        ])
    func dotSegments(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    static let base = "http://user:pw@example.org:8080/dir/page?query#fragment"
    static let root = "http://user:pw@example.org:8080"

    @Test(
        "A reference is resolved against its base",
        arguments: [
            URLCase("other", root + "/dir/other", base: base),
            URLCase("./other", root + "/dir/other", base: base),
            URLCase("../other", root + "/other", base: base),
            URLCase("../../../other", root + "/other", base: base),
            URLCase("", root + "/dir/page?query", base: base),
            URLCase("  \n ", root + "/dir/page?query", base: base),
            URLCase("#new", root + "/dir/page?query#new", base: base),
            URLCase("#", root + "/dir/page?query#", base: base),
            URLCase("?new", root + "/dir/page?new", base: base),
            URLCase("?", root + "/dir/page?", base: base),
            URLCase("?a#b", root + "/dir/page?a#b", base: base),
            URLCase("/abs", root + "/abs", base: base),
            URLCase("/", root + "/", base: base),
            URLCase("\\abs\\..\\x", root + "/x", base: base),
            URLCase(".", root + "/dir/", base: base),
            URLCase("..", root + "/", base: base),
            URLCase("other/", root + "/dir/other/", base: base),
            URLCase(":8080", root + "/dir/:8080", base: base),
            URLCase("a%3Ab/c", root + "/dir/a%3Ab/c", base: base),
            URLCase("1:2", root + "/dir/1:2", base: base),
            URLCase("//other.org/x", "http://other.org/x", base: base),
            URLCase("\\\\other.org", "http://other.org/", base: base),
            URLCase("/\\other.org", "http://other.org/", base: base),
            URLCase("///other.org/x", "http://other.org/x", base: base),
            URLCase("http:same", root + "/dir/same", base: base),
            URLCase("http:/same", root + "/same", base: base),
            URLCase("http:?same", root + "/dir/page?same", base: base),
            URLCase("http:", root + "/dir/page?query", base: base),
            URLCase("http:\\\\other.org", "http://other.org/", base: base),
            URLCase("http://other.org", "http://other.org/", base: base),
            URLCase("https:other.org", "https://other.org/", base: base),
            URLCase("https://other.org/x", "https://other.org/x", base: base),
            URLCase("//other.org", "https://other.org/", base: "https://example.org/a"),
            URLCase("x", "https://example.org/x", base: "https://example.org"),
            URLCase("?x", "https://example.org/?x", base: "https://example.org"),
        ])
    func resolve(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    @Test(
        "A host is decoded, put into lower case and ASCII",
        arguments: [
            URLCase("http://ex%41mple.org/", "http://example.org/"),
            URLCase("http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"),
            URLCase("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
            URLCase("http://faß.example/", "http://xn--fa-hia.example/"),
            URLCase("http://ｅｘａｍｐｌｅ。ｏｒｇ/", "http://example.org/"),
            URLCase("http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/"),
            URLCase("http://i❤️.ws/", "http://xn--i-7iq.ws/"),
            URLCase("http://xn--i-7iq.ws/", "http://xn--i-7iq.ws/"),
            URLCase("http://xn--1ug.XN--/", "http://xn--1ug.xn--/"),
            URLCase("http://x%6E--A/", "http://xn--a/"),
            URLCase("http://XN--ZCA.ß/", "http://xn--zca.xn--zca/"),
            URLCase("http://XN--ZCA.☃.ab--C/", "http://xn--zca.xn--n3h.ab--c/"),
            URLCase("http://%e2%98%83/", "http://xn--n3h/"),
            URLCase("http://a☃.É☃./", "http://xn--a-1xp.xn--9ca011q./"),
            URLCase("http://日本語。jp/", "http://xn--wgv71a119e.jp/"),
            URLCase("http://a\u{AD}b.org/", "http://ab.org/"),
            URLCase("http://-a-.b--c/", "http://-a-.b--c/"),
            URLCase("http://!$&'()*+,;=\"`{}~/", "http://!$&'()*+,;=\"`{}~/"),
            URLCase("http://./", "http://./"),
        ])
    func host(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    @Test(
        "An IPv4 address may be spelled in many ways and has one form",
        arguments: [
            URLCase("http://127.0.0.1/", "http://127.0.0.1/"),
            URLCase("http://127.0.0.1./", "http://127.0.0.1/"),
            URLCase("http://127.1/", "http://127.0.0.1/"),
            URLCase("http://2130706433/", "http://127.0.0.1/"),
            URLCase("http://0x7f000001/", "http://127.0.0.1/"),
            URLCase("http://0X7F.1/", "http://127.0.0.1/"),
            URLCase("http://0177.0.0.01/", "http://127.0.0.1/"),
            URLCase("http://4294967295/", "http://255.255.255.255/"),
            URLCase("http://1.2.65535/", "http://1.2.255.255/"),
            URLCase("http://0x/", "http://0.0.0.0/"),
            URLCase("http://１２７.0.0.1/", "http://127.0.0.1/"),
            URLCase("http://%31%32%37.0.0.1:8080/", "http://127.0.0.1:8080/"),
            URLCase("http://1.2.3.4.example/", "http://1.2.3.4.example/"),
            URLCase("http://1.2.3.4a/", "http://1.2.3.4a/"),
            URLCase("http://0xg/", "http://0xg/"),
        ])
    func ipv4(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    @Test(
        "An IPv6 address is compressed at its first longest run of zeros",
        arguments: [
            URLCase("http://[::]/", "http://[::]/"),
            URLCase("http://[::1]:8080/", "http://[::1]:8080/"),
            URLCase("http://[1::]/", "http://[1::]/"),
            URLCase("http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"),
            URLCase("http://[1:0:0:2:0:0:0:3]/", "http://[1:0:0:2::3]/"),
            URLCase("http://[1:0:0:2:3:0:0:4]/", "http://[1::2:3:0:0:4]/"),
            URLCase("http://[1:0:2:3:4:5:6:7]/", "http://[1:0:2:3:4:5:6:7]/"),
            URLCase("http://[1:2:3:4:5:6:7::]/", "http://[1:2:3:4:5:6:7:0]/"),
            URLCase("http://[0:0:0:0:0:0:0:0]/", "http://[::]/"),
            URLCase("http://[::127.0.0.1]/", "http://[::7f00:1]/"),
            URLCase("http://[1:2:3:4:5:6:1.2.3.4]/", "http://[1:2:3:4:5:6:102:304]/"),
            URLCase("http://[00ab::]:80/x", "http://[ab::]/x"),
        ])
    func ipv6(_ example: URLCase) throws {
        #expect(try example.outcome() == example.expected)
    }

    @Test("A substring is parsed like the string it is")
    func substring() throws {
        let line = "id\thttp://example.org/a"
        let url = try FetchURL.parse(line.dropFirst(3))
        #expect(url.href == "http://example.org/a")
        #expect(url == FetchURL("HTTP://EXAMPLE.ORG/a"))
        #expect(Set([url]).contains(try FetchURL.parse("http://example.org:80/a")))
    }
}
