package import FetchHTTP
package import FetchSystem

/// Passes the document of another formatter through a jq program. It formats the records that the other one formats.
package struct JQFormatter<Inner: DocumentFormatter>: DocumentFormatter {
    private var inner: Inner
    private var document: JQDocument

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - text: The program.
    ///   - inner: The formatter of the JSON.
    ///   - isLineWise: Whether each line is a document of its own.
    package init(_ text: String, on inner: Inner, isLineWise: Bool) {
        document = JQDocument(text, isLineWise: isLineWise)
        self.inner = inner
    }

    /// Compiles the program.
    package mutating func prepare() throws(InputFailure) { try document.prepare() }

    /// Appends the beginning of the document.
    package mutating func begin(into out: inout [UInt8]) { append(into: &out) { $0.begin(into: &$1) } }

    /// Appends what the program makes of the bytes that the other formatter appends in the closure.
    package mutating func append(into out: inout [UInt8], _ format: (inout Inner, inout [UInt8]) -> Void) {
        format(&inner, &document.bytes)
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

extension JQFormatter: Formatter where Inner: Formatter {
    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        append(into: &out) { $0.append(outcome, into: &$1) }
    }
}

extension Formatter {
    /// This formatter, or if there is a jq program, one that passes its document through it.
    package func through(jq text: String?, isLineWise: Bool) -> any Formatter {
        text.map { JQFormatter($0, on: self, isLineWise: isLineWise) } ?? self
    }
}
