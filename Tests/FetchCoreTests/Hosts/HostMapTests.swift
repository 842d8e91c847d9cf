import FetchHTTP
import FetchSystem
import Testing

@Suite("issue 24.3: which of a file's values for hosts counts")
struct HostMapTests {
    /// Patterns, what is asked for, and the pattern whose value counts.
    struct Choice: Sendable {
        let patterns: [String]
        let asked: String
        let expected: String?

        init(_ patterns: [String], _ asked: String, _ expected: String?) {
            self.patterns = patterns
            self.asked = asked
            self.expected = expected
        }
    }

    static let ofURLs: [Choice] = [
        Choice(["*.example.org", "api.example.org"], "https://api.example.org/", "api.example.org"),
        Choice(["api.example.org", "*.example.org"], "https://api.example.org/", "api.example.org"),
        Choice(["*.example.org", "*.a.example.org"], "https://b.a.example.org/", "*.a.example.org"),
        Choice(["*.a.example.org", "*.example.org"], "https://b.example.org/", "*.example.org"),
        Choice(["a.test:8443", "https://a.test:8443"], "https://a.test:8443/", "https://a.test:8443"),
        Choice(["https://a.test:8443", "a.test:8443"], "https://a.test:8443/", "https://a.test:8443"),
        Choice(["https://a.test:8443", "a.test:8443"], "http://a.test:8443/", "a.test:8443"),
        Choice(["a.test"], "http://a.test/", nil), Choice(["*.a.test"], "https://a.test/", nil),
        Choice([], "https://a.test/", nil),
    ]

    static let ofAuthorities: [Choice] = [
        Choice(["a.test"], "a.test:443", "a.test"), Choice(["a.test"], "a.test:80", nil),
        Choice(["http://a.test"], "a.test:80", "http://a.test"),
        Choice(["http://a.test:8080"], "a.test:8080", "http://a.test:8080"),
        Choice(["https://a.test:8080"], "a.test:8080", "https://a.test:8080"),
        Choice(["*.a.test", "b.a.test"], "b.a.test:443", "b.a.test"), Choice(["*.a.test"], "c.a.test:443", "*.a.test"),
        Choice(["*.a.test"], "a.test:443", nil), Choice(["*.a.test"], "evila.test:443", nil),
        Choice(["[::1]:8080"], "[::1]:8080", "[::1]:8080"), Choice(["[::1]:8080"], "[::2]:8080", nil),
        Choice(["a.test"], "a.test", nil),
        Choice(["a.test"], "", nil),
    ]

    private static func map(_ patterns: [String]) throws -> HostMap<String> {
        var map = HostMap<String>()
        for pattern in patterns { map.add(pattern, for: try HostPattern(pattern)) }
        return map
    }

    @Test(arguments: HostMapTests.ofURLs)
    func `the most exact pattern that fits a URL counts, whatever the order`(choice: Choice) throws {
        let url = try FetchURL.parse(choice.asked)
        #expect(try Self.map(choice.patterns).value(for: url) == choice.expected)
    }

    @Test(arguments: HostMapTests.ofAuthorities)
    func `an authority has no scheme, so that a pattern's host and port decide`(choice: Choice) throws {
        #expect(try Self.map(choice.patterns).value(forAuthority: choice.asked) == choice.expected)
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
