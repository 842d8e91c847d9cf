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

    static let shared = CryptoAlgorithms()

    private init() {
        // A library context of our own reads no configuration file: openssl.cnf may leave libcrypto's default context
        // without a provider of SHA-256, and only libcurl depends on that one.
        let library = OSSL_LIB_CTX_new()
        sha256 = EVP_MD_fetch(library, "SHA2-256", nil)
        hmac = EVP_MAC_fetch(library, "HMAC", nil)
    }
}
