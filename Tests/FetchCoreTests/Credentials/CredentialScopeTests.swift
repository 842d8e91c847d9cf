import FetchHTTP
import FetchSystem
import Testing

@Suite("issue 24.1: which fields of the command line go with a request")
struct CredentialScopeTests {
    private static let home = "https://api.example.org/"
    private static let fields = HeaderFields([
        ("Accept", "a/b"), ("Authorization", "Basic dTpw"), ("X-Api-Key", "k"), ("X-A", "1"), ("Cookie", "a=b"),
    ])

    private static func names(_ fields: HeaderFields) -> [String] { fields.fields.map(\.name) }

    private func sent(_ scope: CredentialScope, to url: String, home: String? = home) throws -> HeaderFields {
        scope.fields(for: try FetchURL.parse(url), home: try home.map { try FetchURL.parse($0).origin })
    }

    @Test(arguments: [
        ("authorization", true), ("COOKIE", true), ("ApiKey", true), ("x-api-key", true), ("X-Auth-Token", true),
        ("Client-Secret", true), ("-key", true), ("Idempotency-Key", false), ("X-Key-Id", false), ("Token", true),
        ("Key", true), ("X-Keyboard", false), ("Set-Cookie", false), ("X-Apikey", true), ("Accept", false),
        ("X-ApiKey", true), ("Api_Key", true), ("X_API_KEY", true), ("SECRET", true), ("Password", true),
        ("X-Password", true), ("Proxy-Authorization", true), ("X-Auth", true), ("Idempotency_Key", false),
        ("Monkey", false), ("X-Author", false), ("", false), ("-", false), ("Key-", false),
    ])
    func `names that say that the value is a credential`(name: String, isSecret: Bool) {
        #expect(SecretField.isSecret(name) == isSecret)
        #expect(!isSecret || SecretName.occurs(in: name))
    }

    @Test(arguments: [
        "https://api.example.org:8443/", "http://api.example.org/", "http://api.example.org:443/",
        "https://example.org/", "https://api.example.org.evil.test/", "https://x.api.example.org/", "https://a@b.test/",
    ])
    func `credentials go to the home origin, and the others get the rest in its order`(stranger: String) throws {
        let scope = CredentialScope(Self.fields)
        #expect(!scope.isUniform && scope.needsHome)
        #expect(try sent(scope, to: Self.home + "other?x") == Self.fields)
        #expect(Self.names(try sent(scope, to: stranger)) == ["Accept", "X-A"])
        #expect(Self.names(try sent(scope, to: Self.home, home: nil)) == ["Accept", "X-A"])
        let url = try FetchURL.parse(stranger)
        let home = try FetchURL.parse(Self.home).origin
        let isOwn = url.hasCredentials
        #expect(
            scope.withheld(from: url, home: home, besides: HeaderFields())
                == (isOwn ? [] : ["Authorization"]) + ["X-Api-Key", "Cookie"])
        #expect(scope.withheld(from: url, home: home, besides: Self.fields) == [])
        #expect(scope.withheld(from: try FetchURL.parse(Self.home), home: home, besides: HeaderFields()) == [])
    }

    @Test func `without credentials, and with all hosts, every request gets all`() throws {
        for scope in [
            CredentialScope(HeaderFields([("X-A", "1"), ("Idempotency-Key", "2")])),
            CredentialScope(Self.fields, toAllHosts: true), CredentialScope(HeaderFields([("X-Key", "")])),
        ] {
            #expect(scope.isUniform && !scope.needsHome)
            #expect(try sent(scope, to: "https://b.test/") == scope.fields)
        }
    }

    @Test func `a field that is left out stays so everywhere`() throws {
        var fields = HeaderFields([("X-Key", "k")])
        fields.leaveOut("Authorization")
        let sent = try sent(CredentialScope(fields), to: "https://b.test/")
        #expect(sent.leavesOut("authorization") && !sent.contains("x-key"))
    }

    @Test func `a rule's field takes the place of the same field, at its hosts only`() throws {
        let rules = try ["b.test:Authorization: Bearer b ", "*.test:x-a:wild", "b.test:X-A:exact", "b.test:X-A:two"]
            .map { try CredentialRule($0) }
        let scope = CredentialScope(Self.fields, rules: rules)
        let exact = try sent(scope, to: "https://b.test/")
        #expect(exact.values(of: "authorization") == ["Bearer b"])
        #expect(exact.values(of: "x-a") == ["exact", "two"])
        #expect(!exact.contains("x-api-key") && exact["accept"] == "a/b")
        #expect(try sent(scope, to: "https://c.b.test/").values(of: "x-a") == ["wild"])
        #expect(try sent(scope, to: "http://b.test/").values(of: "x-a") == ["1"])
        #expect(try sent(scope, to: Self.home) == Self.fields)
        let own = CredentialScope(Self.fields, rules: [try CredentialRule("api.example.org:Authorization:Bearer own")])
        #expect(try sent(own, to: Self.home).values(of: "authorization") == ["Bearer own"])
    }

    @Test func `a rule may be a user or a token, and never shows it`() throws {
        let hosts = try HostPattern("a.test")
        let user = CredentialRule(hosts: hosts, user: Array("u:p".utf8))
        let bearer = CredentialRule(hosts: hosts, bearer: Array("t0ken".utf8))
        #expect(user.name == "Authorization" && user.value == Array("Basic dTpw".utf8))
        #expect(bearer.value == Array("Bearer t0ken".utf8))
        #expect("\(bearer)" == "Authorization: ***")
    }

    @Test(arguments: [
        ("a.test:X-Key:v", "https://a.test:443", "X-Key", "v"), ("a.test:81:X-Key: v:w ", "a.test:81", "X-Key", "v:w"),
        ("[::1]:X-Key:v", "https://[::1]:443", "X-Key", "v"), ("[::1]:81:X-Key:v", "[::1]:81", "X-Key", "v"),
        ("http://a.test:X-Key:v", "http://a.test:80", "X-Key", "v"),
        ("https://a.test:81:X-Key:http://c", "https://a.test:81", "X-Key", "http://c"),
    ])
    func `a rule of the command line is read`(text: String, hosts: String, name: String, value: String) throws {
        let rule = try CredentialRule(text)
        #expect("\(rule.hosts)" == hosts)
        #expect(rule.name == name && rule.value == Array(value.utf8))
    }
}
