/// A source of inputs, in chunks as they arrive. It never reads more than is asked for and never waits for a full
/// chunk.
public protocol InputSource: Sendable {
    /// The next inputs; waits for at least one, nil at the end. It does not react to cancellation: an interrupted run
    /// still writes a record for every input.
    func next() async -> [Input]?

    /// Makes ``next()`` return nil soon, whatever is left.
    func close()

    /// The total number of inputs, once it is known.
    var total: Int? { get }

    /// What went wrong, once ``next()`` has returned nil.
    var failure: InputFailure? { get }
}

/// Input that cannot be read: what is wrong, where, and what to do about it, in one line.
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

/// Inputs that are already in memory.
public final class SequenceSource: InputSource {
    private let inputs: [Input]
    private let position = AtomicPosition()

    /// Makes a source of inputs; their indices are the caller's.
    public init(_ inputs: [Input]) { self.inputs = inputs }

    /// Makes a source of requests, numbered from 0.
    public convenience init(requests: [Request]) {
        self.init(
            requests.enumerated().map { index, request in
                Input(index: index, text: request.url.redacted, request: .success(request))
            })
    }

    /// At most 256 of the remaining inputs.
    public func next() async -> [Input]? {
        let start = position.advance(by: 256)
        guard start < inputs.count else { return nil }
        return Array(inputs[start..<min(start + 256, inputs.count)])
    }

    /// Drops the remaining inputs.
    public func close() { _ = position.advance(by: inputs.count) }

    /// The number of inputs.
    public var total: Int? { inputs.count }

    /// Always nil.
    public var failure: InputFailure? { nil }
}
