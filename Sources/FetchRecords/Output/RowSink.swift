package import FetchHTTP
package import FetchSystem

/// Writes fields as a row.
package struct RowSink: RecordSink, Sendable {
    let dialect: CSVFormatter.Dialect
    let guardsFormulas: Bool
    package var isFirst = true
    private var timestamps = TimestampWriter()

    package init(dialect: CSVFormatter.Dialect, guardsFormulas: Bool) {
        self.dialect = dialect
        self.guardsFormulas = guardsFormulas
    }

    var separator: UInt8 { dialect == .csv ? UInt8(ascii: ",") : 0x09 }

    package func endRow(into out: inout [UInt8]) {
        if dialect == .csv { out.append(0x0D) }
        out.append(0x0A)
    }

    private mutating func next<Out: ByteSink & ~Copyable>(into out: inout Out) {
        if !isFirst { out.append(separator) }
        isFirst = false
    }

    /// Appends a number with all its digits. A negative number is not a formula.
    mutating func number(_ digits: String, into out: inout [UInt8]) {
        next(into: &out)
        out.append(contentsOf: digits.utf8)
    }

    package mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        next(into: &out)
        guard let value, let first = value.utf8.first else { return }
        let prefix = guardsFormulas && Self.startsFormula(first) ? "'" : ""
        // Nearly every field has nothing to escape or to quote.
        if PlainRun.isPlain(value), dialect == .tsv || !value.utf8.contains(0x2C) {
            out.append(text: prefix)
            out.append(text: value)
            return
        }
        switch dialect {
        case .csv:
            let text = TerminalText.escaped(value, keeping: [0x09, 0x0A, 0x0D])
            guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
                out.append(text: prefix)
                out.append(text: text)
                return
            }
            out.append(UInt8(ascii: "\""))
            out.append(text: prefix)
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") { out.append(byte) }
                out.append(byte)
            }
            out.append(UInt8(ascii: "\""))
        case .tsv:
            out.append(text: prefix)
            let parts = value.split(separator: "\\", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index > 0 { JSONWriter.raw("\\\\", into: &out) }
                out.append(text: TerminalText.escaped(String(part)))
            }
        }
    }

    private static func startsFormula(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    package mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        next(into: &out)
        if let value { JSONWriter.integer(value, into: &out) }
    }

    package mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {
        next(into: &out)
        JSONWriter.bool(value, into: &out)
    }

    package mutating func seconds<Out: ByteSink & ~Copyable>(
        _ name: StaticString, microseconds: Int64?, into out: inout Out
    ) {
        next(into: &out)
        if let microseconds { JSONWriter.seconds(microseconds: microseconds, into: &out) }
    }

    package mutating func timestamp<Out: ByteSink & ~Copyable>(
        _ name: StaticString, _ value: Int64?, into out: inout Out
    ) {
        next(into: &out)
        if let value { timestamps.append(value, into: &out) }
    }

    package mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        text(#","error_kind":"#, value?.kind.rawValue, into: &out)
        text(#","error_message":"#, value?.message, into: &out)
        integer(#","exitcode":"#, (value?.curlCode).map { Int($0.rawValue) }, into: &out)
    }
}

/// Writes the names of the fields.
struct NameSink: RecordSink {
    let separator: UInt8
    private var isFirst = true

    init(separator: UInt8) { self.separator = separator }

    private mutating func name<Out: ByteSink & ~Copyable>(_ name: StaticString, into out: inout Out) {
        if !isFirst { out.append(separator) }
        isFirst = false
        JSONWriter.bareName(name).withUnsafeBufferPointer { out.append(copying: $0) }
    }

    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        self.name(name, into: &out)
    }
    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        self.name(name, into: &out)
    }
    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {
        self.name(name, into: &out)
    }
    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, microseconds: Int64?, into out: inout Out) {
        self.name(name, into: &out)
    }
    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out) {
        self.name(name, into: &out)
    }
    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        for part in [#","error_kind":"#, #","error_message":"#, #","exitcode":"#] as [StaticString] {
            name(part, into: &out)
        }
    }
}
