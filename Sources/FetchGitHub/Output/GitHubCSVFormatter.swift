package import FetchRecords
import FetchSystem

/// Writes CSV or TSV with a header row. With repositories there is a row for each of them, and one for a user without
/// any.
package struct GitHubCSVFormatter: GitHubFormatter {
    private static let repositoryFields: [GitHubRepositoryField] = [
        .name, .stargazersCount, .forksCount, .openIssuesCount, .language, .fork, .archived, .description, .pushedAt,
        .htmlURL,
    ]
    private let columns: [GitHubColumn]
    private let hasRepositories: Bool
    private var sink: RowSink

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - dialect: How fields are separated.
    ///   - columns: The columns; nil for the default ones.
    ///   - hasRepositories: Whether the rows are repositories.
    ///   - guardsFormulas: Whether a text that a spreadsheet would run gets a `'` in front.
    package init(
        _ dialect: CSVFormatter.Dialect, columns: [GitHubColumn]? = nil, hasRepositories: Bool = false,
        guardsFormulas: Bool = true
    ) {
        let usual = hasRepositories ? [.user(.login), .errorKind, .errorMessage] : GitHubColumn.row
        self.columns = columns ?? usual
        self.hasRepositories = hasRepositories
        sink = RowSink(dialect: dialect, guardsFormulas: guardsFormulas)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) {
        row(
            columns.map(\.name) + (hasRepositories ? Self.repositoryFields.map { "repo_\($0.rawValue)" } : []),
            into: &out)
    }

    /// Appends a row, or one row for each repository.
    package mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        let cells = columns.map { record[$0].cellText }
        guard hasRepositories else { return row(cells, into: &out) }
        guard case .success(let found) = record.result, let repositories = found.repositories, !repositories.isEmpty
        else { return row(cells + Self.repositoryFields.map { _ in "" }, into: &out) }
        for repository in repositories {
            row(cells + Self.repositoryFields.map { repository[$0].cellText }, into: &out)
        }
    }

    /// Does nothing: the format has no end.
    package mutating func end(into out: inout [UInt8]) {}

    private mutating func row(_ cells: [String], into out: inout [UInt8]) {
        sink.isFirst = true
        for cell in cells { sink.text("", cell, into: &out) }
        sink.endRow(into: &out)
    }
}
