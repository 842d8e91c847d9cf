package import FetchHTTP
import FetchSystem

/// The rules of a robots.txt for one crawler (RFC 9309).
///
/// Groups of the same name are one group, and lines that are not rules (Sitemap, Crawl-delay, unknown ones) do not end
/// a group. The longest matching rule wins; of equal ones Allow wins.
package struct RobotsPolicy: Sendable {
    private struct Rule {
        let pattern: RobotsPattern
        let isAllow: Bool
        let source: RobotsRule
    }

    /// The number of bytes that are read of a robots.txt (RFC 9309 §2.5: at least 500 KiB).
    package static let byteLimit = 512_000

    /// Allows everything: the file is missing (RFC 9309 §2.3.1.3).
    package static let allowAll = RobotsPolicy(parsing: [], agent: "")
    /// Forbids everything: the file cannot be fetched (RFC 9309 §2.3.1.4).
    static let disallowAll = RobotsPolicy(parsing: Array("User-agent: *\nDisallow: /\n".utf8), agent: "")

    /// The Crawl-delay of the crawler's group without a maximum (not in the RFC; seconds, a fraction is allowed).
    package let crawlDelay: Duration?
    /// The values of all Sitemap lines, in order and unchanged (RFC 9309 §2.2.4).
    package let sitemaps: [String]
    /// The rules of the crawler's group, the most specific first.
    private let rules: [Rule]

    /// Parses a robots.txt. Any content gives rules or none, never an error.
    ///
    /// - Parameters:
    ///   - bytes: The body as received (UTF-8, or UTF-16 with its mark; any line breaks). Bytes after ``byteLimit`` are
    ///     ignored.
    ///   - agent: The crawler's product token, `fetchall` (RFC 9309 §2.2.1); compared without case.
    package init(parsing bytes: [UInt8], agent: String) {
        /// The lines of all groups with one name.
        struct Group {
            var rules: [Rule] = []
            var delay: Duration?
            var exists = false
        }
        var own = Group()
        var everybody = Group()
        var sitemaps: [String] = []
        // The names of the group whose lines are being read.
        var (namesOwn, namesEverybody, hasRules) = (false, false, false)
        let token = Self.productToken(Array(agent.utf8)[...])

        func add(_ value: ArraySlice<UInt8>, _ isAllow: Bool, _ number: Int, _ line: ArraySlice<UInt8>) {
            hasRules = true
            guard !value.isEmpty, namesOwn || namesEverybody else { return }
            let source = RobotsRule(line: number, bytes: line)
            var rules = [Rule(pattern: RobotsPattern(value), isAllow: isAllow, source: source)]
            if isAllow, let folder = Self.folder(ofIndex: value) {
                rules.append(Rule(pattern: RobotsPattern(folder), isAllow: true, source: source))
            }
            if namesOwn { own.rules += rules }
            if namesEverybody { everybody.rules += rules }
        }

        RobotsLine.forEach(in: Self.utf8(Self.wholeLines(bytes)[...])) { number, line in
            switch RobotsLine(line) {
            case .userAgent(let name):
                if hasRules { (namesOwn, namesEverybody, hasRules) = (false, false, false) }
                if Self.isEverybody(name) { (namesEverybody, everybody.exists) = (true, true) }
                if !token.isEmpty, Self.productToken(name) == token { (namesOwn, own.exists) = (true, true) }
            case .allow(let value): add(value, true, number, line)
            case .disallow(let value): add(value, false, number, line)
            case .crawlDelay(let value):
                guard let delay = Self.seconds(value) else { break }
                if namesOwn, own.delay == nil { own.delay = delay }
                if namesEverybody, everybody.delay == nil { everybody.delay = delay }
            case .sitemap(let value): if !value.isEmpty { sitemaps.append(ByteText.reference(Array(value))) }
            case .other: break
            }
        }
        let group = own.exists ? own : everybody
        crawlDelay = group.delay
        self.sitemaps = sitemaps
        rules = group.rules.sorted { ($0.pattern.length, $0.isAllow ? 1 : 0) > ($1.pattern.length, $1.isAllow ? 1 : 0) }
    }

    /// Decides on a URL by its path and query; the caller has chosen the file by the authority. `/robots.txt` is always
    /// allowed (RFC 9309 §2.2.2).
    package func verdict(for url: FetchURL) -> RobotsVerdict {
        guard !rules.isEmpty, url.path != "/robots.txt" else { return RobotsVerdict(isAllowed: true, rule: nil) }
        let path = RobotsPattern.normalized(Array(url.requestTarget.utf8)[...])
        guard let rule = rules.first(where: { $0.pattern.matches(path) }) else {
            return RobotsVerdict(isAllowed: true, rule: nil)
        }
        return RobotsVerdict(isAllowed: rule.isAllow, rule: rule.source)
    }

    /// The lines that end within the limit: the one that it cuts could forbid or allow far more than it says.
    package static func wholeLines(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > byteLimit else { return bytes }
        func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
        var head = bytes.prefix(byteLimit)
        if isBreak(bytes[byteLimit]) { return Array(head) }
        while let last = head.last, !isBreak(last) { head.removeLast() }
        // The second byte of a line break in little-endian UTF-16.
        if bytes.starts(with: [0xFF, 0xFE]), head.count % 2 == 1 { head.append(0) }
        return Array(head)
    }

    /// The product token at the start of a User-Agent, in lower case: `mybot` of `MyBot/1.0 (+https://example.org)`. Of a
    /// browser's that names a crawler, `Mozilla/5.0 (compatible; MyBot/1.0)`, it is the crawler's (RFC 9309 §2.2.1).
    ///
    /// - Returns: nil if it starts with none.
    package static func token(ofUserAgent agent: String) -> String? {
        var bytes = Array(agent.utf8)[...]
        let marker = Array("(compatible;".utf8)
        if productToken(bytes) == Array("mozilla".utf8),
            let start = bytes.indices.first(where: { bytes[$0...].starts(with: marker) })
        {
            let name = bytes[(start + marker.count)...].drop { $0 == 0x20 }
            if !productToken(name).isEmpty { bytes = name }
        }
        let token = productToken(bytes)
        return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
    }

    /// The text without the NUL bytes of UTF-16.
    private static func utf8(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let encoding = CharacterEncoding.mark(of: bytes)?.encoding, encoding != .utf8 else { return bytes }
        return encoding.decode(bytes.dropFirst(2))[...]
    }

    /// The product token at the start of a name, in lower case: `FooBot/1.0` is `foobot` (RFC 9309 §2.2.1).
    private static func productToken(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.prefix { $0.isASCIILetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.map(\.lowercasedASCII)
    }

    private static func isEverybody(_ name: ArraySlice<UInt8>) -> Bool {
        name.first == UInt8(ascii: "*") && name.dropFirst().first.map(RobotsLine.isBlank) != false
    }

    /// `/dir/$` for `/dir/index.html`: a rule that allows the page also allows its short name, as in Google's parser.
    private static func folder(ofIndex value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let slash = value.lastIndex(of: UInt8(ascii: "/")), value[slash...].starts(with: "/index.htm".utf8) else {
            return nil
        }
        return value[...slash] + [UInt8(ascii: "$")]
    }

    /// A decimal number of seconds, at most a year.
    private static func seconds(_ value: ArraySlice<UInt8>) -> Duration? {
        guard !value.isEmpty, value.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }), value.count <= 20,
            let seconds = Double(String(decoding: value, as: UTF8.self))
        else { return nil }
        return .milliseconds(Int64(min(seconds, 31_536_000) * 1000))
    }
}
