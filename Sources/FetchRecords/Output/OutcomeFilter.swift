package import FetchHTTP
package import FetchSystem

/// Inspects each outcome before it is counted and written, and may change it: it takes a value from its body, or finds
/// a failure that the transport could not see.
package protocol OutcomeFilter: Sendable {
    /// Prepares the filter. It is called once, before anything is sent, on the thread that calls ``apply(to:)``.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user; nothing is sent then.
    mutating func prepare() throws(InputFailure)

    /// Inspects an outcome.
    ///
    /// - Returns: Whether it counts. One that does not is written, but is neither a success nor a failure of the run.
    mutating func apply(to outcome: inout Outcome) -> Bool
}
