package import FetchHTTP
import FetchSystem

/// Writes findings as JSON: one array, or one object per line.
package struct FindingJSONFormatter: FindingFormatter {
    private let isLines: Bool
    private var isEmpty = true
    private var sink = JSONSink()

    /// Makes a formatter.
    ///
    /// - Parameter isLines: Whether each finding is a line of its own (JSON Lines) instead of an element of an array.
    package init(isLines: Bool = false) { self.isLines = isLines }

    /// Appends `[`, unless findings are lines.
    package mutating func begin(into out: inout [UInt8]) {
        if !isLines { out.append(UInt8(ascii: "[")) }
    }

    /// The next finding is not the first one.
    package mutating func resume() { isEmpty = false }

    /// Appends an object.
    package mutating func append(_ finding: Finding, into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "\n" : ",\n", into: &out) }
        isEmpty = false
        var fields: [UInt8] = []
        finding.visitFields(&sink, into: &fields)
        // The comma before the first name.
        fields[0] = UInt8(ascii: "{")
        out += fields
        out.append(UInt8(ascii: "}"))
        if isLines { out.append(0x0A) }
    }

    /// Appends `]`, unless findings are lines.
    package mutating func end(into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "]\n" : "\n]\n", into: &out) }
    }
}

/// Writes findings as CSV or TSV with a header row: a row for each link.
package struct FindingCSVFormatter: FindingFormatter {
    private var sink: RowSink

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - dialect: How fields are separated.
    ///   - guardsFormulas: Whether a text that a spreadsheet would run gets a `'` in front.
    package init(_ dialect: CSVFormatter.Dialect, guardsFormulas: Bool = true) {
        sink = RowSink(dialect: dialect, guardsFormulas: guardsFormulas)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) {
        var names = NameSink(separator: sink.separator)
        let location = Finding.Location(document: "", isFile: false)
        Finding(location: location, text: "", target: "", kind: "", severity: .error, message: "")
            .visitFields(&names, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends a row.
    package mutating func append(_ finding: Finding, into out: inout [UInt8]) {
        sink.isFirst = true
        finding.visitFields(&sink, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends nothing.
    package mutating func end(into out: inout [UInt8]) {}
}
