package import FetchHTTP

/// The body that a part belongs to, as its first response described it. A 206 need not repeat all of it (RFC 9110 §15.3.7).
package struct PartVersion: Sendable, Hashable {
    /// What tells it from other versions.
    package let validator: BodyValidator
    /// Its length in bytes; nil if it is not known.
    package var length: Int?
    /// Its weak entity tag, if it has one: it proves nothing, but another one shows another version.
    package let weakTag: String?
    /// Its Last-Modified.
    package let modified: String?
    /// The name in its Content-Disposition.
    package let fileName: String?

    /// Takes each value as it is.
    package init(
        validator: BodyValidator, length: Int?, weakTag: String? = nil, modified: String? = nil, fileName: String? = nil
    ) {
        self.validator = validator
        self.length = length
        self.weakTag = weakTag
        self.modified = modified
        self.fileName = fileName
    }

    /// The body of a complete response; nil without a strong validator.
    init?(of headers: HeaderFields, length: Int?) {
        guard let validator = BodyValidator(of: headers) else { return nil }
        var weakTag: String?
        if case .lastModified = validator {
            weakTag = headers.allBytes(of: "etag").first.flatMap { String(validating: $0, as: UTF8.self) }
        }
        self.init(
            validator: validator, length: length, weakTag: weakTag, modified: headers["last-modified"],
            fileName: ContentDisposition.fileName(of: headers))
    }

    /// Where its transfer continues.
    func resume(at offset: Int, to end: Int? = nil) -> ResumePoint {
        ResumePoint(offset: offset, validator: validator, length: length, end: end, weakTag: weakTag)
    }
}
