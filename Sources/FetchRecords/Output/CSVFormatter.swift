package import FetchHTTP
import FetchSystem

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

    private var sink: RowSink
    /// Whether the rows are pages of a crawl, which have more fields.
    private let isCrawl: Bool
    /// The optional columns.
    private let options: RecordOptions

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - dialect: How fields are separated.
    ///   - guardsFormulas: Whether a text that a spreadsheet would run (`= + - @`, tab or line break first) gets a `'`
    ///     in front. It is on because the text comes from servers.
    ///   - isCrawl: Whether the rows are pages of a crawl, which have more fields.
    ///   - options: The optional columns; a row has no place for bodies and headers.
    package init(
        _ dialect: Dialect = .csv, guardsFormulas: Bool = true, isCrawl: Bool = false,
        options: RecordOptions = RecordOptions()
    ) {
        self.isCrawl = isCrawl
        self.options = options
        sink = RowSink(dialect: dialect, guardsFormulas: guardsFormulas)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) {
        var names = NameSink(separator: sink.separator)
        let blank = Input(index: 0, text: "", request: .failure(FetchError(.invalidURL, "")))
        let page = isCrawl ? CrawlDetails(depth: 0) : nil
        Outcome(input: blank, crawl: page).visitFields(options, &names, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        sink.isFirst = true
        outcome.visitFields(options, &sink, into: &out)
        sink.endRow(into: &out)
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {}
}
