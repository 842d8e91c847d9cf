package import FetchSystem

/// A source of inputs, in chunks as they arrive. It never reads more than is asked for and never waits for a full
/// chunk.
package protocol InputSource: Sendable {
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

/// Inputs that are already in memory.
package final class SequenceSource: InputSource {
    private let inputs: [Input]
    private let position = AtomicPosition()

    /// Makes a source of inputs; their indices are the caller's.
    package init(_ inputs: [Input]) { self.inputs = inputs }

    /// Makes a source of requests, numbered from 0.
    convenience init(requests: [Request]) {
        self.init(
            requests.enumerated().map { index, request in
                Input(index: index, text: request.url.redacted, request: .success(request))
            })
    }

    /// At most 256 of the remaining inputs.
    package func next() async -> [Input]? {
        let start = position.advance(by: 256)
        guard start < inputs.count else { return nil }
        return Array(inputs[start..<min(start + 256, inputs.count)])
    }

    /// Drops the remaining inputs.
    package func close() { _ = position.advance(by: inputs.count) }

    /// The number of inputs.
    package var total: Int? { inputs.count }

    /// Always nil.
    package var failure: InputFailure? { nil }
}
