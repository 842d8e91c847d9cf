import CCrypto

/// The algorithms of libcrypto. OpenSSL 3 looks an algorithm up by its name for each message unless a program fetches
/// it once (crypto(7), "Performance").
///
/// `@unchecked Sendable`: both pointers are to objects that libcrypto never changes after the fetch, except for an
/// atomic reference count, and that live as long as the process.
struct CryptoAlgorithms: @unchecked Sendable {
    /// `EVP_MD`.
    let sha256: OpaquePointer?
    /// `EVP_MAC`.
    let hmac: OpaquePointer?
    /// `OSSL_LIB_CTX`.
    private let library: OpaquePointer?

    static let shared = CryptoAlgorithms()

    private init() {
        // A library context of our own reads no configuration file: openssl.cnf may leave libcrypto's default context
        // without a provider of SHA-256, and only libcurl depends on that one.
        library = OSSL_LIB_CTX_new()
        sha256 = EVP_MD_fetch(library, "SHA2-256", nil)
        hmac = EVP_MAC_fetch(library, "HMAC", nil)
    }
    /// An `EVP_MD` that is fetched by its first use; most runs need none of them.
    private struct Message: @unchecked Sendable {
        let pointer: OpaquePointer?

        init(_ name: String) { pointer = EVP_MD_fetch(shared.library, name, nil) }

        static let sha512 = Message("SHA2-512")
        static let sha1 = Message("SHA1")
        static let md5 = Message("MD5")
    }

    /// The `EVP_MD` of an algorithm; nil where libcrypto has none.
    static func message(_ algorithm: DigestAlgorithm) -> OpaquePointer? {
        switch algorithm {
        case .sha256: shared.sha256
        case .sha512: Message.sha512.pointer
        case .sha1: Message.sha1.pointer
        case .md5: Message.md5.pointer
        }
    }
}
