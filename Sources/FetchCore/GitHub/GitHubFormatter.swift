/// Turns records of users into a document. As with ``Formatter``, what the three calls give together is valid after any
/// number of records.
public protocol GitHubFormatter: Sendable {
    /// Appends what stands before the first record.
    mutating func begin(into out: inout [UInt8])
    /// Appends one record.
    mutating func append(_ record: GitHubRecord, into out: inout [UInt8])
    /// Appends what stands after the last record.
    mutating func end(into out: inout [UInt8])
}
