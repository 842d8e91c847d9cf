import FetchHTTP
import FetchRecords
import FetchSystem

/// Writes the table for the user. It waits for the last record to know the widths of its columns, because a list of
/// logins is short.
package struct GitHubTableFormatter: GitHubFormatter {
    /// The maximum width of a column, whatever a name or a description contains.
    private static let widestColumn = 40

    private struct Row {
        var cells: [String]
        /// Why there is no user; written after the login.
        var error: String?
    }

    private let columns: [GitHubColumn]
    private let width: Int?
    private let color: Bool
    private var rows: [Row] = []
    private var repositories: [(owner: String, repository: GitHubRepository)] = []
    private var hasRepositories = false
    private var followsAnother = false

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - columns: The columns; nil for login, name, repositories, followers and type.
    ///   - width: The maximum columns of the terminal for a row; nil for no limit.
    ///   - color: Whether errors are coloured.
    package init(columns: [GitHubColumn]? = nil, width: Int? = nil, color: Bool = false) {
        self.columns = columns ?? GitHubColumn.table
        self.width = width
        self.color = color
    }

    /// Does nothing yet.
    package mutating func begin(into out: inout [UInt8]) {}

    /// The existing table keeps its widths: the rest is a table after it, if there is a rest.
    package mutating func resume() { followsAnother = true }

    /// Stores a record.
    package mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        guard case .success(let found) = record.result else {
            let error = record.error.map { TerminalText.escaped($0.description) }
            rows.append(Row(cells: [TerminalText.fit(record.login, to: Self.widestColumn)], error: error))
            return
        }
        rows.append(Row(cells: columns.map { Self.cell(record[$0]) }))
        guard let list = found.repositories else { return }
        hasRepositories = true
        repositories += list.map { (found.user.login, $0) }
    }

    /// Appends the table, and that of the repositories, sorted by stars.
    package mutating func end(into out: inout [UInt8]) {
        if followsAnother, rows.isEmpty { return }
        let isNumeric = columns.map { column in
            if case .user(let field) = column { return field.kind == .integer }
            return column == .responseCode
        }
        append(columns.map(Self.heading), rows, isNumeric, into: &out)
        guard hasRepositories else { return }
        out.append(0x0A)
        let sorted = repositories.sorted {
            ($1.repository.stars, $0.owner, $0.repository.name) < ($0.repository.stars, $1.owner, $1.repository.name)
        }
        let lines = sorted.map { one in
            let fields: [GitHubRepositoryField] = [.stargazersCount, .forksCount, .language, .description]
            let name = TerminalText.fit("\(one.owner)/\(one.repository.name)", to: Self.widestColumn)
            return Row(cells: [name] + fields.map { Self.cell(one.repository[$0]) })
        }
        append(
            ["REPOSITORY", "STARS", "FORKS", "LANGUAGE", "DESCRIPTION"], lines, [false, true, true, false, false],
            into: &out)
    }

    private func append(_ headings: [String], _ rows: [Row], _ isNumeric: [Bool], into out: inout [UInt8]) {
        let widths = headings.indices.map { index in
            rows.reduce(DisplayWidth.of(headings[index])) { widest, row in
                max(widest, index < row.cells.count ? DisplayWidth.of(row.cells[index]) : 0)
            }
        }
        func text(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { index, cell in
                if isNumeric[index] { return HumanText.rightAligned(cell, widths[index]) }
                // Nothing follows the last cell.
                return index == headings.count - 1 ? cell : HumanText.leftAligned(cell, widths[index])
            }
            return padded.joined(separator: "  ")
        }
        var line = TerminalLine()
        line.append(text(headings), .bold)
        append(line, into: &out)
        for row in rows {
            var line = TerminalLine()
            line.append(text(row.cells))
            if let error = row.error { line.append("  " + error, .red) }
            append(line, into: &out)
        }
    }

    private func append(_ line: TerminalLine, into out: inout [UInt8]) {
        out.append(contentsOf: line.rendered(width: width, color: color).utf8)
        out.append(0x0A)
    }

    private static func heading(_ column: GitHubColumn) -> String {
        switch column {
        case .user(.publicRepos): "REPOS"
        case .user(.publicGists): "GISTS"
        default: column.name.uppercased()
        }
    }

    private static func cell(_ value: JSONValue) -> String {
        value == .null ? "-" : TerminalText.fit(value.cellText, to: widestColumn)
    }
}
