import FetchSystem

/// A table of values from bodies: the id and one column for each value. A value that is not there is an empty cell; an
/// object or array is its JSON text.
package struct ValueTable: Sendable {
    /// How rows are written.
    package enum Form: Sendable {
        /// CSV or TSV, a row at a time.
        case separated(CSVFormatter.Dialect, guardsFormulas: Bool)
        /// The table for the user, which waits for its last row to know the widths.
        case aligned(width: Int?, color: Bool)
    }

    /// The maximum width of a column of the table for the user.
    private static let widestColumn = 40

    private let form: Form
    private let columns: [String]
    private var sink: RowSink
    private var rows: [[JSONValue]] = []

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - form: How rows are written.
    ///   - columns: The names of the columns, with that of the id.
    package init(_ form: Form, columns: [String]) {
        self.form = form
        self.columns = columns
        switch form {
        case .separated(let dialect, let guardsFormulas):
            sink = RowSink(dialect: dialect, guardsFormulas: guardsFormulas)
        case .aligned: sink = RowSink(dialect: .tsv, guardsFormulas: false)
        }
    }

    /// Appends the header row.
    mutating func begin(into out: inout [UInt8]) {
        if case .separated = form { write(columns.map { .string($0) }, into: &out) }
    }

    /// Appends a row with a cell for each column.
    mutating func append(_ cells: [JSONValue], into out: inout [UInt8]) {
        if case .separated = form { write(cells, into: &out) } else { rows.append(cells) }
    }

    /// Appends what was held back.
    mutating func end(into out: inout [UInt8]) {
        guard case .aligned(let width, let color) = form else { return }
        let texts = rows.map { $0.map { $0 == .null ? "-" : TerminalText.fit($0.cellText, to: Self.widestColumn) } }
        let headings = columns.map { TerminalText.fit($0.uppercased(), to: Self.widestColumn) }
        let widths = headings.indices.map { index in
            texts.reduce(DisplayWidth.of(headings[index])) { max($0, DisplayWidth.of($1[index])) }
        }
        func append(_ cells: [String], _ values: [JSONValue], _ style: TerminalLine.Style) {
            let padded = cells.indices.map { index in
                if case .number = values[index] { return HumanText.rightAligned(cells[index], widths[index]) }
                // Nothing follows the last cell.
                return index == cells.count - 1 ? cells[index] : HumanText.leftAligned(cells[index], widths[index])
            }
            var line = TerminalLine()
            line.append(padded.joined(separator: "  "), style)
            out.append(contentsOf: line.rendered(width: width, color: color).utf8)
            out.append(0x0A)
        }
        append(headings, headings.map { .string($0) }, .bold)
        for (cells, values) in zip(texts, rows) { append(cells, values, .plain) }
        rows = []
    }

    private mutating func write(_ cells: [JSONValue], into out: inout [UInt8]) {
        sink.isFirst = true
        for cell in cells {
            if case .number(let digits) = cell {
                sink.number(digits, into: &out)
            } else {
                sink.text("", cell.cellText, into: &out)
            }
        }
        sink.endRow(into: &out)
    }
}
