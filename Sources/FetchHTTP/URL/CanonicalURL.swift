package import FetchSystem

/// The form of a URL by which a crawl recognises it. It is never sent: the URL of the link is what is fetched.
///
/// Two spellings have one form if RFC 3986 §6.2.2 and §6.2.3 call them equivalent: case of scheme and host, default
/// port, dot segments, `%7E` for `~`, `%3c` for `%3C`, characters that a URL must not contain unencoded (`|`, `{`, in a
/// query also `[`). Fragment and credentials are dropped, and an empty query with its `?`. The order of parameters, a
/// slash at the end, `www.` and the scheme are kept: only the server knows whether they matter.
package struct CanonicalURL: Sendable, Hashable {
    /// The form.
    package let text: String

    /// Makes the form of a URL. ``FetchURL`` has already normalised scheme, host, port and dot segments.
    package init(_ url: FetchURL) {
        var text = url.requestString
        if url.query?.isEmpty == true { text.removeLast() }
        // Most URLs are in this form already, and inspecting the bytes in place is cheaper than a copy.
        let start = Int(url.offsets.pathStart) - Int(url.offsets.hostStart - url.authorityStart)
        let isPlain = text.utf8.dropFirst(start).allSatisfy { !Self.suspicious.contains($0) }
        self.text = isPlain ? text : Self.normalized(text, from: start)
    }

    /// A 64-bit hash of ``text``, equal in every run and on every machine (SipHash-2-4).
    package var fingerprint: UInt64 { SipHash.hash(text.utf8) }

    private static func normalized(_ text: String, from start: Int) -> String {
        let bytes = Array(text.utf8)
        var output = Array(bytes[..<start])
        output.reserveCapacity(bytes.count + 16)
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < bytes.count, let high = bytes[index].hexValue,
                let low = bytes[index + 1].hexValue
            {
                let value = high << 4 | low
                if unreserved.contains(value) {
                    output.append(value)
                } else {
                    PercentEncoding.append(value, to: &output)
                }
                index += 2
            } else if forbidden.contains(byte) {
                PercentEncoding.append(byte, to: &output)
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// RFC 3986 §2.3.
    package static let unreserved = ByteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    /// Characters that path and query must not contain (RFC 3986 §3.3 and §3.4), beyond those that the URL standard
    /// encodes.
    private static let forbidden = ByteSet.c0Control.adding(" \"<>[\\]^`{|}")
    private static let suspicious = forbidden.adding("%")
}
