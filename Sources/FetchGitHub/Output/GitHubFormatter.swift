package import FetchSystem

/// Formats records of users as a document. As with ``Formatter``, the output of the three calls is valid after any
/// number of records.
package protocol GitHubFormatter: Sendable {
    /// Prepares the formatter on the writer thread.
    mutating func prepare() throws(InputFailure)
    /// The problems since the last call.
    mutating func takeProblems() -> [String]
    /// Appends the beginning of the document.
    mutating func begin(into out: inout [UInt8])
    /// Continues a document that already has records instead of beginning one.
    mutating func resume()
    /// Appends one record.
    mutating func append(_ record: GitHubRecord, into out: inout [UInt8])
    /// Appends the end of the document.
    mutating func end(into out: inout [UInt8])
}

extension GitHubFormatter {
    /// Does nothing.
    package mutating func prepare() throws(InputFailure) {}

    /// Does nothing: each record is independent.
    package mutating func resume() {}

    /// There are no problems.
    package mutating func takeProblems() -> [String] { [] }
}
