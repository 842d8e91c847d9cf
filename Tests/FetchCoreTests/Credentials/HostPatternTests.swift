import FetchHTTP
import FetchSystem
import Testing

@Suite("issue 24.1: which hosts a credential is meant for")
struct HostPatternTests {
    @Test(arguments: [
        ("api.example.org", "https://api.example.org/a?b", true),
        ("api.example.org", "https://API.Example.ORG:443/", true),
        ("api.example.org", "http://api.example.org/", false),
        ("api.example.org", "https://api.example.org:444/", false),
        ("api.example.org", "https://api.example.org./", false),
        ("api.example.org", "https://x.api.example.org/", false),
        ("api.example.org:8080", "http://api.example.org:8080/", true),
        ("api.example.org:8080", "https://api.example.org:8080/", true),
        ("api.example.org:8080", "https://api.example.org/", false),
        ("api.example.org:443", "http://api.example.org:443/", false),
        ("api.example.org:80", "http://api.example.org/", true),
        ("api.example.org:80", "https://api.example.org:80/", false),
        ("http://api.example.org", "http://api.example.org/", true),
        ("http://api.example.org", "https://api.example.org/", false),
        ("HTTPS://api.example.org:8443", "https://api.example.org:8443/", true),
        ("https://api.example.org:8443", "http://api.example.org:8443/", false),
        ("*.example.org", "https://a.example.org/", true), ("*.example.org", "https://a.b.example.org/", true),
        ("*.example.org", "https://example.org/", false), ("*.example.org", "https://evilexample.org/", false),
        ("*.example.org", "https://example.org.evil.test/", false), ("*.example.org", "http://a.example.org/", false),
        ("*.example.org:81", "http://a.example.org:81/", true),
        ("[::1]", "https://[::1]/", true), ("[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080/", true),
        ("[::1]:8080", "http://[::2]:8080/", false), ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
        ("127.1:8080", "http://127.0.0.1:8080/", true), ("bücher.example", "https://xn--bcher-kva.example/", true),
        ("api.example.org", "https://user:pw@api.example.org/", true),
        ("api.example.org", "https://api.example.org@evil.test/", false),
    ])
    func `a pattern fits the origins it names`(pattern: String, url: String, fits: Bool) throws {
        #expect(try HostPattern(pattern).matches(try FetchURL.parse(url)) == fits, "\(pattern) \(url)")
    }

    @Test(arguments: [
        "", ":80", "a b", "a/", "a/b", "a?b", "a#b", "u@a", "u:p@a", "a:", "a:0", "a:65536", "a:+1", "a:8x", "[::1",
        "::1",
        "[::g]", "[::1]x", "*", "*.", "*.*.a", "a.*", "*a", "*.1.2.3.4", "*.[::1]", "ftp://a", "http://", "a\\b",
        "a%2Fb",
        "http://http://a",
    ])
    func `what is not a host is refused`(text: String) {
        #expect(throws: ParseFailure.self) { try HostPattern(text) }
    }

    @Test func `an origin is a pattern too, and fits nothing else`() throws {
        let pattern = HostPattern(originOf: try FetchURL.parse("http://u:p@a.test:8080/x"))
        #expect(pattern.matches(try FetchURL.parse("http://a.test:8080/y")))
        for other in ["https://a.test:8080/", "http://a.test/", "http://b.a.test:8080/"] {
            #expect(!pattern.matches(try FetchURL.parse(other)))
        }
        #expect("\(pattern)" == "http://a.test:8080")
    }
}
