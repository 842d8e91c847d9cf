package import FetchHTTP
package import FetchSystem

/// Writes the fixed fields of the record as a table for other programs: CSV (RFC 4180, CRLF) or TSV, with a header row.
///
/// Missing values are empty fields. The error is flattened to `error_kind`, `error_message` and `exitcode`.
package struct CSVFormatter: Formatter {
    /// How fields are separated.
    package enum Dialect: Sendable, Hashable {
        /// Commas, quotes where needed, CRLF.
        case csv
        /// Tabs, no quotes, LF. A tab, line break or backslash in a field is `\t`, `\n`, `\r` or `\\`, so that a record
        /// is always one line.
        case tsv
    }

    private var sink: FieldSink
    /// Whether the rows are pages of a crawl, which have more fields.
    private let isCrawl: Bool

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - dialect: How fields are separated.
    ///   - guardsFormulas: Whether a text that a spreadsheet would run (`= + - @`, tab or line break first) gets a `'`
    ///     in front. It is on because the text comes from servers.
    ///   - isCrawl: Whether the rows are pages of a crawl, which have more fields.
    package init(_ dialect: Dialect = .csv, guardsFormulas: Bool = true, isCrawl: Bool = false) {
        self.isCrawl = isCrawl
        sink = FieldSink(dialect: dialect, guardsFormulas: guardsFormulas)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) {
        var names = NameSink(separator: sink.separator)
        let nobody = Input(index: 0, text: "", request: .failure(FetchError(.invalidURL, "")))
        Outcome(input: nobody, crawl: isCrawl ? CrawlDetails(depth: 0) : nil).visitFields(&names, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        sink.isFirst = true
        outcome.visitFields(&sink, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {}
}

/// Writes fields as a row.
package struct FieldSink: RecordSink, Sendable {
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
private struct NameSink: RecordSink {
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
