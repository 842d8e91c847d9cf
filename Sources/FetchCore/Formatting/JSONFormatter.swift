/// One JSON array: `[`, a record a line, `]`. The caller gives the outcomes in input order.
public struct JSONFormatter: Formatter {
    private var writer: RecordWriter
    private var isEmpty: Bool

    /// Makes a formatter of records with or without headers and body.
    ///
    /// - Parameters:
    ///   - options: What the records hold.
    ///   - continues: Whether records stand before the first one that is appended, so that it needs a comma; what
    ///     ``begin(into:)`` gives stands there too then, and is not to be written again.
    public init(options: RecordOptions = RecordOptions(), continues: Bool = false) {
        writer = RecordWriter(options: options)
        isEmpty = !continues
    }

    /// Appends what stands before the first record.
    public mutating func begin(into out: inout [UInt8]) {
        // The line break waits for the first record: an empty array is `[]`.
        out.append(UInt8(ascii: "["))
    }

    /// The next record is not the first.
    public mutating func resume() { isEmpty = false }

    /// Appends one record.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("\n", into: &out) } else { JSONWriter.raw(",\n", into: &out) }
        isEmpty = false
        writer.append(outcome, into: &out)
    }

    /// Appends what stands after the last record.
    public mutating func end(into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("]\n", into: &out) } else { JSONWriter.raw("\n]\n", into: &out) }
    }
}

/// One record a line (JSON Lines), each whole.
public struct JSONLinesFormatter: Formatter {
    private var writer: RecordWriter

    /// Makes a formatter of records with or without headers and body.
    public init(options: RecordOptions = RecordOptions()) { writer = RecordWriter(options: options) }

    /// Appends what stands before the first record.
    public mutating func begin(into out: inout [UInt8]) {}

    /// Appends one record.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        writer.append(outcome, into: &out)
        out.append(0x0A)
    }

    /// Appends what stands after the last record.
    public mutating func end(into out: inout [UInt8]) {}
}
