/// A coding of a body's bytes (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
package enum ContentCoding: String, Sendable, Hashable {
    case gzip
    case deflate
    case brotli = "br"
    case zstd

    /// The maximum number of codings of one body; more are an attack. libcurl has the same limit.
    static let maxLayers = 5

    /// The codings to decode, the outermost first: those of Transfer-Encoding, which some servers send without being
    /// asked, then those of Content-Encoding.
    ///
    /// - Parameters:
    ///   - headers: The response headers.
    ///   - unpacksContent: Whether Content-Encoding is decoded too.
    /// - Throws: ``FetchError`` of kind `undecodable` for an unknown coding, and for more than ``maxLayers`` of them.
    package static func layers(of headers: HeaderFields, unpacksContent: Bool) throws(FetchError) -> [ContentCoding] {
        var layers = try transferLayers(of: headers)
        if unpacksContent { layers += try codings(names(in: headers.values(of: "content-encoding"))) }
        guard layers.count <= maxLayers else {
            throw FetchError(.undecodable, "the body is encoded \(layers.count) times", curlCode: .badContentEncoding)
        }
        return layers
    }

    /// The codings of Transfer-Encoding other than chunked.
    ///
    /// - Throws: ``FetchError`` of kind `undecodable`, also if chunked is not the last coding (RFC 9112 §6.1), and if
    ///   an encoded body also has a length, which cannot be right (§6.3).
    package static func transferLayers(of headers: HeaderFields) throws(FetchError) -> [ContentCoding] {
        var names = names(in: headers.values(of: "transfer-encoding"))
        // Chunked twice is chunked once, because a sender must not apply it twice (§6.1); libcurl reads it so too:
        // 7.88.1 in that it only notes a flag, later ones on purpose (https://github.com/curl/curl/issues/13451).
        while names.last == "chunked" { names.removeLast() }
        guard !names.contains("chunked") else {
            throw FetchError(.undecodable, "the chunks are encoded once more", curlCode: .badContentEncoding)
        }
        let layers = try codings(names)
        guard layers.isEmpty || !headers.contains("content-length") else {
            throw FetchError(
                .undecodable, "the body has both a Transfer-Encoding and a Content-Length",
                curlCode: .badContentEncoding)
        }
        return layers
    }

    /// Whether Transfer-Encoding does nothing to the body: `identity`, which was a coding until RFC 7230.
    package static func isIdentity(_ headers: HeaderFields) -> Bool {
        names(in: headers.values(of: "transfer-encoding")).allSatisfy(isIdentity)
    }

    private static func isIdentity(_ name: String) -> Bool { name == "identity" || name == "none" }

    private static func codings(_ names: [String]) throws(FetchError) -> [ContentCoding] {
        var codings: [ContentCoding] = []
        for name in names.reversed() where !isIdentity(name) {
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
