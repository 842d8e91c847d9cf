/// The digest that a body must have: `sha256=HEX`.
package struct Checksum: Sendable, Hashable, CustomStringConvertible {
    /// The algorithm of the digest.
    package let algorithm: DigestAlgorithm
    /// The digest; as many bytes as the algorithm gives.
    package let bytes: [UInt8]

    /// Parses `sha256=HEX` or `sha256:HEX`; name and digits in any case.
    ///
    /// - Throws: For another name, and for a text that is not a digest of that algorithm.
    package init(_ text: String) throws(ParseFailure) {
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            throw ParseFailure(
                "\(ParseFailure.quoted(text)) is not a checksum such as sha256=HEX (\(DigestAlgorithm.choices))")
        }
        let name = text[..<separator]
        guard let algorithm = DigestAlgorithm(name: name) else {
            throw ParseFailure("\(ParseFailure.quoted(name)) is not a known digest: use \(DigestAlgorithm.choices)")
        }
        try self.init(algorithm, hexadecimal: text[text.index(after: separator)...])
    }

    /// Parses the digits of a digest.
    ///
    /// - Throws: For another number of digits, or anything that is not one.
    package init(_ algorithm: DigestAlgorithm, hexadecimal text: some StringProtocol) throws(ParseFailure) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(algorithm.byteCount)
        var high: UInt8?
        var isHexadecimal = true
        for byte in text.utf8 {
            guard let value = byte.hexValue else {
                isHexadecimal = false
                break
            }
            if let first = high { bytes.append(first << 4 | value) }
            high = high == nil ? value : nil
        }
        guard isHexadecimal, high == nil, bytes.count == algorithm.byteCount else {
            let count = isHexadecimal ? ", which has \(text.utf8.count)" : ""
            throw ParseFailure(
                "\(algorithm.rawValue) needs \(algorithm.hexLength) hexadecimal digits, not \(ParseFailure.quoted(text))"
                    + count)
        }
        guard algorithm.isAvailable else {
            throw ParseFailure("this system's libcrypto does not offer \(algorithm.rawValue)")
        }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// The digits in lower case.
    package var hexadecimal: String { Self.hexadecimal(bytes) }

    /// `sha256=HEX`, in lower case.
    package var description: String { "\(algorithm.rawValue)=\(hexadecimal)" }

    /// Two digits in lower case for each byte.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: bytes.count * 2) { out in
            for (index, byte) in bytes.enumerated() {
                out[index * 2] = digits.utf8Start[Int(byte >> 4)]
                out[index * 2 + 1] = digits.utf8Start[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}
