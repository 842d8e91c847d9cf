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
    /// The body.
    package let version: PartVersion
    /// The bytes before the end of the part that are missing.
    package let gaps: [Range<Int>]

    /// The maximum size of a note in bytes.
    static let largestSize = 256 << 10

    /// The note of a body.
    ///
    /// - Parameter missing: What is missing of it, if that is not just all behind the end of the part.
    package init(_ url: FetchURL, _ version: PartVersion, missing: [Range<Int>] = []) {
        origin = url.origin.serialization
        path = url.path
        urlDigest = Digest.text(of: [url.href])
        self.version = version
        gaps = missing
    }

    /// Reads a note; nil if it is damaged.
    package init?(_ bytes: [UInt8]) {
        guard let members = try? JSONValue.members(of: bytes[...]) else { return nil }
        let note = JSONValue.object(members)
        // The second version has gaps, which a reader of the first would not see.
        guard let form = note["version"]?.integer, form == 1 || form == 2, let origin = note["origin"]?.string,
            let path = note["path"]?.string,
            let urlDigest = note["url_digest"]?.string
        else { return nil }
        self.origin = origin
        self.path = path
        self.urlDigest = urlDigest
        let modified = note["last_modified"]?.string
        let validator: BodyValidator
        switch (note["etag"], modified) {
        case (.string(let tag)?, _): validator = .etag(tag)
        case (nil, let date?): validator = .lastModified(date)
        default: return nil
        }
        let length: Int?
        switch note["length"] {
        case .null?: length = nil
        case let value?:
            guard let number = value.integer, number > 0 else { return nil }
            length = number
        case nil: return nil
        }
        version = PartVersion(
            validator: validator, length: length, weakTag: note["weak_etag"]?.string,
            modified: modified,
            // It is not trusted: every process that can write to the directory can write a note.
            fileName: (note["file_name"]?.string).map { SafeName.component($0) }.flatMap { $0.isEmpty ? nil : $0 })
        guard let gaps = Self.gaps(note["missing"], isThere: form == 2), gaps.isEmpty || length != nil else {
            return nil
        }
        self.gaps = gaps
    }

    private static func gaps(_ value: JSONValue?, isThere: Bool) -> [Range<Int>]? {
        guard isThere else { return value == nil ? [] : nil }
        guard case .array(let ranges)? = value else { return nil }
        var gaps: [Range<Int>] = []
        for range in ranges {
            guard case .array(let ends) = range, ends.count == 2, let start = ends[0].integer,
                let end = ends[1].integer,
                start >= 0, start < end
            else { return nil }
            gaps.append(start..<end)
        }
        return gaps
    }

    /// What is missing of a part.
    ///
    /// - Parameter size: Its size.
    package func missing(size: Int) -> [Range<Int>] {
        SegmentPlan.merged(gaps + (version.length.map { size < $0 ? [size..<$0] : [] } ?? []))
    }

    /// Its text, with a line break.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        func add(_ name: StaticString, _ value: String?) {
            guard let value else { return }
            JSONWriter.raw(name, into: &out)
            JSONWriter.string(value, into: &out)
        }
        JSONWriter.raw(gaps.isEmpty ? "{\"version\":1" : "{\"version\":2", into: &out)
        add(",\"origin\":", origin)
        add(",\"path\":", path)
        add(",\"url_digest\":", urlDigest)
        switch version.validator {
        case .etag(let tag):
            add(",\"etag\":", tag)
            add(",\"last_modified\":", version.modified)
        case .lastModified(let date):
            add(",\"last_modified\":", date)
            add(",\"weak_etag\":", version.weakTag)
        }
        add(",\"file_name\":", version.fileName)
        JSONWriter.raw(",\"length\":", into: &out)
        JSONWriter.integer(version.length, into: &out)
        if !gaps.isEmpty {
            let list = gaps.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",")
            out += ",\"missing\":[\(list)]".utf8
        }
        JSONWriter.raw("}\n", into: &out)
        return out
    }

    /// Whether it is about the body of this URL. Another query is another body unless both an entity tag and the length
    /// say that it is the same.
    package func isAbout(_ url: FetchURL) -> Bool {
        guard origin == url.origin.serialization, path == url.path else { return false }
        if urlDigest == Digest.text(of: [url.href]) { return true }
        if case .etag = version.validator { return version.length != nil }
        return false
    }
}
