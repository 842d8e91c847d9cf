/// An http or https URL, parsed and serialised as in the WHATWG URL standard. It is the only URL type of fetchall.
///
/// Input, redirects, scope, robots and credentials are decided on it, and libcurl receives its canonical string, so
/// that no URL is parsed by two parsers in two ways. Other schemes cannot be represented: no request can leave http and
/// https.
///
/// It consists of the canonical string and the offsets of its components; a component is extracted when it is asked
/// for.
public struct FetchURL: Sendable, Hashable, CustomStringConvertible {
    /// The supported schemes (WHATWG URL §3.1: two of the special schemes).
    public enum Scheme: String, Sendable, Hashable {
        /// Cleartext.
        case http
        /// Over TLS.
        case https

        /// The default port (WHATWG URL §3.1).
        var defaultPort: Int { self == .https ? 443 : 80 }
    }

    /// The maximum length of a canonical URL in bytes.
    package static let maximumLength = 65_536

    /// The canonical serialization (WHATWG URL §4.5), ASCII only, with credentials and fragment.
    public let href: String
    /// The offsets of the components in ``href``.
    let offsets: URLOffsets

    /// Stores the result of a parser.
    init(href: String, offsets: URLOffsets) {
        self.href = href
        self.offsets = offsets
    }

    /// Parses a URL, or a reference against a base (WHATWG URL §4.4, the basic URL parser).
    ///
    /// - Parameters:
    ///   - text: The URL, or a relative reference if a base is given.
    ///   - base: The URL of the document or response that contains the reference.
    /// - Returns: The URL in canonical form.
    /// - Throws: `blocked-scheme` for a URL of another scheme, otherwise `invalid-url`. The message says what is wrong
    ///   without quoting the input, which may contain a password.
    @inlinable
    public static func parse(_ text: some StringProtocol, base: FetchURL? = nil) throws(FetchError) -> FetchURL {
        try parse(string: String(text), base: base)
    }

    /// ``parse(_:base:)`` without generics.
    @usableFromInline
    static func parse(string: String, base: FetchURL?) throws(FetchError) -> FetchURL {
        if let url = canonical(string) { return url }
        return try FetchURLParser.parse(Array(string.utf8), base: base)
    }

    /// The URL of a text that is plainly canonical already; else nil.
    static func canonical(_ text: String) -> FetchURL? {
        var last: FetchURL?
        return canonical(text, after: &last)
    }

    /// The same for a URL of a list.
    ///
    /// - Parameter last: An earlier URL, which is likely to have the same host; it is replaced by this one if it has
    ///   another.
    package static func canonical(_ text: String, after last: inout FetchURL?) -> FetchURL? {
        var text = text
        text.makeContiguousUTF8()
        let found = text.utf8.withContiguousStorageIfAvailable { CanonicalURLScan.offsets(of: $0, after: last) }
        guard let found, let (offsets, isLikeLast) = found else { return nil }
        let url = FetchURL(href: text, offsets: offsets)
        if !isLikeLast { last = url }
        return url
    }

    /// Parses a URL; nil if it is not valid.
    @inlinable
    public init?(_ text: some StringProtocol, base: FetchURL? = nil) {
        guard let url = try? FetchURL.parse(text, base: base) else { return nil }
        self = url
    }

    /// Two URLs are equal if their canonical serialisations are (WHATWG URL §4.6).
    public static func == (left: FetchURL, right: FetchURL) -> Bool { left.href == right.href }

    /// Hashes the canonical serialisation.
    public func hash(into hasher: inout Hasher) { hasher.combine(href) }

    /// The form for output: ``redacted``.
    public var description: String { redacted }
}

/// The components (WHATWG URL §4.1).
extension FetchURL {
    /// http or https.
    public var scheme: Scheme {
        // After "https://" the string cannot end yet; inspecting it costs more.
        if offsets.userEnd == 7 { return .http }
        return byte(at: 4) == UInt8(ascii: "s") ? .https : .http
    }

    /// Percent-encoded as in the URL; empty if none.
    public var username: String { slice(authorityStart, offsets.userEnd) }

    /// Percent-encoded as in the URL; empty if none.
    public var password: String {
        hasPassword ? slice(offsets.userEnd + 1, offsets.hostStart - 1) : ""
    }

    /// The serialised host (WHATWG URL §3.5): lower case, punycode, IPv6 in brackets.
    public var host: String { slice(offsets.hostStart, offsets.hostEnd) }

    /// The explicit port if it is not the default.
    public var port: Int? {
        offsets.hostEnd == offsets.pathStart ? nil : Int(slice(offsets.hostEnd + 1, offsets.pathStart))
    }

    /// The port, or the scheme's default.
    public var effectivePort: Int { port ?? scheme.defaultPort }

    /// The path; it starts with "/".
    public var path: String { slice(offsets.pathStart, offsets.pathEnd) }

    /// The query without "?"; nil if there is no "?".
    public var query: String? {
        offsets.pathEnd == offsets.queryEnd ? nil : slice(offsets.pathEnd + 1, offsets.queryEnd)
    }

    /// The fragment without "#"; nil if there is no "#".
    public var fragment: String? {
        offsets.queryEnd == length ? nil : slice(offsets.queryEnd + 1, length)
    }

    /// Whether there is a user name or a password (WHATWG URL §4.2, includes credentials).
    public var hasCredentials: Bool { offsets.hostStart > authorityStart }
}

/// The offsets in the string.
extension FetchURL {
    /// The start of the user name or host, after "http://" or "https://".
    package var authorityStart: UInt32 { scheme == .https ? 8 : 7 }

    /// Whether there is a password: then ":" ends the user name, otherwise "@" does.
    var hasPassword: Bool { offsets.hostStart > offsets.userEnd + 1 }

    /// The length of ``href`` in bytes.
    var length: UInt32 { UInt32(href.utf8.count) }

    /// The bytes from one offset to another.
    func slice(_ start: UInt32, _ end: UInt32) -> String {
        let utf8 = href.utf8
        let first = utf8.index(utf8.startIndex, offsetBy: Int(start))
        let last = utf8.index(first, offsetBy: Int(end) - Int(start))
        return String(href[first..<last])
    }

    private func byte(at offset: Int) -> UInt8 {
        // Advancing a String's indices costs a hundred instructions; the bytes of a native string are contiguous.
        href.utf8.withContiguousStorageIfAvailable { $0[offset] } ?? 0
    }
}

extension FetchError {
    /// The error for a text that is not a valid http(s) URL; it says what is wrong without quoting the text.
    static func invalid(_ reason: String) -> FetchError { FetchError(.invalidURL, reason, curlCode: .urlMalformat) }
}
