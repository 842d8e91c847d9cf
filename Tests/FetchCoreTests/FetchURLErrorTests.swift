import FetchHTTP
import Testing

/// An input that is refused, and a word that must be in the reason.
struct RefusedCase: Sendable, CustomTestStringConvertible {
    let input: String
    let reason: String

    init(_ input: String, _ reason: String) {
        self.input = input
        self.reason = reason
    }

    var testDescription: String { input.debugDescription }
}

@Suite("URLs: what is refused")
struct FetchURLErrorTests {
    private static func error(_ input: String, base: FetchURL? = nil) -> FetchError? {
        do {
            _ = try FetchURL.parse(input, base: base)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "Another scheme is blocked, with a base and without",
        arguments: [
            "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x", "mailto:a@b",
            "gopher://h", "FTP://h", "ws://h", "a+b-c.d:x",
            " \tjava\nscript:x", "httpx://h", "tel:+1", "localhost:8080",
        ])
    func blocked(_ input: String) throws {
        let base = try FetchURL.parse("http://example.org/")
        for base in [nil, base] {
            let error = try #require(Self.error(input, base: base))
            #expect(error.kind == .blockedScheme)
            #expect(error.curlCode == .unsupportedProtocol)
            #expect(error.message.contains("is not http or https"))
        }
        #expect(FetchURL(input) == nil)
    }

    @Test(
        "What is no URL is invalid, and the reason is told",
        arguments: [
            RefusedCase("", "no scheme"),
            RefusedCase("example.org/x", "no scheme"),
            RefusedCase("//example.org/", "no scheme"),
            RefusedCase("#x", "no scheme"),
            RefusedCase("http ://h", "no scheme"),
            RefusedCase("1http://h", "no scheme"),
            RefusedCase("http://", "empty host"),
            RefusedCase("http:///", "empty host"),
            RefusedCase("http://?q", "empty host"),
            RefusedCase("http://#f", "empty host"),
            RefusedCase("http://:80/", "empty host"),
            RefusedCase("http://u:p@/", "empty host"),
            RefusedCase("http://u:p@:80/", "empty host"),
            RefusedCase("http://%AD%/", "domain"),
            RefusedCase("http://\u{AD}/", "host"),
            RefusedCase("http://h:65536/", "above 65535"),
            RefusedCase("http://h:99999999999999999999999/", "above 65535"),
            RefusedCase("http://h:8o/", "not a number"),
            RefusedCase("http://h:-1/", "not a number"),
            RefusedCase("http://h:80:80/", "not a number"),
            RefusedCase("http://[::1/", "IPv6"),
            RefusedCase("http://[]/", "IPv6"),
            RefusedCase("http://[:]/", "IPv6"),
            RefusedCase("http://[:1]/", "IPv6"),
            RefusedCase("http://[1:]/", "IPv6"),
            RefusedCase("http://[1::2::3]/", "IPv6"),
            RefusedCase("http://[1:2:3:4:5:6:7]/", "IPv6"),
            RefusedCase("http://[1:2:3:4:5:6:7:8:9]/", "IPv6"),
            RefusedCase("http://[1:2:3:4:5:6:7:8::]/", "IPv6"),
            RefusedCase("http://[::1:2:3:4:5:6:7:8]/", "IPv6"),
            RefusedCase("http://[12345::]/", "IPv6"),
            RefusedCase("http://[g::]/", "IPv6"),
            RefusedCase("http://[::1%25eth0]/", "IPv6"),
            RefusedCase("http://[::1.2.3]/", "IPv6"),
            RefusedCase("http://[::1.2.3.256]/", "IPv6"),
            RefusedCase("http://[::01.2.3.4]/", "IPv6"),
            RefusedCase("http://[1:2:3:4:5:6:7:1.2.3.4]/", "IPv6"),
            RefusedCase("http://[::1]x/", "IPv6"),
            RefusedCase("http://1.2.3.4.5/", "IPv4"),
            RefusedCase("http://1.2.3.256/", "IPv4"),
            RefusedCase("http://256.1/", "IPv4"),
            RefusedCase("http://4294967296/", "IPv4"),
            RefusedCase("http://0x100000000/", "IPv4"),
            RefusedCase("http://1..2/", "IPv4"),
            RefusedCase("http://1.2.3.08/", "IPv4"),
            RefusedCase("http://example.1/", "IPv4"),
            RefusedCase("http://example.0x1./", "IPv4"),
            RefusedCase("http://a b/", "U+0020"),
            RefusedCase("http://a%00b/", "U+0000"),
            RefusedCase("http://a%2Fb/", "U+002F"),
            RefusedCase("http://a%25b/", "U+0025"),
            RefusedCase("http://a%/", "U+0025"),
            RefusedCase("http://a|b/", "U+007C"),
            RefusedCase("http://a<b/", "U+003C"),
            RefusedCase("http://a^b/", "U+005E"),
            RefusedCase("http://a]b/", "U+005D"),
            RefusedCase("http://a\u{7F}/", "U+007F"),
            RefusedCase("http://℀.com/", "U+002F"),
            RefusedCase("http://a\u{FFFD}/", "domain"),
            RefusedCase("http://%FF/", "domain"),
            RefusedCase("http://ü%00/", "U+0000"),
            RefusedCase("http://xn--.ß/", "domain"),
            RefusedCase("http://xn--a.☃/", "domain"),
            RefusedCase("http://\u{FF38}N--a☃/", "domain"),
            RefusedCase("http://xn--tešla/", "domain"),
            RefusedCase("http://xn--xn---epa.ß/", "domain"),
            RefusedCase("http://xn--zn7c.☃/", "domain"),
            RefusedCase("http://\u{200D}.example/", "domain"),
            RefusedCase("http://a☃\u{202E}b/", "domain"),
            RefusedCase("http://☃א/", "domain"),
        ])
    func invalid(_ example: RefusedCase) throws {
        let error = try #require(Self.error(example.input))
        #expect(error.kind == .invalidURL)
        #expect(error.curlCode == .urlMalformat)
        #expect(error.message.contains(example.reason), "\(error.message)")
        #expect(FetchURL(example.input) == nil)
    }

    @Test(
        "A reason never holds the password or a control character",
        arguments: [
            "http://u:hunter2@/", "http://u:hunter2@a b/", "http://u:hunter2@h:x/", "http://u:hunter2@[x]/",
            "http://u:hunter2@1.2.3.4.5/", "http://u:hunter2@\u{200D}/", "ftp://u:hunter2@h/", "http://hunter2:x",
            "http://h:hunter2", "u:hunter2@h", "//u:hunter2@h", "\u{1B}[31mhttp://u:hunter2@", "http://hunter2\u{1B}/",
        ])
    func secrets(_ input: String) throws {
        let error = try #require(Self.error(input))
        #expect(!error.message.isEmpty)
        #expect(!error.message.contains("hunter2"))
        #expect(!error.message.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }

    @Test("A canonical URL has at most 65,536 bytes")
    func length() throws {
        let prefix = "http://example.org/"
        let longest = prefix + String(repeating: "a", count: 65_536 - prefix.utf8.count)
        #expect(try FetchURL.parse(longest).href == longest)
        #expect(Self.error(longest + "a")?.kind == .invalidURL)
        #expect(Self.error(longest.dropLast() + "é")?.kind == .invalidURL)
        #expect(Self.error(longest + "a")?.message.contains("65536") == true)
        // Only what is left after parsing counts.
        #expect(try FetchURL.parse(prefix + String(repeating: "a/../", count: 50_000)).href == prefix)
        let base = try FetchURL.parse(longest)
        #expect(Self.error("#fragment", base: base)?.kind == .invalidURL)
        #expect(FetchURL("/x", base: base)?.href == "http://example.org/x")
    }

    @Test("A scheme as long as a book is cut in the reason")
    func longScheme() throws {
        let error = try #require(Self.error(String(repeating: "a", count: 1_000_000) + ":"))
        #expect(error.kind == .blockedScheme)
        #expect(error.message.utf8.count < 100)
    }

    /// Linear time is not measured here; a quadratic step would make each of these take minutes.
    @Test(
        "A megabyte of malice is refused at once",
        arguments: [
            ("http://", "a"), ("http://", "@"), ("http://", ":"), ("http://", "a."), ("http://", "1."),
            ("http://[", ":"), ("http://[", "1:"), ("http://", "["), ("http://", "%41"), ("http://", "ü."),
            ("http://", "☃"),
            ("http://xn--", "a"), ("http://ß", "xn--a."), ("http://h:", "0"), ("http://h/", "a/"),
            ("http://h/", "%2e%2f"),
            ("http://h/?", "'"), ("http://h/#", "<"), ("", "a"), ("", "a+"), ("http:", "\\"), ("http://u:", "@:"),
            ("http://0x", "f"), ("http://h/", "..a/"),
        ])
    func megabyte(_ prefix: String, _ unit: String) throws {
        let input = prefix + String(repeating: unit, count: 1_000_000 / unit.utf8.count)
        let error = Self.error(input)
        if unit == "0" {
            #expect(error == nil)
            #expect(FetchURL(input)?.port == 0)
        } else {
            #expect(error?.kind == .invalidURL)
        }
    }

    @Test(
        "A megabyte of dot segments is worked off and comes to nothing",
        arguments: ["a/../", "../", "./", "a/b/../../"])
    func megabyteOfDots(_ unit: String) throws {
        let input = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
        let base = try FetchURL.parse("http://example.org/")
        #expect(try FetchURL.parse(input, base: base) == base)
        let deep = String(repeating: "d/", count: 30_000)
        #expect(try FetchURL.parse(deep + String(repeating: "../", count: 400_000), base: base) == base)
    }
}
