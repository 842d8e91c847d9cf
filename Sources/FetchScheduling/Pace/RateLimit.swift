/// A maximum number of starts in every window of a length.
public struct RateLimit: Sendable, Hashable {
    /// The maximum number of starts in a window; at least 1.
    public var maxCalls: Int
    /// The length of the window; more than zero.
    public var period: Duration

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - maxCalls: The maximum number of starts in a window; at least 1.
    ///   - period: The length of the window; more than zero.
    public init(maxCalls: Int, period: Duration) {
        precondition(maxCalls > 0 && period > .zero, "a rate lets at least one through in some time")
        self.maxCalls = maxCalls
        self.period = period
    }
}
