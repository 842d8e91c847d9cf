/// Turns records of users into a document. As with ``Formatter``, what the three calls give together is valid after any
/// number of records.
public protocol GitHubFormatter: Sendable {
    /// Makes ready, on the thread that writes.
    mutating func prepare() throws(InputFailure)
    /// What could not be made of the records since the last call.
    mutating func takeProblems() -> [String]
    /// Appends what stands before the first record.
    mutating func begin(into out: inout [UInt8])
    /// Goes on with a document that has records already, instead of beginning one.
    mutating func resume()
    /// Appends one record.
    mutating func append(_ record: GitHubRecord, into out: inout [UInt8])
    /// Appends what stands after the last record.
    mutating func end(into out: inout [UInt8])
}

extension GitHubFormatter {
    /// Nothing to do.
    public mutating func prepare() throws(InputFailure) {}

    /// Nothing: each record stands for itself.
    public mutating func resume() {}

    /// None.
    public mutating func takeProblems() -> [String] { [] }
}
