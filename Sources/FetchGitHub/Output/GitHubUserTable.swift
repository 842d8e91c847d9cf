import FetchStore
package import FetchSystem

/// Users as rows of a SQLite table: the fields of the record, one column each, and after them the requested login and
/// the error. Repositories are a JSON array in the column `repos`, for SQLite's `json_each`.
///
/// Each batch is one transaction, as in ``RecordTable``.
package final class GitHubUserTable: Sendable {
    /// The columns of every row, whatever fields were chosen.
    private static let always: [GitHubColumn] = [.requestedLogin, .responseCode, .errorKind, .errorMessage]

    private let columns: [GitHubColumn]
    private let hasRepositories: Bool
    private let table: RowTable

    /// Opens or creates the file and the table. If the table exists, rows are appended, and it gets the columns that it
    /// lacks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The name of the table.
    ///   - columns: The fields of a user; nil for the default ones.
    ///   - hasRepositories: Whether there is a column for repositories.
    /// - Throws: ``InputFailure`` when the file is not a database, or cannot be written; it is left unchanged.
    package init(
        path: String, table: String, columns: [GitHubColumn]? = nil, hasRepositories: Bool = false
    ) throws(InputFailure) {
        var known: Set<GitHubColumn> = []
        self.columns = ((columns ?? GitHubColumn.standard) + Self.always).filter { known.insert($0).inserted }
        self.hasRepositories = hasRepositories
        var definitions = self.columns.map { RowTable.Column(name: $0.name, type: $0.affinity) }
        if hasRepositories { definitions.append(RowTable.Column(name: "repos", type: "TEXT")) }
        self.table = try RowTable(path: path, table: table, columns: definitions)
    }

    /// Appends rows, all of them or none.
    ///
    /// - Parameters:
    ///   - records: The users, and the logins without one.
    ///   - secrets: The secrets that are replaced by `***` wherever a server repeated them.
    package func append(_ records: [GitHubRecord], hiding secrets: [GitHubToken] = []) throws(InputFailure) {
        try table.append(records) { record in
            var values = columns.map { record[$0] }
            if hasRepositories { values.append(record.repositories ?? .null) }
            return values.map { $0.hiding(secrets).databaseValue }
        }
    }

    /// Closes the file; its write-ahead log is merged into it.
    package func close() throws(InputFailure) { try table.close() }
}

extension GitHubColumn {
    /// The affinity of its column (https://www.sqlite.org/datatype3.html §3); SQLite stores Booleans as 0 and 1.
    fileprivate var affinity: String {
        switch self {
        case .user(let field): field.kind == .text ? "TEXT" : "INTEGER"
        case .responseCode: "INTEGER"
        case .via, .requestedLogin, .errorKind, .errorMessage: "TEXT"
        }
    }
}

extension JSONValue {
    /// The value without the secrets; arrays and objects as text, in which they may be anywhere.
    fileprivate func hiding(_ secrets: [GitHubToken]) -> JSONValue {
        switch self {
        case .null, .bool, .number: self
        case .string, .array, .object: .string(secrets.reduce(cellText) { $1.hidden(in: $0) })
        }
    }
}
