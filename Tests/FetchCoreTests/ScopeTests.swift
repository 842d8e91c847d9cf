import FetchHTTP
import Testing

@testable import FetchHTML

/// How far a crawl may go.
@Suite struct ScopeTests {
    private func url(_ text: String) throws -> FetchURL { try FetchURL.parse(text) }

    private func scope(
        _ reach: Scope.Reach, _ seed: String = "https://docs.example.co.uk/guide/index.html", include: [String] = [],
        exclude: [String] = [], extraHops: Int = 0
    ) throws -> Scope {
        Scope(
            reach: reach, seeds: [try url(seed)], include: try include.map { try URLPattern($0) },
            exclude: try exclude.map { try URLPattern($0) }, extraHops: extraHops)
    }

    private static let inside: [Scope.Reach: Set<String>] = [
        .page: ["https://docs.example.co.uk/guide/index.html#x"],
        .prefix: ["https://docs.example.co.uk/guide/index.html#x", "http://docs.example.co.uk/guide/a/b"],
        .host: [
            "https://docs.example.co.uk/guide/index.html#x", "http://docs.example.co.uk/guide/a/b",
            "https://docs.example.co.uk/guidelines", "https://docs.example.co.uk/",
        ],
        .domain: [
            "https://docs.example.co.uk/guide/index.html#x", "http://docs.example.co.uk/guide/a/b",
            "https://docs.example.co.uk/guidelines", "https://docs.example.co.uk/", "https://www.example.co.uk:8443/",
            "https://docs.example.co.uk:8443/", "http://example.co.uk/",
        ],
    ]

    @Test(
        "Each reach takes in what it says, no more", arguments: [.page, .prefix, .host, .domain, .any] as [Scope.Reach])
    func reaches(_ reach: Scope.Reach) throws {
        let scope = try scope(reach)
        let all = try #require(Self.inside[.domain]).union([
            "https://other.co.uk/", "https://co.uk/", "https://notexample.co.uk/", "https://example.co.uk.evil.org/",
            "http://127.0.0.1/",
        ])
        for text in all {
            let expected: Scope.Verdict =
                reach == .any || Self.inside[reach]?.contains(text) == true ? .inside : .outside(.reach(reach))
            #expect(scope.verdict(for: try url(text)) == expected, "\(text)")
        }
    }

    @Test func addressesAndSuffixesHaveNoDomain() throws {
        #expect(PublicSuffix.registrableDomain(of: "a.b.example.co.uk") == "example.co.uk")
        #expect(PublicSuffix.registrableDomain(of: "example.org") == "example.org")
        for host in ["co.uk", "127.0.0.1", "[::1]", "localhost", "github.io"] {
            #expect(PublicSuffix.registrableDomain(of: host) == nil, "\(host)")
        }
        let local = try scope(.domain, "http://127.0.0.1:8080/")
        #expect(local.verdict(for: try url("http://127.0.0.1:8080/x")) == .inside)
        #expect(local.verdict(for: try url("http://128.0.0.1:8080/x")) == .outside(.reach(.domain)))
        let pages = try scope(.domain, "https://one.github.io/")
        #expect(pages.verdict(for: try url("https://two.github.io/")) == .outside(.reach(.domain)))
    }

    @Test func portsAreHostsOfTheirOwn() throws {
        let scope = try scope(.host, "http://127.0.0.1:8080/")
        #expect(scope.verdict(for: try url("http://127.0.0.1:8081/")) == .outside(.reach(.host)))
        #expect(scope.verdict(for: try url("http://127.0.0.1/")) == .outside(.reach(.host)))
    }

    @Test func patternsNarrowIt() throws {
        let scope = try scope(.host, include: ["/guide/", "\\.pdf$"], exclude: ["[?&]print="])
        #expect(scope.verdict(for: try url("https://docs.example.co.uk/x.pdf#p")) == .inside)
        #expect(scope.verdict(for: try url("https://docs.example.co.uk/x.html")) == .outside(.notIncluded))
        let printed = try url("https://docs.example.co.uk/guide/?print=1")
        #expect(scope.verdict(for: printed) == .outside(.excluded("[?&]print=")))
        let secret = try self.scope(.any, include: ["secret"])
        #expect(
            secret.verdict(for: try url("http://u:secret@a/")) == .outside(.notIncluded), "credentials are not seen")
    }

    @Test("A seed is inside whatever the patterns say", arguments: Scope.Reach.allCases)
    func seeds(_ reach: Scope.Reach) throws {
        var scope = try scope(reach, include: ["nothing"], exclude: ["."])
        #expect(scope.verdict(for: try url("https://docs.example.co.uk/guide/index.html")) == .inside)
        let moved = try url("https://www.example.net/")
        #expect(scope.verdict(for: moved) != .inside)
        scope.insert(moved)
        #expect(scope.verdict(for: moved) == .inside)
    }

    @Test func extraHopsGoSoFarAndNoFurther() throws {
        let scope = try scope(.host, exclude: ["tracker"], extraHops: 2)
        let out = try url("https://elsewhere.org/")
        #expect(scope.verdict(for: out) == .extraHop(1))
        #expect(scope.verdict(for: out, parentHops: 1) == .extraHop(2))
        #expect(scope.verdict(for: out, parentHops: 2) == .outside(.reach(.host)))
        #expect(scope.verdict(for: try url("https://tracker.org/")) == .outside(.excluded("tracker")))
        #expect(scope.verdict(for: try url("https://docs.example.co.uk/back"), parentHops: 2) == .inside)
    }
}
