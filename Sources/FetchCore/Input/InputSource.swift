/// Where inputs come from, in chunks as they arrive: never more than is asked for, never waiting for a full chunk.
public protocol InputSource: Sendable {
    /// The next inputs, waiting for some if need be; nil at the end. Does not react to cancellation: an interrupted run
    /// still gives every input its record.
    func next() async -> [Input]?

    /// Makes ``next()`` give nil soon, whatever is left.
    func close()

    /// How many inputs there are in all, once that is known.
    var total: Int? { get }

    /// What went wrong on the way, once ``next()`` has given nil.
    var failure: InputFailure? { get }
}

/// An input that cannot be read: what, where, and what to do about it, in one line.
public struct InputFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may have advice for.
    public enum Reason: Sendable, Hashable {
        /// Something cannot be read or written.
        case io
        /// A URL whose brackets or braces are not a valid glob.
        case invalidGlob
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

/// Inputs that are in memory already.
public final class SequenceSource: InputSource {
    private let inputs: [Input]
    private let position = AtomicPosition()

    /// From inputs; their indices are the caller's.
    public init(_ inputs: [Input]) { self.inputs = inputs }

    /// From requests, numbered from 0.
    public convenience init(requests: [Request]) {
        self.init(
            requests.enumerated().map { index, request in
                Input(index: index, text: request.url.redacted, request: .success(request))
            })
    }

    /// At most 256 of those that are left.
    public func next() async -> [Input]? {
        let start = position.advance(by: 256)
        guard start < inputs.count else { return nil }
        return Array(inputs[start..<min(start + 256, inputs.count)])
    }

    /// Drops what is left.
    public func close() { _ = position.advance(by: inputs.count) }

    /// How many there are.
    public var total: Int? { inputs.count }

    /// None.
    public var failure: InputFailure? { nil }
}
