/// Input that cannot be read: what is wrong, where, and what to do about it, in one line.
public struct InputFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may have advice for.
    public enum Reason: Sendable, Hashable {
        /// Something cannot be read or written.
        case io
        /// A URL whose brackets or braces are not a valid glob.
        case invalidGlob
        /// The system has no thread or descriptor left.
        case system
    }

    /// The sentence.
    public let message: String
    /// What kind of failure it is.
    public let reason: Reason

    /// Makes a failure.
    public init(_ message: String, _ reason: Reason = .io) {
        self.message = message
        self.reason = reason
    }

    /// The sentence.
    public var description: String { message }
}
