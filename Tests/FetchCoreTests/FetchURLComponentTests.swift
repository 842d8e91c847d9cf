import FetchHTTP
import Testing

/// A URL and the components it must have.
struct ComponentCase: Sendable, CustomTestStringConvertible {
    let input: String
    var username = ""
    var password = ""
    var host: String
    var port: Int?
    var effectivePort: Int
    var path = "/"
    var query: String?
    var fragment: String?

    var testDescription: String { input }
}

/// A URL in its forms.
struct FormCase: Sendable, CustomTestStringConvertible {
    let input: String
    let origin: String
    let target: String
    let request: String
    let redacted: String
    let bare: String

    var testDescription: String { input }
}

@Suite("URLs: components and forms")
struct FetchURLComponentTests {
    @Test(
        "Each component is what stands in the canonical form",
        arguments: [
            ComponentCase(input: "http://h", host: "h", effectivePort: 80),
            ComponentCase(input: "https://h:444/", host: "h", port: 444, effectivePort: 444),
            ComponentCase(input: "https://h:443/?", host: "h", effectivePort: 443, query: ""),
            ComponentCase(input: "https://h/#", host: "h", effectivePort: 443, fragment: ""),
            ComponentCase(
                input: "http://h/a/b?c=d#e", host: "h", effectivePort: 80, path: "/a/b", query: "c=d", fragment: "e"),
            ComponentCase(input: "http://u@h/", username: "u", host: "h", effectivePort: 80),
            ComponentCase(input: "http://u:@h/", username: "u", host: "h", effectivePort: 80),
            ComponentCase(input: "http://:p@h/", password: "p", host: "h", effectivePort: 80),
            ComponentCase(input: "http://:@h/", host: "h", effectivePort: 80),
            ComponentCase(input: "http://@h/", host: "h", effectivePort: 80),
            ComponentCase(
                input: "https://u:p:q@r@[::1]:1/x?y?z#", username: "u", password: "p%3Aq%40r", host: "[::1]", port: 1,
                effectivePort: 1, path: "/x", query: "y?z", fragment: ""),
            ComponentCase(
                input: "http://ü|':é^@h", username: "%C3%BC%7C'", password: "%C3%A9%5E", host: "h", effectivePort: 80),
        ])
    func components(_ example: ComponentCase) throws {
        let url = try FetchURL.parse(example.input)
        #expect(url.username == example.username)
        #expect(url.password == example.password)
        #expect(url.host == example.host)
        #expect(url.port == example.port)
        #expect(url.effectivePort == example.effectivePort)
        #expect(url.path == example.path)
        #expect(url.query == example.query)
        #expect(url.fragment == example.fragment)
        #expect(url.hasCredentials == !(example.username + example.password).isEmpty)
        #expect(url.scheme == (example.input.hasPrefix("https") ? .https : .http))
    }

    @Test(
        "Origin, request and printed form leave out what they must",
        arguments: [
            FormCase(
                input: "http://h/", origin: "http://h", target: "/", request: "http://h/", redacted: "http://h/",
                bare: "http://h/"),
            FormCase(
                input: "https://H:443/a?b#c", origin: "https://h", target: "/a?b", request: "https://h/a?b",
                redacted: "https://h/a?b#c", bare: "https://h/a?b#c"),
            FormCase(
                input: "http://user:secret@h:8080/a?#c", origin: "http://h:8080", target: "/a?",
                request: "http://h:8080/a?", redacted: "http://user:***@h:8080/a?#c", bare: "http://h:8080/a?#c"),
            FormCase(
                input: "https://token@[::1]/#", origin: "https://[::1]", target: "/", request: "https://[::1]/",
                redacted: "https://***@[::1]/#", bare: "https://[::1]/#"),
            FormCase(
                input: "http://:secret@h?q", origin: "http://h", target: "/?q", request: "http://h/?q",
                redacted: "http://:***@h/?q", bare: "http://h/?q"),
        ])
    func forms(_ example: FormCase) throws {
        let url = try FetchURL.parse(example.input)
        #expect(url.origin.serialization == example.origin)
        #expect(url.origin.description == example.origin)
        #expect(url.requestTarget == example.target)
        #expect(url.requestString == example.request)
        #expect(url.redacted == example.redacted)
        #expect("\(url)" == example.redacted)
        #expect(url.withoutCredentials.href == example.bare)
    }

    @Test("Without credentials a URL keeps all its other components")
    func withoutCredentials() throws {
        let url = try FetchURL.parse("https://user:secret@example.org:8443/path?query#fragment")
        let bare = url.withoutCredentials
        #expect(bare == FetchURL("https://example.org:8443/path?query#fragment"))
        #expect(!bare.hasCredentials)
        #expect(bare.username.isEmpty)
        #expect(bare.password.isEmpty)
        #expect(bare.host == url.host)
        #expect(bare.port == url.port)
        #expect(bare.path == url.path)
        #expect(bare.query == url.query)
        #expect(bare.fragment == url.fragment)
        #expect(bare.origin == url.origin)
    }

    @Test("Origins differ by scheme, host and port, and by nothing else")
    func origins() throws {
        let origin = try FetchURL.parse("https://example.org/a").origin
        #expect(origin == FetchURL("https://u:p@EXAMPLE.org:443/b?c#d")?.origin)
        #expect(origin != FetchURL("http://example.org/a")?.origin)
        #expect(origin != FetchURL("https://example.org:444/a")?.origin)
        #expect(origin != FetchURL("https://www.example.org/a")?.origin)
    }
}
