import FetchHTTP
import Testing

@Suite("issue 24.3: the proxies and client certificates of hosts")
struct HostRoutesTests {
    private static func routes(noProxy: String? = nil) throws -> HostRoutes {
        var routes = HostRoutes(noProxy: noProxy)
        routes.proxies.add("http://proxy.test:1", for: try HostPattern("*.example.org"))
        routes.proxies.add("", for: try HostPattern("direct.example.org"))
        let certificate = HostRoutes.Certificate(file: "/c.pem", isPKCS12: false)
        routes.certificates.add(certificate, for: try HostPattern("api.example.org"))
        return routes
    }

    @Test(arguments: [
        ("https://api.example.org/", nil, "http://proxy.test:1"), ("https://direct.example.org/", nil, ""),
        ("https://example.org/", nil, nil), ("http://api.example.org/", nil, nil), ("https://other.test/", nil, nil),
        ("https://api.example.org/", "other.test", "http://proxy.test:1"),
        ("https://api.example.org/", "example.org", ""),
        ("https://api.example.org/", "*", ""), ("https://other.test/", "*", nil),
    ])
    func `a host has its own proxy, unless the user excepts it from all`(
        url: String, noProxy: String?, expected: String?
    ) throws {
        #expect(try Self.routes(noProxy: noProxy).proxy(for: try FetchURL.parse(url)) == expected)
    }

    @Test(arguments: [
        ("https://api.example.org/", true), ("https://api.example.org:444/", false), ("http://api.example.org/", false),
        ("https://b.api.example.org/", false), ("https://api.example.org.evil.test/", false),
    ])
    func `a certificate is for its host only`(url: String, isFor: Bool) throws {
        #expect((try Self.routes().certificate(for: try FetchURL.parse(url)) != nil) == isFor)
    }
}
