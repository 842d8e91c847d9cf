import TestSupport
import Testing

@testable import FetchHTTP

@Suite("URLs: properties of any input")
struct FetchURLPropertyTests {
    /// Inputs a seed; more is for a machine that has the time.
    private let rounds = 1_500

    private static let pieces = [
        "http:", "https:", "//", "/", "\\", "?", "#", "@", ":", ".", "..", "%2e", "%2E.", "[", "]", "::", "[::1]",
        "127.1", "0x7f", "1.2.3.4", "99999", "80", "443", "example.org", "EXAMPLE", "bücher", "ß", "☃", "xn--",
        "xn--n3h",
        "xn--bcher-kva", "é", "e\u{301}", "א", "日本", "。", "\u{200D}", "\u{FE0F}", "\u{0}", "\t", "\n", " ", "%", "%00",
        "%FF", "%41", "'", "\"", "<", "^", "|", "{", "~", "a", "b", "-", "--", "_", "user", "pw", "ftp:", "mailto:",
    ]

    private static func text(_ generator: inout SeededRandom) -> String {
        let count = Int.random(in: 0...9, using: &generator)
        let start = ["", "", "http://", "https://"].randomElement(using: &generator) ?? ""
        return (0..<count).reduce(start) { text, _ in text + (pieces.randomElement(using: &generator) ?? "") }
    }

    private static func noise(_ generator: inout SeededRandom) -> String {
        let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        return (Bool.random(using: &generator) ? "http://" : "") + String(decoding: bytes, as: UTF8.self)
    }

    /// What must be true of every URL there is.
    private static func check(_ url: FetchURL, from input: String) throws {
        let again = try FetchURL.parse(url.href)
        #expect(again.href == url.href, "\(input.debugDescription)")
        let components = [url.username, url.password, url.host, url.path, url.query, url.fragment]
        let same = [again.username, again.password, again.host, again.path, again.query, again.fragment]
        #expect(components == same, "\(input.debugDescription)")
        #expect(url.port == again.port)
        #expect(url.href.hasPrefix("http://") || url.href.hasPrefix("https://"))
        #expect(url.href.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(input.debugDescription)")
        #expect(!url.host.isEmpty)
        #expect(url.path.hasPrefix("/"))
        let credentials = url.password.isEmpty ? url.username : url.username + ":" + url.password
        let rebuilt =
            url.scheme.rawValue + "://" + (credentials.isEmpty ? "" : credentials + "@") + url.host
            + (url.port.map { ":\($0)" } ?? "") + url.path + (url.query.map { "?" + $0 } ?? "")
            + (url.fragment.map { "#" + $0 } ?? "")
        #expect(rebuilt == url.href, "\(input.debugDescription)")
        #expect(try FetchURL.parse(url.requestString).href == url.requestString)
        #expect(try FetchURL.parse(url.withoutCredentials.href) == url.withoutCredentials)
        #expect(url.origin == url.withoutCredentials.origin)
        #expect(url.requestString.hasPrefix(url.origin.serialization))
        #expect(url.requestString == url.origin.serialization + url.requestTarget)
    }

    @Test("A canonical URL parses to itself, whatever it was made from", arguments: [1, 2, 3, 4] as [UInt64])
    func idempotence(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var valid = 0
        for _ in 0..<rounds {
            let input = Self.text(&generator)
            guard let url = FetchURL(input) else { continue }
            valid += 1
            try Self.check(url, from: input)
        }
        #expect(valid > 100, "the generator makes too few URLs: \(valid)")
    }

    @Test("Resolving never leaves http and https and never loses the base's form", arguments: [5, 6, 7] as [UInt64])
    func resolving(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let bases = try ["http://example.org/a/b?c#d", "https://u:p@[::1]:8443/", "http://127.0.0.1:81/x/y/z"].map {
            text in
            try FetchURL.parse(text)
        }
        var valid = 0
        for _ in 0..<rounds {
            let base = try #require(bases.randomElement(using: &generator))
            let input = Self.text(&generator)
            guard let url = FetchURL(input, base: base) else { continue }
            valid += 1
            try Self.check(url, from: input)
            #expect(url.href.utf8.count <= base.href.utf8.count + 3 * input.utf8.count + 40)
        }
        #expect(valid > 300, "the generator makes too few URLs: \(valid)")
    }

    @Test("Random bytes are parsed or refused, never more", arguments: [8, 9, 10] as [UInt64])
    func noise(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let base = try FetchURL.parse("https://example.org/dir/")
        var refused = 0
        for _ in 0..<rounds {
            let input = Self.noise(&generator)
            if let url = FetchURL(input, base: base) { try Self.check(url, from: input) } else { refused += 1 }
        }
        #expect(refused > 200)
    }

    /// The fast way takes plain URLs only; with a space before them the same URLs go the long way.
    @Test("The fast way and the long way agree", arguments: [11, 12, 13] as [UInt64])
    func twoWays(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var valid = 0
        for _ in 0..<rounds {
            let input = Self.text(&generator)
            let fast = FetchURL(input)
            let slow = FetchURL(" " + input)
            #expect(fast == slow, "\(input.debugDescription)")
            #expect(fast?.host == slow?.host)
            #expect(fast?.path == slow?.path)
            #expect(fast?.query == slow?.query)
            #expect(fast?.fragment == slow?.fragment)
            if fast != nil { valid += 1 }
        }
        #expect(valid > 100, "the generator makes too few URLs: \(valid)")
    }

    @Test("One of many is read as if it were alone", arguments: [14, 15, 16] as [UInt64])
    func oneOfMany(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let beginnings = [
            "http://a", "http://a/", "http://a:80", "http://a:81/", "http://u:p@a/", "https://a/", "http://a.b/",
            "http://127.0.0.1:8080/", "http://127.0.0.1:8080", "http://a/?", "http://A/", "http://a//", "x",
        ]
        let ends = ["", "/", "1", "b/c?d#e", "../x", "%2e%2e/x", "@b/", ":82/", "a b", "?q", "#f", ".c/"]
        var last: FetchURL?
        for _ in 0..<20_000 {
            let text = (beginnings.randomElement(using: &random) ?? "") + (ends.randomElement(using: &random) ?? "")
            let alone = FetchURL.canonical(text)
            let url = FetchURL.canonical(text, after: &last)
            #expect(url == alone && url?.offsets == alone?.offsets, "\(text)")
        }
        #expect(last != nil)
    }
}
