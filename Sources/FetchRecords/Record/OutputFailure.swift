/// Why records cannot be written.
package enum OutputFailure: Error, Sendable, Hashable {
    /// The reader went away: the end of the work, and no failure.
    case closed
    /// Something cannot be read or written: what and why.
    case failed(String)
}
