/// Looks at each outcome before it is counted and written, and may change it: takes a value out of its body, or finds a
/// failure that the transport could not see.
public protocol OutcomeFilter: Sendable {
    /// Makes ready. It is called once, before anything is sent, on the thread that calls ``apply(to:)``.
    ///
    /// - Throws: A sentence for people: nothing will be sent.
    mutating func prepare() throws(InputFailure)

    /// Takes an outcome.
    ///
    /// - Returns: Whether it counts: one that does not is written, but neither a success nor a failure of the run.
    mutating func apply(to outcome: inout Outcome) -> Bool
}
