import FetchHTTP
import FetchSystem
import Synchronization
import TestSupport
import Testing

@Suite("issue 24.3: fields that a file has for a host")
struct DefaultRuleTests {
    private func rule(_ host: String, _ name: String, _ value: String) throws -> CredentialRule {
        CredentialRule(hosts: try HostPattern(host), name: name) { Array(value.utf8) }
    }

    private func values(
        _ scope: CredentialScope, _ name: String, _ url: String = "https://a.test/", home: String = "https://a.test/"
    ) throws -> [String] {
        scope.fields(for: try FetchURL.parse(url), home: try FetchURL.parse(home).origin).values(of: name)
    }

    @Test func `a field of the request and another rule precede it`() throws {
        let rules = [try rule("a.test", "Authorization", "file"), try rule("b.test", "Authorization", "file")]
        let fields = HeaderFields([("authorization", "line")])
        let scope = CredentialScope(fields, rules: rules)
        #expect(try values(scope, "Authorization") == ["line"])
        // What is withheld from a stranger is not the stranger's.
        #expect(try values(scope, "Authorization", "https://b.test/") == ["file"])
        let named = CredentialRule(hosts: try HostPattern("*.test"), name: "authorization", value: Array("for".utf8))
        #expect(try values(CredentialScope(HeaderFields(), rules: rules + [named]), "Authorization") == ["for"])
        #expect(try values(CredentialScope(HeaderFields(), rules: rules), "Authorization", "https://u:p@a.test/") == [])
    }

    @Test func `it precedes what files have for all hosts`() throws {
        let rules = [try rule("a.test", "Accept", "own")]
        let fields = HeaderFields([("Accept", "all"), ("X-A", "1")])
        #expect(try values(CredentialScope(fields, rules: rules), "Accept") == ["all"])
        let scope = CredentialScope(fields, rules: rules, replaceable: ["accept"])
        #expect(try values(scope, "Accept") == ["own"] && values(scope, "X-A") == ["1"])
        #expect(try values(scope, "Accept", "https://b.test/") == ["all"])
    }

    @Test func `the credentials of a URL precede what files have, for its host and for all`() throws {
        let fields = HeaderFields([("Authorization", "all"), ("X-A", "1")])
        let rules = [try rule("b.test", "Authorization", "own")]
        for toAllHosts in [true, false] {
            let scope = CredentialScope(
                fields, rules: rules, toAllHosts: toAllHosts, replaceable: ["authorization", "x-a"])
            #expect(!scope.isUniform)
            #expect(try values(scope, "Authorization") == ["all"])
            #expect(try values(scope, "Authorization", "https://u:p@a.test/") == [])
            #expect(try values(scope, "X-A", "https://u:p@a.test/") == ["1"])
            #expect(try values(scope, "Authorization", "https://b.test/") == ["own"])
            #expect(try values(scope, "Authorization", "https://u:p@b.test/") == [])
        }
        #expect(!CredentialScope(fields, toAllHosts: true, replaceable: ["authorization"]).isUniform)
        #expect(CredentialScope(fields, toAllHosts: true, replaceable: ["x-a"]).isUniform)
        // Those of the command line precede the URL's.
        let line = CredentialScope(fields)
        #expect(try values(line, "Authorization", "https://u:p@a.test/") == ["all"])
    }

    @Test func `of two patterns the more exact one counts, and one without a value leaves the field out`() throws {
        let none = CredentialRule(hosts: try HostPattern("none.a.test"), name: "X-A") { nil }
        let rules = [try rule("*.a.test", "X-A", "wide"), try rule("x.a.test", "X-A", "exact"), none]
        let scope = CredentialScope(HeaderFields(), rules: rules)
        #expect(try values(scope, "X-A", "https://x.a.test/") == ["exact"])
        #expect(try values(scope, "X-A", "https://y.a.test/") == ["wide"])
        #expect(try values(scope, "X-A", "https://none.a.test/") == [])
        #expect(try values(scope, "X-A", "https://a.test/") == [])
        #expect(try values(scope, "X-A", "http://x.a.test/") == [])
    }

    @Test func `its value is asked for only where it goes`() throws {
        let count = Shared(0)
        let rule = CredentialRule(hosts: try HostPattern("a.test"), name: "X-A") {
            count.update { $0 += 1 }
            return [0x31]
        }
        let scope = CredentialScope(HeaderFields(), rules: [rule])
        #expect(try values(scope, "X-A", "https://b.test/") == [] && count.update { $0 } == 0)
        #expect(try values(scope, "X-A") == ["1"] && count.update { $0 } == 1)
        #expect("\(rule)" == "X-A: ***")
    }
}
