package import FetchRecords
package import FetchSystem

/// A secret token. Its description is `***`, so that no message can contain it by accident.
package struct GitHubToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let maximumLength = 4096
    /// The secret; only the Authorization header and ``hide(in:)`` read it.
    let secret: String

    /// Reads the text of a variable or a file; blanks and line breaks around it are removed.
    ///
    /// - Throws: ``ParseFailure`` for a text that cannot be a token; the message does not contain it.
    package init(_ text: some StringProtocol) throws(ParseFailure) {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
        var bytes = Array(text.utf8.drop(while: isBlank))
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { throw ParseFailure("the token is empty") }
        // RFC 6750 §2.1: b64token, and nothing that would have to be escaped anywhere.
        let isAllowed = { (byte: UInt8) in byte.isASCIILetter || byte.isASCIIDigit || "-._~+/=".utf8.contains(byte) }
        guard bytes.count <= Self.maximumLength, bytes.allSatisfy(isAllowed) else {
            throw ParseFailure(
                "the token contains a character that is not valid in a token; it must be one line without spaces")
        }
        secret = String(decoding: bytes, as: UTF8.self)
    }

    /// `***`.
    package var description: String { "***" }
    /// `***`.
    package var debugDescription: String { "***" }
    /// The mirror is empty.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Replaces the token by `***` wherever it occurs in bytes that are about to be written: a server may repeat it.
    package func hide(in bytes: inout [UInt8]) {
        let secret = Array(secret.utf8)
        guard let first = secret.first, bytes.count >= secret.count else { return }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while let found = bytes[index...].firstIndex(of: first), found + secret.count <= bytes.count {
            guard bytes[found..<found + secret.count].elementsEqual(secret) else {
                index = found + 1
                continue
            }
            result += bytes[copied..<found]
            result += Array("***".utf8)
            index = found + secret.count
            copied = index
        }
        if copied > 0 { bytes = result + bytes[copied...] }
    }

    /// Adds the token to the secrets that a report hides.
    package func teach(_ mask: inout SecretMask) { mask.add(secret.utf8) }

    /// The text without the token.
    package func hidden(in text: String) -> String {
        var bytes = Array(text.utf8)
        hide(in: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
