/// One JSON object of values by id: `{"1":9.99,…}`, a member a line; null where there is no value. The caller gives the
/// outcomes in input order, each id once.
public struct MapFormatter: Formatter {
    private var isEmpty = true

    /// Makes a formatter.
    public init() {}

    /// Appends what stands before the first member.
    public mutating func begin(into out: inout [UInt8]) {
        // The line break waits for the first member: an empty object is `{}`.
        out.append(UInt8(ascii: "{"))
    }

    /// Appends one member.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("\n", into: &out) } else { JSONWriter.raw(",\n", into: &out) }
        isEmpty = false
        JSONWriter.string(outcome.input.id ?? outcome.input.text, into: &out)
        JSONWriter.raw(": ", into: &out)
        if let value = outcome.value { out.append(contentsOf: value) } else { JSONWriter.null(into: &out) }
    }

    /// Appends what stands after the last member.
    public mutating func end(into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("}\n", into: &out) } else { JSONWriter.raw("\n}\n", into: &out) }
    }
}
