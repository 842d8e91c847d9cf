package import FetchSystem

/// How files are saved.
package struct SavingOptions: Sendable, Hashable {
    /// Whether a file whose body breaks off is kept as `NAME.part`, and continued.
    package var continues: Bool
    /// Whether an existing file of the same name stays, and the new one is called `NAME.1`.
    package var keepsExisting: Bool
    /// Whether a file gets the time of its Last-Modified.
    package var setsTime: Bool
    /// Whether the name comes from the Content-Disposition, if there is one.
    package var usesRemoteName: Bool
    /// Whether nothing is sent for an input whose file exists.
    package var skipsExisting: Bool
    /// Whether a file that exists is fetched only if the server's is newer.
    package var asksForNewer: Bool
    /// The digest of each body that is computed; nil for none.
    package var hash: DigestAlgorithm?
    /// How many ranges of one file are fetched at once.
    package var segments: Int

    /// Takes each value as it is.
    package init(
        continues: Bool = false, keepsExisting: Bool = false, setsTime: Bool = false, usesRemoteName: Bool = false,
        skipsExisting: Bool = false, asksForNewer: Bool = false, hash: DigestAlgorithm? = nil,
        segments: Int = 1
    ) {
        self.continues = continues
        self.keepsExisting = keepsExisting
        self.setsTime = setsTime
        self.usesRemoteName = usesRemoteName
        self.skipsExisting = skipsExisting
        self.asksForNewer = asksForNewer
        self.hash = hash
        self.segments = segments
    }
}
