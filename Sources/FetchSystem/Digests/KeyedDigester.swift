/// Makes digests with a store's secret, so that a reader of the store cannot test guesses without it.
package struct KeyedDigester: Sendable {
    /// The length of the secret of a new store: a block of SHA-256, the longest key that HMAC uses unchanged.
    package static let secretSize = 64

    private enum Derivation {
        /// HMAC-SHA-256.
        case hmac(HMACSHA256)
        /// SHA-256 of the secret and the message. Stores from before HMAC have secrets of 32 bytes and digests of this
        /// kind. They stay readable: no digest in them can be recomputed without its URL. A digest is half a hash, so
        /// that a longer message cannot be derived from it.
        case prefix([UInt8])
    }

    private let derivation: Derivation

    /// - Parameter secret: The store's own random bytes. Their number determines the kind of digest.
    package init(secret: [UInt8]) {
        derivation = secret.count == Self.secretSize ? .hmac(HMACSHA256(key: secret)) : .prefix(secret)
    }

    /// The digest of a list of texts.
    package func digest(_ parts: [String]) -> Digest { digest(parts.map { Array($0.utf8) }) }

    /// The digest of a list of values.
    package func digest(_ parts: [[UInt8]]) -> Digest {
        var message: [UInt8] = []
        if case .prefix(let secret) = derivation { message = secret }
        for part in parts {
            message += Digest.header(part.count)
            message += part
        }
        switch derivation {
        case .hmac(let hmac): return Digest(hmac.code(of: message))
        case .prefix:
            var hash = SHA256()
            hash.update(message)
            return Digest(hash.finish())
        }
    }
}
