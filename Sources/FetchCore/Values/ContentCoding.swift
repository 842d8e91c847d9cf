/// A way in which the bytes of a body are packed (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
enum ContentCoding: String, Sendable, Hashable {
    case gzip
    case deflate
    case brotli = "br"
    case zstd

    /// Most layers of one body: more are an attack. libcurl has the same bound.
    static let maxLayers = 5

    /// What has to be undone to get at the body, the outermost coding first: those of Transfer-Encoding, which some
    /// servers send unasked, then those of Content-Encoding.
    ///
    /// - Parameters:
    ///   - headers: The fields of the answer.
    ///   - unpacksContent: Whether Content-Encoding is undone as well.
    /// - Throws: ``FetchError`` of kind `undecodable` for a coding that nobody knows and for more than ``maxLayers`` of
    ///   them.
    static func layers(of headers: HeaderFields, unpacksContent: Bool) throws(FetchError) -> [ContentCoding] {
        var layers = try transferLayers(of: headers)
        if unpacksContent { layers += try codings(names(in: headers.values(of: "content-encoding"))) }
        guard layers.count <= maxLayers else {
            throw FetchError(.undecodable, "the body is encoded \(layers.count) times", curlCode: .badContentEncoding)
        }
        return layers
    }

    /// The part of it that a body was packed in for the way.
    ///
    /// - Throws: ``FetchError`` of kind `undecodable`, also where chunks are not the last of the codings (RFC 9112 §6.1),
    ///   and where a packed body has a length beside, which can only be wrong (§6.3).
    static func transferLayers(of headers: HeaderFields) throws(FetchError) -> [ContentCoding] {
        var names = names(in: headers.values(of: "transfer-encoding"))
        if let index = names.firstIndex(of: "chunked") {
            guard index == names.count - 1 else {
                throw FetchError(.undecodable, "the chunks are encoded once more", curlCode: .badContentEncoding)
            }
            names.removeLast()
        }
        let layers = try codings(names)
        guard layers.isEmpty || !headers.contains("content-length") else {
            throw FetchError(
                .undecodable, "the body has both a Transfer-Encoding and a Content-Length", curlCode: .badContentEncoding)
        }
        return layers
    }

    private static func codings(_ names: [String]) throws(FetchError) -> [ContentCoding] {
        var codings: [ContentCoding] = []
        for name in names.reversed() where name != "identity" && name != "none" {
            guard let coding = ContentCoding(rawValue: name.hasPrefix("x-") ? String(name.dropFirst(2)) : name) else {
                let shown = HTTPToken.isValid(name) ? ": \(name.prefix(40))" : ""
                throw FetchError(
                    .undecodable, "the content encoding is not supported\(shown)",
                    curlCode: .badContentEncoding)
            }
            codings.append(coding)
        }
        return codings
    }

    private static func names(in values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { value in
            value.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
    }
}
