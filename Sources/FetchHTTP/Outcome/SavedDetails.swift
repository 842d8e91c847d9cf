package import FetchSystem

/// What is known about a saved or verified body besides its file.
package struct SavedDetails: Sendable, Hashable {
    /// The digest of the body; nil if none was asked for, or the body is not complete.
    package var digest: [UInt8]?
    /// The algorithm of ``digest``.
    package var algorithm: DigestAlgorithm?
    /// The byte at which the transfer went on where an earlier one had stopped; nil for a transfer from the beginning.
    package var resumedFrom: Int?
    /// Why nothing was fetched (`exists`); nil if it was.
    package var skipped: String?

    /// Nothing is known unless it is given.
    package init(
        digest: [UInt8]? = nil, algorithm: DigestAlgorithm? = nil, resumedFrom: Int? = nil, skipped: String? = nil
    ) {
        self.digest = digest
        self.algorithm = algorithm
        self.resumedFrom = resumedFrom
        self.skipped = skipped
    }
}

/// Holds the details, because most outcomes have none and all are copied.
@usableFromInline
final class SavedDetailsBox: Sendable {
    let details: SavedDetails

    init(_ details: SavedDetails) { self.details = details }
}

extension Outcome {
    /// What is known about the saved or verified body; nil for most outcomes.
    package var saved: SavedDetails? {
        get { savedBox?.details }
        set { savedBox = newValue.map(SavedDetailsBox.init) }
    }
}

extension Checksum {
    /// Compares the digest of a complete body.
    ///
    /// - Returns: An error of kind `checksum-mismatch` if it is another one.
    package func mismatch(_ digest: [UInt8]) -> FetchError? {
        guard digest != bytes else { return nil }
        return FetchError(
            .checksumMismatch, "the body has \(algorithm.rawValue)=\(Self.hexadecimal(digest)), but \(self) is expected"
        )
    }
}
