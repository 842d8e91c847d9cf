package import FetchHTTP
import FetchSystem

/// Formats findings as a document.
package protocol FindingFormatter: DocumentFormatter {
    /// Appends one finding. Those of a page follow each other.
    mutating func append(_ finding: Finding, into out: inout [UInt8])
}

extension JQFormatter: FindingFormatter where Inner: FindingFormatter {
    /// Appends one finding.
    package mutating func append(_ finding: Finding, into out: inout [UInt8]) {
        append(into: &out) { $0.append(finding, into: &$1) }
    }
}

extension FindingFormatter {
    /// This formatter, or if there is a jq program, one that passes its document through it.
    package func through(jq text: String?, isLineWise: Bool) -> any FindingFormatter {
        text.map { JQFormatter($0, on: self, isLineWise: isLineWise) } ?? self
    }
}

extension Finding {
    /// The fields of a finding in their order: what is wrong, where, and the measurements of its request, which are null
    /// where none was sent.
    func visitFields<Sink: RecordSink, Out: ByteSink & ~Copyable>(_ sink: inout Sink, into out: inout Out) {
        sink.text(#","severity":"#, severity.rawValue, into: &out)
        sink.text(#","kind":"#, kind, into: &out)
        sink.text(#","message":"#, message, into: &out)
        sink.text(#","page":"#, location.isFile ? nil : location.document, into: &out)
        sink.text(#","file":"#, location.isFile ? location.document : nil, into: &out)
        sink.integer(#","line":"#, location.line, into: &out)
        sink.integer(#","column":"#, location.column, into: &out)
        sink.text(#","text":"#, text.isEmpty ? nil : text, into: &out)
        sink.text(#","url":"#, target, into: &out)
        var measurements = MeasurementSink(base: sink, isKnown: outcome != nil)
        let blank = Input(index: 0, text: "", request: .failure(FetchError(.invalidURL, "")))
        (outcome ?? Outcome(input: blank)).visitFields(RecordOptions(), &measurements, into: &out)
        sink = measurements.base
    }
}

/// Passes on the fields of a record that are measurements.
private struct MeasurementSink<Base: RecordSink>: RecordSink {
    var base: Base
    /// Whether there are any; otherwise all are null.
    let isKnown: Bool

    private static func isMeasurement(_ name: StaticString) -> Bool {
        let name = JSONWriter.bareName(name)
        return !Self.others.contains { $0.utf8.elementsEqual(name) }
    }

    /// The fields that a finding has itself, or does not have.
    private static var others: [String] { ["id", "index", "url", "filename_effective"] }

    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        if Self.isMeasurement(name) { base.text(name, isKnown ? value : nil, into: &out) }
    }
    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        if Self.isMeasurement(name) { base.integer(name, isKnown ? value : nil, into: &out) }
    }
    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {}
    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, microseconds: Int64?, into out: inout Out) {
        base.seconds(name, microseconds: isKnown ? microseconds : nil, into: &out)
    }
    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out) {
        base.timestamp(name, isKnown ? value : nil, into: &out)
    }
    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        // Kind and message of the finding say it.
        base.integer(#","exitcode":"#, value?.curlCode.map { Int($0.rawValue) }, into: &out)
    }
}
