/// Passes the document of another formatter through a jq program.
public struct JQFormatter: Formatter {
    private var inner: any Formatter
    private var document: JQDocument

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - text: The program.
    ///   - inner: The formatter of the JSON.
    ///   - isLineWise: Whether each line is a document of its own.
    public init(_ text: String, on inner: any Formatter, isLineWise: Bool) {
        document = JQDocument(text, isLineWise: isLineWise)
        self.inner = inner
    }

    /// Compiles the program.
    public mutating func prepare() throws(InputFailure) { try document.prepare() }

    /// Appends the beginning of the document.
    public mutating func begin(into out: inout [UInt8]) {
        inner.begin(into: &document.bytes)
        document.runOnLines(into: &out)
    }

    /// Appends one record.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        inner.append(outcome, into: &document.bytes)
        document.runOnLines(into: &out)
    }

    /// Appends the end of the document.
    public mutating func end(into out: inout [UInt8]) {
        inner.end(into: &document.bytes)
        document.finish(into: &out)
    }

    /// The errors that jq reported since the last call.
    public mutating func takeProblems() -> [String] { document.takeProblems() }
}
