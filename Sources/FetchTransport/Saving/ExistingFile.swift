import FetchHTTP
import FetchSystem
import CPosix

/// The file that is there under the final name, as a later request asks for a newer one (`-N`).
///
/// Its time is that of its Last-Modified (`-R`). Its entity tag is in an extended attribute, where the file system has them,
/// with the URL's digest and the length that it belongs to; a note beside each file would be one more file for each.
struct ExistingFile {
    /// When it was changed, in seconds since 1970.
    let modified: Int64
    /// Its size in bytes.
    let size: Int
    /// The entity tag of its response; nil without a known one.
    let tag: String?

    static let attribute = "user.fetchall.etag"

    /// Looks for the file; nil if there is none, or it is not a regular one.
    init?(_ path: FolderPath, _ url: FetchURL) {
        var text = [UInt8](repeating: 0, count: 1024)
        let found = path.withParent(creates: false) { parent -> (time: Int64, size: Int64, count: Int)? in
            var size: Int64 = 0
            let time = cposix_modified(parent, path.last, &size)
            guard time > .min else { return nil }
            return (time, size, cposix_attribute(parent, path.last, Self.attribute, &text, text.count))
        }
        guard let found else { return nil }
        modified = found.time
        size = Int(clamping: found.size)
        let parts = text.prefix(max(0, found.count)).split(separator: 0x20, maxSplits: 2).map {
            String(validating: $0, as: UTF8.self)
        }
        let isIts = parts.count == 3 && parts[0] == Digest.text(of: [url.href]) && parts[1] == "\(found.size)"
        tag = isIts ? parts[2] : nil
    }

    /// The request for a newer one; nil for one that must stay as it is.
    func asking(_ request: Request) -> Request? {
        guard !request.headers.decides("if-modified-since"),
            !request.headers.decides("if-none-match")
        else { return nil }
        var request = request
        if let tag { request.headers.append("If-None-Match", tag) }
        request.headers.append("If-Modified-Since", HTTPDate.text(modified))
        return request
    }

    /// Whether the file is as new as the body that a server sends although it was asked for a newer one only.
    ///
    /// - Parameter length: The length of the server's body; nil if it is not known. A file of another length is not the same.
    func isCurrent(for headers: HeaderFields, length: Int?) -> Bool {
        if let length, length != size { return false }
        if let tag { return Self.tag(of: headers) == tag }
        return headers["last-modified"].flatMap(HTTPDate.parse).map { $0 <= modified } ?? false
    }

    /// Records the entity tag of a complete file.
    static func record(_ headers: HeaderFields, of url: FetchURL, size: Int, in descriptor: Int32) {
        guard let tag = tag(of: headers), tag.utf8.count <= 512 else { return }
        let text = "\(Digest.text(of: [url.href])) \(size) \(tag)"
        cposix_set_attribute(descriptor, attribute, text, text.utf8.count)
    }
    /// The entity tag of a response; nil for one that would not come back as it was.
    private static func tag(of headers: HeaderFields) -> String? {
        let tags = headers.allBytes(of: "etag")
        guard tags.count == 1, let tag = tags.first, tag.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(validating: tag, as: UTF8.self)
    }
}
