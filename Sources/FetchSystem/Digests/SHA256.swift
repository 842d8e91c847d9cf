import CCrypto

/// SHA-256 (FIPS 180-4), computed by libcrypto from the parts of a message.
struct SHA256: ~Copyable {
    /// Length of a hash in bytes.
    static let size = 32

    private let context: OpaquePointer

    /// Starts a message.
    init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, CryptoAlgorithms.shared.sha256, nil) == 1
        else {
            preconditionFailure("libcrypto cannot start SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to the message.
    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes to the message.
    mutating func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update($0) }) == nil {
            Array(bytes).withUnsafeBufferPointer { update($0) }
        }
    }

    /// Ends the message and returns its hash.
    consuming func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.size) { result, count in
            EVP_DigestFinal_ex(context, result.baseAddress, nil)
            count = Self.size
        }
    }
}
