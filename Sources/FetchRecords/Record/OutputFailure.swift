/// Why records cannot be written.
package enum OutputFailure: Error, Sendable, Hashable {
    /// The reader closed its end: the work is over, and this is not a failure.
    case closed
    /// Output or input failed: what and why.
    case failed(String)
}
