package import FetchHTTP

/// Saves bodies that are in memory, under names derived from their URLs.
extension BodyFolder {
    /// The path of a page in a mirror: `{host}/{path}`.
    package static let mirrorTemplate = "{host}/{path}"

    /// Gives the name that a page of an earlier run may have to no other page; for a page whose name was not recorded.
    package func keepName(of url: FetchURL) {
        reserve(for: Input(index: 0, text: url.href, request: .success(Request(Self.mirrored(url)))), isDone: true)
    }

    /// Saves a body.
    ///
    /// - Parameters:
    ///   - bytes: The body.
    ///   - input: The input it belongs to.
    ///   - url: The URL of the body.
    /// - Returns: The name of the file, relative to the directory.
    package func save(_ bytes: [UInt8], for input: Input, from url: FetchURL) throws(FetchError) -> String {
        let file = try open(for: input, Self.mirrored(url))
        if let failure = bytes.withUnsafeBytes({ BodyFile.write($0, to: file.descriptor) }) {
            file.discard()
            throw failure
        }
        return try file.publish().name
    }

    /// The URL with its query as a part of its last segment, because two queries are two pages; and with a segment
    /// without extension as a directory, because there may be pages below it.
    static func mirrored(_ url: FetchURL) -> FetchURL {
        var path = url.path
        let last =
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? path.utf8[...]
        if !last.isEmpty, !last.contains(UInt8(ascii: ".")) { path += "/" }
        if let query = url.query, !query.isEmpty {
            if path.hasSuffix("/") { path += "index.html" }
            path += "%3F" + String(query.map { $0 == "/" ? "_" : $0 })
        }
        return FetchURL(url.origin.serialization + path) ?? url
    }
}
