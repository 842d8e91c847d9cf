/// What tells one version of a body from another, byte for byte: a strong validator (RFC 9110 §8.8.1).
package enum BodyValidator: Sendable, Hashable {
    /// A strong entity tag, with its quotes.
    case etag(String)
    /// A Last-Modified that is strong because the response is younger.
    case lastModified(String)

    /// The strong validator of a response; nil if it has none.
    package init?(of headers: HeaderFields) {
        if let tag = Self.strongTag(of: headers) {
            self = .etag(tag)
            return
        }
        // Two changes within one second have one date (RFC 9110 §8.8.2.2).
        guard let modified = Self.only("last-modified", in: headers), let time = HTTPDate.parse(modified),
            let date = Self.only("date", in: headers).flatMap(HTTPDate.parse), date - time >= 1
        else { return nil }
        self = .lastModified(modified)
    }

    /// The value for If-Range (RFC 9110 §13.1.5).
    package var fieldValue: String {
        switch self {
        case .etag(let value), .lastModified(let value): value
        }
    }

    /// Whether a partial response says that it is a part of another version. One that says nothing was sent because
    /// If-Range matched.
    package func isContradicted(by headers: HeaderFields) -> Bool {
        switch self {
        case .etag(let tag): headers.allBytes(of: "etag").contains { !$0.elementsEqual(tag.utf8) }
        case .lastModified(let date): headers.allBytes(of: "last-modified").contains { !$0.elementsEqual(date.utf8) }
        }
    }

    private static func strongTag(of headers: HeaderFields) -> String? {
        guard let tag = only("etag", in: headers), tag.utf8.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else {
            return nil
        }
        // RFC 9110 §8.8.3; bytes beyond ASCII would not come back as they were.
        let isValid = tag.utf8.dropFirst().dropLast().allSatisfy { $0 == 0x21 || (0x23...0x7E).contains($0) }
        return isValid ? tag : nil
    }

    private static func only(_ name: String, in headers: HeaderFields) -> String? {
        let values = headers.allBytes(of: name)
        return values.count == 1 ? values.first.flatMap { String(validating: $0, as: UTF8.self) } : nil
    }
}
