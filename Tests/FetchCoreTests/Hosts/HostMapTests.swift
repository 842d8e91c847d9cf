import FetchHTTP
import FetchSystem
import Testing

@Suite("issue 24.3: which of a file's values for hosts counts")
struct HostMapTests {
    private static func map(_ patterns: [String]) throws -> HostMap<String> {
        var map = HostMap<String>()
        for pattern in patterns { map.add(pattern, for: try HostPattern(pattern)) }
        return map
    }

    @Test(arguments: [
        (["*.example.org", "api.example.org"], "https://api.example.org/", "api.example.org"),
        (["api.example.org", "*.example.org"], "https://api.example.org/", "api.example.org"),
        (["*.example.org", "*.a.example.org"], "https://b.a.example.org/", "*.a.example.org"),
        (["*.a.example.org", "*.example.org"], "https://b.example.org/", "*.example.org"),
        (["a.test:8443", "https://a.test:8443"], "https://a.test:8443/", "https://a.test:8443"),
        (["https://a.test:8443", "a.test:8443"], "https://a.test:8443/", "https://a.test:8443"),
        (["https://a.test:8443", "a.test:8443"], "http://a.test:8443/", "a.test:8443"),
        (["a.test"], "http://a.test/", nil), (["*.a.test"], "https://a.test/", nil), ([], "https://a.test/", nil),
    ])
    func `the most exact pattern that fits a URL counts, whatever the order`(
        patterns: [String], url: String, expected: String?
    ) throws {
        #expect(try Self.map(patterns).value(for: try FetchURL.parse(url)) == expected)
    }

    @Test(arguments: [
        (["a.test"], "a.test:443", "a.test"), (["a.test"], "a.test:80", nil),
        (["http://a.test"], "a.test:80", "http://a.test"),
        (["http://a.test:8080"], "a.test:8080", "http://a.test:8080"),
        (["https://a.test:8080"], "a.test:8080", "https://a.test:8080"),
        (["*.a.test", "b.a.test"], "b.a.test:443", "b.a.test"), (["*.a.test"], "c.a.test:443", "*.a.test"),
        (["*.a.test"], "a.test:443", nil), (["*.a.test"], "evila.test:443", nil),
        (["[::1]:8080"], "[::1]:8080", "[::1]:8080"), (["[::1]:8080"], "[::2]:8080", nil), (["a.test"], "a.test", nil),
        (["a.test"], "", nil),
    ])
    func `an authority has no scheme, so that a pattern's host and port decide`(
        patterns: [String], authority: String, expected: String?
    ) throws {
        #expect(try Self.map(patterns).value(forAuthority: authority) == expected)
    }

    @Test func `an authority is that of the URLs that the pattern fits`() throws {
        for (pattern, url) in [
            ("api.example.org", "https://api.example.org/x"), ("http://a.test", "http://a.test/"),
            ("[::1]:8080", "http://[0::1]:8080/"), ("*.x.test:81", "http://y.x.test:81/"),
        ] {
            let url = try FetchURL.parse(url)
            let map = try Self.map([pattern])
            #expect(map.value(for: url) == pattern)
            #expect(map.value(forAuthority: url.authority.text) == pattern, "\(url.authority)")
        }
    }

    @Test func `two patterns of one host and port have the same authorities`() throws {
        let pattern = try HostPattern("a.test:8080")
        #expect(pattern.hasSameAuthorities(as: try HostPattern("https://a.test:8080")))
        for other in ["a.test", "b.test:8080", "*.a.test:8080"] {
            #expect(!pattern.hasSameAuthorities(as: try HostPattern(other)))
        }
    }

    @Test func `other values have the same patterns`() throws {
        let map = try Self.map(["*.a.test", "b.a.test"]).mapValues { $0 + "!" }
        #expect(map.value(forAuthority: "b.a.test:443") == "b.a.test!" && map.values == ["*.a.test!", "b.a.test!"])
        #expect(!map.isEmpty && HostMap<Int>().isEmpty)
    }
}
