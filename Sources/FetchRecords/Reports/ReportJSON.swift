import FetchSystem

/// Builds a JSON document: commas, names and brackets; each value is written once.
package struct ReportJSON {
    /// The document so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Nothing yet.
    package init() {}

    /// An object, as a member of that name or as an element.
    package mutating func object(_ name: String? = nil, _ body: (inout ReportJSON) -> Void) {
        nest(name, "{", "}", body)
    }

    /// An array, as a member of that name or as an element.
    package mutating func array(_ name: String? = nil, _ body: (inout ReportJSON) -> Void) {
        nest(name, "[", "]", body)
    }

    /// A text, or null.
    package mutating func text(_ name: String? = nil, _ value: String?) {
        begin(name)
        JSONWriter.string(value, into: &bytes)
    }

    /// An integer, or null.
    package mutating func integer(_ name: String? = nil, _ value: Int?) {
        begin(name)
        JSONWriter.integer(value, into: &bytes)
    }

    /// A Boolean.
    package mutating func bool(_ name: String? = nil, _ value: Bool) {
        begin(name)
        JSONWriter.bool(value, into: &bytes)
    }

    /// Microseconds as decimal seconds, or null.
    package mutating func seconds(_ name: String? = nil, microseconds: Int64?) {
        begin(name)
        if let microseconds {
            JSONWriter.seconds(microseconds: microseconds, into: &bytes)
        } else {
            JSONWriter.null(into: &bytes)
        }
    }

    /// Microseconds as decimal milliseconds; -1 for what HAR does not know.
    mutating func milliseconds(_ name: String, microseconds: Int64?) {
        begin(name)
        bytes += (microseconds.map(ReportText.thousandths) ?? "-1").utf8
    }

    /// A line break between elements, so that a long document has lines.
    mutating func lineBreak() { bytes.append(0x0A) }

    private mutating func begin(_ name: String?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        guard let name else { return }
        JSONWriter.string(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func nest(
        _ name: String?, _ open: StaticString, _ close: StaticString, _ body: (inout ReportJSON) -> Void
    ) {
        begin(name)
        JSONWriter.raw(open, into: &bytes)
        needsComma = false
        body(&self)
        JSONWriter.raw(close, into: &bytes)
        needsComma = true
    }
}
