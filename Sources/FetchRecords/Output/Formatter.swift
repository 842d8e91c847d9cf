package import FetchHTTP
package import FetchSystem

/// Formats records as a document. It takes values and returns bytes; order, buffering and writing are the caller's.
///
/// The output of ``begin(into:)``, any number of records and ``end(into:)`` is one valid document of the format, also
/// without records, and when the run is interrupted after any of them.
package protocol DocumentFormatter: Sendable {
    /// Prepares the formatter. It is called once, before anything is sent, on the thread that calls the other methods.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user; nothing is sent then.
    mutating func prepare() throws(InputFailure)
    /// Appends the beginning of the document.
    mutating func begin(into out: inout [UInt8])
    /// Continues a document that already has records instead of beginning one: a record comes next.
    mutating func resume()
    /// Appends the end of the document.
    mutating func end(into out: inout [UInt8])
    /// The problems since the last call, one sentence each. The run continues, but does not end successfully.
    mutating func takeProblems() -> [String]
}

extension DocumentFormatter {
    /// Does nothing.
    package mutating func prepare() throws(InputFailure) {}
    /// Does nothing: each record is independent.
    package mutating func resume() {}
    /// There are no problems.
    package mutating func takeProblems() -> [String] { [] }
}

/// Formats outcomes as a document.
package protocol Formatter: DocumentFormatter {
    /// Appends one record.
    mutating func append(_ outcome: Outcome, into out: inout [UInt8])
}
