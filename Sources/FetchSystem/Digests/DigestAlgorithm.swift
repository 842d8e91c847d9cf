/// The digests that are computed of bodies: for `--hash`, and to verify a ``Checksum``.
///
/// MD5 and SHA-1 show damage and other versions; they do not protect against tampering.
package enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    case sha256, sha512, sha1, md5

    /// The names of all, for messages: `sha256, sha512, sha1 or md5`.
    package static let choices = "sha256, sha512, sha1 or md5"

    /// The algorithm of a name in any case: `sha256`, `SHA-256`, and OpenSSL's `SHA2-256`.
    package init?(name: some StringProtocol) {
        var name = String(name).lowercased()
        if name.hasPrefix("sha2-") { name = "sha" + name.dropFirst("sha2-".count) }
        name.removeAll { $0 == "-" }
        self.init(rawValue: name)
    }

    /// The algorithm whose digests have so many hexadecimal digits.
    package init?(hexLength: Int) {
        guard let algorithm = Self.allCases.first(where: { $0.hexLength == hexLength }) else { return nil }
        self = algorithm
    }

    /// Whether libcrypto offers it; MD5 may be missing where only FIPS algorithms are allowed.
    package var isAvailable: Bool { CryptoAlgorithms.message(self) != nil }

    /// The length of a digest in bytes.
    package var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        case .sha1: 20
        case .md5: 16
        }
    }

    /// The length of a digest in hexadecimal digits.
    package var hexLength: Int { byteCount * 2 }

    /// The name of the member of a record that holds such a digest in its JSON form with comma and colon (`,"sha256":`).
    package var memberName: StaticString {
        switch self {
        case .sha256: #","sha256":"#
        case .sha512: #","sha512":"#
        case .sha1: #","sha1":"#
        case .md5: #","md5":"#
        }
    }
}
