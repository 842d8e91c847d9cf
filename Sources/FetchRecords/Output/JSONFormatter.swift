package import FetchHTTP
import FetchSystem

/// Writes one JSON array: `[`, one record per line, `]`. The caller passes the outcomes in input order.
package struct JSONFormatter: Formatter {
    private var writer: JSONRecordWriter
    private var isEmpty: Bool

    /// Makes a formatter of records with or without headers and body.
    ///
    /// - Parameters:
    ///   - options: The optional fields of the records.
    ///   - continues: Whether records stand before the first one that is appended, so that it needs a comma; what
    ///     ``begin(into:)`` gives stands there too then, and is not to be written again.
    package init(options: RecordOptions = RecordOptions(), continues: Bool = false) {
        writer = JSONRecordWriter(options: options)
        isEmpty = !continues
    }

    /// Appends the beginning of the document.
    package mutating func begin(into out: inout [UInt8]) {
        // The line break is written before the first record, so that an empty array is `[]`.
        out.append(UInt8(ascii: "["))
    }

    /// The next record is not the first one.
    package mutating func resume() { isEmpty = false }

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("\n", into: &out) } else { JSONWriter.raw(",\n", into: &out) }
        isEmpty = false
        writer.append(outcome, into: &out)
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("]\n", into: &out) } else { JSONWriter.raw("\n]\n", into: &out) }
    }
}

/// Writes one record per line (JSON Lines), each complete.
package struct JSONLinesFormatter: Formatter {
    private var writer: JSONRecordWriter

    /// Makes a formatter of records with or without headers and body.
    package init(options: RecordOptions = RecordOptions()) { writer = JSONRecordWriter(options: options) }

    /// Appends the beginning of the document.
    package mutating func begin(into out: inout [UInt8]) {}

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        writer.append(outcome, into: &out)
        out.append(0x0A)
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {}
}
