package import FetchHTTP
package import FetchSystem

/// Computes the digests of bodies that are in memory, once they are complete.
package struct BodyDigests: Sendable {
    private let hash: DigestAlgorithm?
    private let savedOnly: Bool

    /// - Parameters:
    ///   - hash: The digest that records have; nil for none.
    ///   - savedOnly: Whether only bodies that were saved to a file too get one.
    package init(hash: DigestAlgorithm?, savedOnly: Bool = false) {
        self.hash = hash
        self.savedOnly = savedOnly
    }

    /// Gives an outcome the digest of its body, and the error of a body that does not have the input's checksum.
    package func apply(to outcome: inout Outcome) {
        guard case .bytes(let body) = outcome.response?.body else { return }
        if outcome.isOK, let checksum = outcome.input.checksum {
            guard let digest = StreamDigest.of(body, checksum.algorithm) else {
                outcome.error = FetchError(.io, "libcrypto cannot compute \(checksum.algorithm.rawValue)")
                return
            }
            outcome.error = checksum.mismatch(digest)
        }
        // The body of any other failure may be a part of it.
        guard let hash, outcome.saved?.digest == nil, !savedOnly || outcome.fileName != nil,
            outcome.error.map({ $0.kind == .httpStatus || $0.kind == .checksumMismatch }) ?? true
        else { return }
        var details = outcome.saved ?? SavedDetails()
        details.digest = StreamDigest.of(body, hash)
        details.algorithm = hash
        outcome.saved = details
    }
}
