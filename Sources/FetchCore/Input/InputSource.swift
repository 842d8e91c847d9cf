/// Where inputs come from, a chunk at a time: lists, arguments, sequences.
///
/// One consumer asks; it gets what is there without waiting for more. The order is the user's, the indices run.
public protocol InputSource: Sendable {
    /// The next 1 to 256 inputs, or nil at the end.
    ///
    /// It does not react to the cancellation of the task: an interrupted run still needs to know which inputs there
    /// were. ``close()`` is what ends it.
    nonisolated(nonsending) func next() async -> [Input]?

    /// Makes ``next()`` return nil soon, also one that waits already, and stops the reading. More than once is fine.
    func close()

    /// What went wrong while reading, once ``next()`` has returned nil.
    var failure: InputFailure? { get }
}

/// The sizes that bound every source.
enum InputLimits {
    /// The most inputs in one chunk.
    static let chunk = 256
    /// The most chunks that wait for the consumer.
    static let waitingChunks = 16
    /// How many bytes are read at once.
    static let block = 65_536
}
