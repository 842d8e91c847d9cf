import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchRecords

@Suite("issue 24.1: the first input decides whose the credentials are")
struct CredentialGateTests {
    private static func defaults(
        _ notices: Shared<[CredentialGate.Notice]>, home: Origin? = nil
    ) -> RequestDefaults {
        var defaults = RequestDefaults(headers: HeaderFields([("X-Key", "k"), ("X-A", "1")]))
        defaults.gate = CredentialGate(CredentialScope(defaults.headers), home: home) { notice in
            notices.update { $0.append(notice) }
        }
        return defaults
    }

    @Test func `the first of a list is home, and a stranger is reported once`() throws {
        let notices = Shared<[CredentialGate.Notice]>([])
        let defaults = Self.defaults(notices)
        #expect(line(#"{"url":"http://a/","headers":{"X-Key":"own"}}"#, defaults)?.sent?.headers["x-key"] == "own")
        #expect(defaults.gate?.home?.serialization == "http://a")
        // Its own field is in place of what it does not get.
        #expect(line(#"{"url":"http://b/","headers":{"X-Key":"own"}}"#, defaults)?.sent?.headers["x-key"] == "own")
        #expect(notices.value.isEmpty)
        #expect(line("http://b/", defaults)?.sent?.headers.fields.map(\.name) == ["X-A"])
        #expect(line("http://c/", defaults)?.sent?.headers.fields.map(\.name) == ["X-A"])
        #expect(line("http://a/x", defaults)?.sent?.headers.fields.map(\.name) == ["X-Key", "X-A"])
        #expect(notices.value.map(\.names) == [["X-Key"]])
        #expect(notices.value.first?.stranger.serialization == "http://b")
    }

    @Test func `a home that is known does not move`() throws {
        let notices = Shared<[CredentialGate.Notice]>([])
        let defaults = Self.defaults(notices, home: try FetchURL.parse("http://b/").origin)
        #expect(line("http://a/", defaults)?.sent?.headers.contains("x-key") == false)
        #expect(line("http://b/", defaults)?.sent?.headers.contains("x-key") == true)
        #expect(notices.value.count == 1)
    }

    @Test func `after a first input that is not valid, and for a URL that is not, there is no home`() throws {
        let notices = Shared<[CredentialGate.Notice]>([])
        let defaults = Self.defaults(notices)
        let broken = line(#"{"url":"http://a:99999/"}"#, defaults)
        #expect(broken?.withoutURL?.headers.fields.map(\.name) == ["X-A"])
        #expect(defaults.gate?.home == nil)
        defaults.gate?.firstIsInvalid()
        #expect(line("http://a/", defaults)?.sent?.headers.contains("x-key") == false)
        #expect(notices.value.first?.home == nil && notices.value.count == 1)
    }
}
