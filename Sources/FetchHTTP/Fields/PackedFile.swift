import FetchSystem

/// Whether the Content-Encoding of a body that is saved is the format of the file: servers send `pkg.tar.gz` with
/// `Content-Encoding: gzip`, and a file of that name must be packed. curl and wget keep it as served.
package struct PackedFile: Sendable, Hashable {
    /// The coding that the name of the saved file says, if another URL than the response's named it.
    package var named: ContentCoding?
    /// Whether pages are decoded whatever their URL says, because their links are read.
    package var leavesPages: Bool

    /// Makes a rule for the bodies of a run.
    package init(leavesPages: Bool = false) { self.leavesPages = leavesPages }

    /// The coding that belongs to the file, which is the first that was applied; nil if all codings were applied for
    /// the way only.
    ///
    /// - Parameters:
    ///   - headers: The response headers.
    ///   - url: The URL of the response.
    package func coding(of headers: HeaderFields, url: FetchURL) -> ContentCoding? {
        let transfer = try? ContentCoding.transferLayers(of: headers)
        let all = try? ContentCoding.layers(of: headers, unpacksContent: true)
        guard let transfer, let all, all.count > transfer.count, let first = all.last else { return nil }
        let type = (headers.contentType ?? "").prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        if leavesPages, type == "text/html" || type == "application/xhtml+xml" { return nil }
        let isOfFile = named == first || Self.coding(named: url) == first || Self.types[type] == first
        return isOfFile ? first : nil
    }

    /// The coding that the last segment of a URL's path says.
    package static func coding(named url: FetchURL) -> ContentCoding? {
        let path = url.path.utf8
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let suffix = path[path.index(after: dot)...]
        guard suffix.count <= 5 else { return nil }
        return suffixes[String(suffix)?.lowercased() ?? ""]
    }

    private static let suffixes: [String: ContentCoding] = [
        "gz": .gzip, "tgz": .gzip, "taz": .gzip, "gzip": .gzip, "svgz": .gzip, "emz": .gzip, "wmz": .gzip,
        "vgz": .gzip, "bgz": .gzip, "br": .brotli, "zst": .zstd, "tzst": .zstd,
    ]

    /// Media types of packed files (RFC 6713, RFC 8878), with those that were used before.
    private static let types: [String: ContentCoding] = [
        "application/gzip": .gzip, "application/x-gzip": .gzip, "application/x-gunzip": .gzip,
        "application/gzipped": .gzip, "application/gzip-compressed": .gzip, "application/x-compressed-tar": .gzip,
        "application/x-tgz": .gzip, "application/zstd": .zstd, "application/x-zstd": .zstd,
    ]
}

extension ContentCoding {
    /// The bytes that data of this format begins with (RFC 1952 §2.3.1, RFC 8878 §3.1.1); empty if it has none.
    package var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B, 0x08]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .deflate, .brotli: []
        }
    }
}
