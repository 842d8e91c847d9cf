package import FetchHTTP
import FetchSystem

/// What is known about an unfinished file: the note beside it, one JSON object. URLs are secrets, so a query is only there
/// as a digest; a presigned URL has another one each time, and the validator decides.
package struct PartNote: Sendable, Hashable {
    /// The origin of the input's URL.
    package let origin: String
    /// Its path.
    package let path: String
    /// A digest of all of it.
    package let urlDigest: String
    /// The version of the body.
    package let validator: BodyValidator
    /// The length of the complete body; nil if it is not known.
    package let length: Int?

    /// The maximum size of a note in bytes.
    static let largestSize = 256 << 10

    /// The note of a body.
    package init(_ url: FetchURL, _ validator: BodyValidator, length: Int?) {
        origin = url.origin.serialization
        path = url.path
        urlDigest = Digest.text(of: [url.href])
        self.validator = validator
        self.length = length
    }

    /// Reads a note; nil if it is damaged.
    package init?(_ bytes: [UInt8]) {
        guard let members = try? JSONValue.members(of: bytes[...]) else { return nil }
        let note = JSONValue.object(members)
        guard note["version"]?.integer == 1, let origin = note["origin"]?.string, let path = note["path"]?.string,
            let urlDigest = note["url_digest"]?.string
        else { return nil }
        self.origin = origin
        self.path = path
        self.urlDigest = urlDigest
        switch (note["etag"], note["last_modified"]) {
        case (.string(let tag)?, nil): validator = .etag(tag)
        case (nil, .string(let date)?): validator = .lastModified(date)
        default: return nil
        }
        switch note["length"] {
        case .null?: length = nil
        case let value?:
            guard let length = value.integer, length > 0 else { return nil }
            self.length = length
        case nil: return nil
        }
    }

    /// Its text, with a line break.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        func add(_ name: StaticString, _ value: String) {
            JSONWriter.raw(name, into: &out)
            JSONWriter.string(value, into: &out)
        }
        JSONWriter.raw("{\"version\":1", into: &out)
        add(",\"origin\":", origin)
        add(",\"path\":", path)
        add(",\"url_digest\":", urlDigest)
        switch validator {
        case .etag(let tag): add(",\"etag\":", tag)
        case .lastModified(let date): add(",\"last_modified\":", date)
        }
        JSONWriter.raw(",\"length\":", into: &out)
        JSONWriter.integer(length, into: &out)
        JSONWriter.raw("}\n", into: &out)
        return out
    }

    /// Whether it is about the body of this URL, whatever its query.
    package func isAbout(_ url: FetchURL) -> Bool { origin == url.origin.serialization && path == url.path }
}
