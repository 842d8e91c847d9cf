/// An http or https URL, parsed and written as the WHATWG URL standard says: the one URL type of fetchall.
///
/// Input, redirects, scope, robots and credentials decide on it, and libcurl gets its canonical string, so that two
/// parsers never read one URL in two ways. Other schemes do not exist here: nothing can leave http and https.
///
/// It is its canonical string and the offsets of its components in it; a component is cut out when it is asked for.
public struct FetchURL: Sendable, Hashable, CustomStringConvertible {
    /// The schemes there are (WHATWG URL §3.1: two of the special schemes).
    public enum Scheme: String, Sendable, Hashable {
        /// Cleartext.
        case http
        /// Over TLS.
        case https

        /// The port that is meant where none is given (WHATWG URL §3.1).
        var defaultPort: Int { self == .https ? 443 : 80 }
    }

    /// The longest canonical URL that is accepted, in bytes.
    static let maximumLength = 65_536

    /// The canonical serialization (WHATWG URL §4.5), ASCII only, with credentials and fragment.
    public let href: String
    /// Where the components lie in ``href``.
    let offsets: URLOffsets

    /// Takes what a parser found.
    init(href: String, offsets: URLOffsets) {
        self.href = href
        self.offsets = offsets
    }

    /// Parses a URL, or a reference against a base (WHATWG URL §4.4, the basic URL parser).
    ///
    /// - Parameters:
    ///   - text: The URL, or a relative reference if there is a base.
    ///   - base: The URL of the document or answer the reference stands in.
    /// - Returns: The URL in canonical form.
    /// - Throws: `blocked-scheme` for a URL of another scheme, otherwise `invalid-url`. The message says what is
    ///   wrong without quoting the input, which may hold a password.
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

    /// The URL of a text that is written canonically already, and plainly so; else nil.
    static func canonical(_ text: String) -> FetchURL? {
        var last: FetchURL?
        return canonical(text, after: &last)
    }

    /// The same for one of many.
    ///
    /// - Parameter last: One before it, which is likely to have the same host; this one, where it has not.
    static func canonical(_ text: String, after last: inout FetchURL?) -> FetchURL? {
        var text = text
        text.makeContiguousUTF8()
        let found = text.utf8.withContiguousStorageIfAvailable { CanonicalURLScan.offsets(of: $0, after: last) }
        guard let found, let (offsets, isLikeLast) = found else { return nil }
        let url = FetchURL(href: text, offsets: offsets)
        if !isLikeLast { last = url }
        return url
    }

    /// Parses, or gives nil.
    @inlinable
    public init?(_ text: some StringProtocol, base: FetchURL? = nil) {
        guard let url = try? FetchURL.parse(text, base: base) else { return nil }
        self = url
    }

    /// Two URLs are the same if their canonical serializations are (WHATWG URL §4.6).
    public static func == (left: FetchURL, right: FetchURL) -> Bool { left.href == right.href }

    /// Hashes the canonical serialization.
    public func hash(into hasher: inout Hasher) { hasher.combine(href) }

    /// The form that may be printed: ``redacted``.
    public var description: String { redacted }
}

/// The components (WHATWG URL §4.1).
extension FetchURL {
    /// http or https.
    public var scheme: Scheme {
        // Behind "https://" nothing could end here; to look at the string costs more.
        if offsets.userEnd == 7 { return .http }
        return byte(at: 4) == UInt8(ascii: "s") ? .https : .http
    }

    /// Percent-encoded as in the URL; empty if none.
    public var username: String { slice(authorityStart, offsets.userEnd) }

    /// Percent-encoded as in the URL; empty if none.
    public var password: String {
        hasPassword ? slice(offsets.userEnd + 1, offsets.hostStart - 1) : ""
    }

    /// Host as serialized (WHATWG URL §3.5): lower case, punycode, IPv6 in brackets.
    public var host: String { slice(offsets.hostStart, offsets.hostEnd) }

    /// Explicit non-default port.
    public var port: Int? {
        offsets.hostEnd == offsets.pathStart ? nil : Int(slice(offsets.hostEnd + 1, offsets.pathStart))
    }

    /// Port or the scheme's default.
    public var effectivePort: Int { port ?? scheme.defaultPort }

    /// Starts with "/".
    public var path: String { slice(offsets.pathStart, offsets.pathEnd) }

    /// Without "?", nil if there is no "?".
    public var query: String? {
        offsets.pathEnd == offsets.queryEnd ? nil : slice(offsets.pathEnd + 1, offsets.queryEnd)
    }

    /// Without "#", nil if there is no "#".
    public var fragment: String? {
        offsets.queryEnd == length ? nil : slice(offsets.queryEnd + 1, length)
    }

    /// Whether there is a user name or a password (WHATWG URL §4.2, includes credentials).
    public var hasCredentials: Bool { offsets.hostStart > authorityStart }
}

/// The offsets in the string.
extension FetchURL {
    /// Where user name or host starts, after "http://" or "https://".
    var authorityStart: UInt32 { scheme == .https ? 8 : 7 }

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
        // Walking a String's indices costs a hundred instructions; the bytes of a native string are contiguous.
        href.utf8.withContiguousStorageIfAvailable { $0[offset] } ?? 0
    }
}

extension FetchError {
    /// A text that is no http(s) URL, with what is wrong with it and without the text itself.
    static func invalid(_ reason: String) -> FetchError { FetchError(.invalidURL, reason, curlCode: .urlMalformat) }
}
