import CCrypto

/// A digest of bytes that arrive in pieces, computed by libcrypto (EVP_DigestInit(3)).
///
/// It has one owner at a time and is not Sendable.
package final class StreamDigest {
    /// The algorithm of the digest.
    package let algorithm: DigestAlgorithm
    private let context: OpaquePointer

    /// Starts a message; nil where libcrypto does not offer the algorithm (MD5 where only FIPS algorithms are allowed)
    /// or memory is short.
    package init?(_ algorithm: DigestAlgorithm) {
        guard let message = CryptoAlgorithms.message(algorithm), let context = EVP_MD_CTX_new() else { return nil }
        guard EVP_DigestInit_ex(context, message, nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to the message.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// Drops the message so far and starts another one.
    package func reset() {
        // Without an algorithm the context keeps its own, and allocates nothing.
        EVP_DigestInit_ex(context, nil, nil)
    }

    /// Ends the message and returns its digest. Only ``reset()`` may follow.
    package func finalize() -> [UInt8] {
        let size = algorithm.byteCount
        return [UInt8](unsafeUninitializedCapacity: size) { result, count in
            EVP_DigestFinal_ex(context, result.baseAddress, nil)
            count = size
        }
    }

    /// The digest of bytes that are all there; nil where libcrypto does not offer the algorithm.
    package static func of(_ bytes: [UInt8], _ algorithm: DigestAlgorithm) -> [UInt8]? {
        guard let digest = StreamDigest(algorithm) else { return nil }
        bytes.withUnsafeBytes { digest.update($0) }
        return digest.finalize()
    }
}
