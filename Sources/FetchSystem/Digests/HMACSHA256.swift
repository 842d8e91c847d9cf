import CCrypto
import Synchronization

/// HMAC-SHA-256 (RFC 2104), computed by libcrypto: a digest that cannot be computed or verified without the key.
final class HMACSHA256: Sendable {
    /// A context with the key and without a message: copying it takes a third of setting a key.
    private let keyed: Mutex<OpaquePointer>

    /// - Parameter key: Secret random bytes; RFC 2104 §3 asks for at least 32.
    init(key: [UInt8]) {
        // An empty array may have no address, and libcrypto takes no address to mean that the key was set before.
        let bytes = key.isEmpty ? [0] : key
        guard let context = ccrypto_hmac_sha256(CryptoAlgorithms.shared.hmac, bytes, key.count) else {
            preconditionFailure("libcrypto cannot start HMAC-SHA-256")
        }
        keyed = Mutex(context)
    }

    deinit { keyed.withLock { EVP_MAC_CTX_free($0) } }

    /// Returns the code of a message, 32 bytes.
    func code(of message: [UInt8]) -> [UInt8] {
        guard let context = keyed.withLock({ EVP_MAC_CTX_dup($0) }) else {
            preconditionFailure("libcrypto cannot start HMAC-SHA-256")
        }
        defer { EVP_MAC_CTX_free(context) }
        EVP_MAC_update(context, message, message.count)
        return [UInt8](unsafeUninitializedCapacity: SHA256.size) { result, count in
            EVP_MAC_final(context, result.baseAddress, &count, SHA256.size)
        }
    }
}
