/// A way in which the bytes of a body are packed (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
enum ContentCoding: String, Sendable, Hashable {
    case gzip
    case deflate
    case brotli = "br"
    case zstd

    /// Most layers of one body: more are an attack. libcurl has the same bound.
    static let maxLayers = 5

    /// What has to be undone to get at the body, the outermost coding first: those of Transfer-Encoding, which servers
    /// send unasked, then those of Content-Encoding.
    ///
    /// - Parameters:
    ///   - headers: The fields of the answer.
    ///   - unpacksContent: Whether Content-Encoding is undone as well.
    /// - Throws: ``FetchError`` of kind `undecodable` for a coding that nobody knows, for more than ``maxLayers`` of
    ///   them, and where chunks are not the last of the transfer codings (RFC 9112 §6.1).
    static func layers(of headers: HeaderFields, unpacksContent: Bool) throws(FetchError) -> [ContentCoding] {
        var transfer = names(in: headers.values(of: "transfer-encoding"))
        if let place = transfer.firstIndex(of: "chunked") {
            guard place == transfer.count - 1 else {
                throw FetchError(.undecodable, "the chunks are packed once more (Transfer-Encoding)", curlCode: 61)
            }
            transfer.removeLast()
        }
        let names = (unpacksContent ? names(in: headers.values(of: "content-encoding")) : []) + transfer
        var layers: [ContentCoding] = []
        for name in names.reversed() where name != "identity" && name != "none" {
            guard let coding = ContentCoding(rawValue: name.hasPrefix("x-") ? String(name.dropFirst(2)) : name) else {
                let shown = HTTPToken.isValid(name) ? ": \(name.prefix(40))" : ""
                throw FetchError(.undecodable, "the body is packed in a way that nobody here knows\(shown)", curlCode: 61)
            }
            layers.append(coding)
        }
        guard layers.count <= maxLayers else {
            throw FetchError(.undecodable, "the body is packed \(layers.count) times", curlCode: 61)
        }
        return layers
    }

    private static func names(in values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { value in
            value.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
    }
}
