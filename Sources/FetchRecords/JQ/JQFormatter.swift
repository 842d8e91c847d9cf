package import FetchHTTP
package import FetchSystem

/// Passes the document of another formatter through a jq program.
package struct JQFormatter: Formatter {
    private var inner: any Formatter
    private var document: JQDocument

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - text: The program.
    ///   - inner: The formatter of the JSON.
    ///   - isLineWise: Whether each line is a document of its own.
    package init(_ text: String, on inner: any Formatter, isLineWise: Bool) {
        document = JQDocument(text, isLineWise: isLineWise)
        self.inner = inner
    }

    /// Compiles the program.
    package mutating func prepare() throws(InputFailure) { try document.prepare() }

    /// Appends the beginning of the document.
    package mutating func begin(into out: inout [UInt8]) {
        inner.begin(into: &document.bytes)
        document.runOnLines(into: &out)
    }

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        inner.append(outcome, into: &document.bytes)
        document.runOnLines(into: &out)
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {
        inner.end(into: &document.bytes)
        document.finish(into: &out)
    }

    /// The errors that jq reported since the last call.
    package mutating func takeProblems() -> [String] { document.takeProblems() }
}
