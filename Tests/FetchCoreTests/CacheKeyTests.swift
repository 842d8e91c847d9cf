import FetchHTTP
import Testing

@testable import FetchStore

@Suite("An answer is found again by whoever may have it, and nobody else")
struct CacheKeyTests {
    private static let maker = CacheKey.Maker(secret: [1, 2, 3], network: NetworkOptions())

    private static func key(
        _ url: String = "http://a.test/", _ headers: [(name: String, value: String)] = [], maker: CacheKey.Maker = maker
    ) -> CacheKey {
        maker.key(for: Request(Samples.url(url), headers: HeaderFields(headers)))
    }

    @Test("The fragment does not matter, the query does")
    func urls() {
        #expect(Self.key("http://a.test/#x") == Self.key())
        #expect(Self.key("HTTP://A.test:80") == Self.key())
        #expect(Self.key("http://a.test/?") != Self.key())
        #expect(Self.key("https://a.test/") != Self.key())
    }

    @Test("Every field that may be a secret is part of the identity; others are for Vary")
    func identity() {
        let plain = Self.key()
        #expect(Self.key("http://a.test/", [("Accept", "text/html")]) == plain)
        let secrets = [
            ("Authorization", "Bearer 1"), ("Authorization", "Bearer 2"), ("Cookie", "a=1"), ("X-Api-Key", "k"),
            ("PRIVATE-TOKEN", "t"),
        ]
        let keys = secrets.map { Self.key("http://a.test/", [(name: $0.0, value: $0.1)]) }
        #expect(Set(keys + [plain]).count == secrets.count + 1)
        #expect(keys.allSatisfy { $0.url == plain.url })
    }

    @Test("A password in the URL is the Authorization that it becomes")
    func userinfo() {
        let field = Self.key("http://a.test/", [("authorization", "Basic dTpw")])
        #expect(Self.key("http://u:p@a.test/") == field)
        #expect(Self.key("http://u:q@a.test/") != field)
    }

    @Test("What is not verified, or comes from elsewhere, is not for those who verify")
    func connection() {
        var networks = [NetworkOptions()]
        networks.append(NetworkOptions())
        networks[1].verifiesTLS = false
        networks.append(NetworkOptions())
        networks[2].resolve = ["a.test:80:127.0.0.1"]
        networks.append(NetworkOptions())
        networks[3].certificateFile = "me.pem"
        let keys = networks.map { Self.key(maker: CacheKey.Maker(secret: [], network: $0)) }
        #expect(Set(keys).count == 4)
        #expect(Set(keys.map(\.url)).count == 1)
    }

    @Test("issue 24.2: what came by another way, or from a key that was pinned, is for requests with the same")
    func details() {
        let changes: [(inout ConnectionDetails) -> Void] = [
            { _ in }, { $0.connectTo = ["a.test:80:b.test:80"] }, { $0.unixSocket = "/s" }, { $0.interface = "lo" },
            { $0.pinnedPublicKey = "key.pem" }, { $0.revocationFile = "crl.pem" }, { $0.minimumTLS = .v13 },
        ]
        let keys = changes.map { change in
            var network = NetworkOptions()
            var details = ConnectionDetails()
            change(&details)
            network.details = details
            return Self.key(maker: CacheKey.Maker(secret: [1, 2, 3], network: network))
        }
        #expect(Set(keys).count == changes.count)
        #expect(keys[0] == Self.key())
    }

    @Test("issue 24.3: what came for a host's own client certificate is for requests with the same")
    func hostCertificates() throws {
        let maker = { (file: String?) throws -> CacheKey.Maker in
            var network = NetworkOptions()
            var routes = HostRoutes()
            routes.proxies.add("", for: try HostPattern("http://a.test"))
            if let file {
                routes.certificates.add(.init(file: file, isPKCS12: false), for: try HostPattern("own.test"))
            }
            network.hosts = routes
            return CacheKey.Maker(secret: [1, 2, 3], network: network)
        }
        let own = try [nil, "/a.pem", "/b.pem"].map { Self.key("https://own.test/", maker: try maker($0)) }
        #expect(Set(own).count == 3 && own[0] == Self.key("https://own.test/"))
        let other = try [nil, "/a.pem", "/b.pem"].map { Self.key("https://a.test/", maker: try maker($0)) }
        #expect(Set(other).count == 1)
    }

    @Test("Another file has other digests")
    func secret() {
        #expect(Self.key(maker: CacheKey.Maker(secret: [9], network: NetworkOptions())) != Self.key())
    }

    @Test("A variant is told by the fields that Vary names, those that libcurl adds among them (§4.1)")
    func variants() {
        let request = { (headers: [(name: String, value: String)]) in
            Request(Samples.url(), headers: HeaderFields(headers))
        }
        let variant = { Self.maker.variant(["accept", "user-agent"], of: $0) }
        let plain = variant(request([]))
        #expect(variant(request([("X-Other", "1")])) == plain)
        #expect(variant(request([("Accept", "*/*")])) == plain)
        #expect(variant(request([("Accept", "text/html")])) != plain)
        #expect(variant(request([("User-Agent", "me")])) != plain)
        var network = NetworkOptions()
        network.userAgent = "other"
        #expect(
            CacheKey.Maker(secret: [1, 2, 3], network: network).variant(["accept", "user-agent"], of: request([]))
                != plain)
    }
}
