package import FetchHTTP
import FetchSystem

/// Writes one JSON object of values by id: `{"1":9.99,…}`, one member per line; null where there is no value. The
/// caller passes the outcomes in input order, each id once.
package struct MapFormatter: Formatter {
    private var isEmpty = true

    /// Makes a formatter.
    package init() {}

    /// Appends the beginning of the document.
    package mutating func begin(into out: inout [UInt8]) {
        // The line break is written before the first member, so that an empty object is `{}`.
        out.append(UInt8(ascii: "{"))
    }

    /// Appends one member.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("\n", into: &out) } else { JSONWriter.raw(",\n", into: &out) }
        isEmpty = false
        JSONWriter.string(outcome.input.id ?? outcome.input.text, into: &out)
        JSONWriter.raw(": ", into: &out)
        if let value = outcome.value { out.append(contentsOf: value) } else { JSONWriter.null(into: &out) }
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {
        if isEmpty { JSONWriter.raw("}\n", into: &out) } else { JSONWriter.raw("\n}\n", into: &out) }
    }
}
