import FetchSystem

/// URLs with something added, as curl's `-G` and `-T` do.
extension FetchURL {
    /// The URL with more of a query, after what is there.
    ///
    /// - Throws: ``FetchError`` of kind `invalid-url` if it becomes too long.
    package func appending(query more: [UInt8]) throws(FetchError) -> FetchURL {
        guard !more.isEmpty else { return self }
        var bytes = Array(withoutFragment.utf8)
        if let query {
            if !query.isEmpty { bytes.append(UInt8(ascii: "&")) }
        } else {
            bytes.append(UInt8(ascii: "?"))
        }
        // A parser would drop a line break, and take `#` for the fragment.
        for byte in more {
            if ByteSet.specialQuery.contains(byte) {
                PercentEncoding.append(byte, to: &bytes)
            } else {
                bytes.append(byte)
            }
        }
        return try FetchURL.parse(ByteText.text(of: bytes))
    }

    /// The URL with the name of a file, if its path ends in a slash.
    ///
    /// - Throws: ``FetchError`` of kind `invalid-url` if it becomes too long.
    package func appending(fileName: String) throws(FetchError) -> FetchURL {
        guard path.hasSuffix("/"), !fileName.isEmpty else { return self }
        var bytes = Array(withoutFragment.utf8.prefix { $0 != UInt8(ascii: "?") })
        bytes += PercentEncoding.encodeComponent(fileName.utf8)
        if let query { bytes += Array("?\(query)".utf8) }
        return try FetchURL.parse(ByteText.text(of: bytes))
    }

    private var withoutFragment: Substring { href.prefix { $0 != "#" } }
}

extension PercentEncoding {
    /// Encodes all but unreserved characters (RFC 3986 §2.3), as `curl_easy_escape` does.
    package static func encodeComponent(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            if byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte) {
                output.append(byte)
            } else {
                append(byte, to: &output)
            }
        }
        return output
    }
}
