/// Turns records of users into a document. As with ``Formatter``, what the three calls give together is valid after any
/// number of records.
public protocol GitHubFormatter: Sendable {
    /// Appends what stands before the first record.
    mutating func begin(into out: inout [UInt8])
    /// Appends one record.
    mutating func append(_ record: GitHubRecord, into out: inout [UInt8])
    /// Appends what stands after the last record.
    mutating func end(into out: inout [UInt8])
}

/// JSON: one array, or an object on each line. A login that failed is an object with `login` and `error`.
public struct GitHubJSONFormatter: GitHubFormatter {
    private let columns: [GitHubColumn]
    private let isLines: Bool
    private var isEmpty = true

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - columns: The members of a user's object; nil for the usual ones.
    ///   - isLines: Whether each record is a line of its own (JSON Lines) instead of an element of an array.
    public init(columns: [GitHubColumn]? = nil, isLines: Bool = false) {
        self.columns = columns ?? GitHubColumn.standard
        self.isLines = isLines
    }

    /// Appends `[`, unless it is lines.
    public mutating func begin(into out: inout [UInt8]) {
        if !isLines { out.append(UInt8(ascii: "[")) }
    }

    /// Appends an object.
    public mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "\n" : ",\n", into: &out) }
        isEmpty = false
        object(record).append(to: &out)
        if isLines { out.append(0x0A) }
    }

    /// Appends `]`, unless it is lines.
    public mutating func end(into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "]\n" : "\n]\n", into: &out) }
    }

    private func object(_ record: GitHubRecord) -> JSONValue {
        switch record.result {
        case .success(let found):
            var members = columns.map { (key: $0.name, value: record[$0]) }
            if let repositories = found.repositories {
                members.append((key: "repos", value: .array(repositories.map(\.object))))
            }
            return .object(members)
        case .failure(let error):
            let code = error.curlCode.map { JSONValue.number("\($0)") } ?? .null
            var seconds: [UInt8] = []
            JSONWriter.seconds(error.retryAfter, into: &seconds)
            let wait = error.retryAfter == nil ? JSONValue.null : .number(String(decoding: seconds, as: UTF8.self))
            return .object([
                (key: "login", value: .string(record.login)),
                (
                    key: "error",
                    value: .object([
                        (key: "kind", value: .string(error.kind.rawValue)),
                        (key: "message", value: .string(error.message)), (key: "exitcode", value: code),
                    ])
                ),
                (key: "response_code", value: record[.responseCode]), (key: "retry_after", value: wait),
                (key: "via", value: record[.via]),
            ])
        }
    }
}

extension GitHubRepository {
    /// The members of its object, in their order.
    fileprivate var object: JSONValue {
        .object(GitHubRepositoryField.allCases.map { (key: $0.rawValue, value: self[$0]) })
    }
}

/// CSV or TSV with a header row. With repositories it has a row for each of them, and one for a user without any.
public struct GitHubCSVFormatter: GitHubFormatter {
    private static let repositoryFields: [GitHubRepositoryField] = [
        .name, .stargazersCount, .forksCount, .openIssuesCount, .language, .fork, .archived, .description, .pushedAt,
        .htmlURL,
    ]
    private let columns: [GitHubColumn]
    private let hasRepositories: Bool
    private var sink: FieldSink

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - dialect: How fields are kept apart.
    ///   - columns: The columns; nil for the usual ones.
    ///   - hasRepositories: Whether rows are repositories.
    public init(_ dialect: CSVFormatter.Dialect, columns: [GitHubColumn]? = nil, hasRepositories: Bool = false) {
        let usual = hasRepositories ? [.user(.login), .errorKind, .errorMessage] : GitHubColumn.row
        self.columns = columns ?? usual
        self.hasRepositories = hasRepositories
        sink = FieldSink(dialect: dialect, guardsFormulas: true)
    }

    /// Appends the names of the columns.
    public mutating func begin(into out: inout [UInt8]) {
        row(
            columns.map(\.name) + (hasRepositories ? Self.repositoryFields.map { "repo_\($0.rawValue)" } : []),
            into: &out)
    }

    /// Appends a row, or one for each repository.
    public mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        let cells = columns.map { record[$0].cellText }
        guard hasRepositories else { return row(cells, into: &out) }
        guard case .success(let found) = record.result, let repositories = found.repositories, !repositories.isEmpty
        else { return row(cells + Self.repositoryFields.map { _ in "" }, into: &out) }
        for repository in repositories {
            row(cells + Self.repositoryFields.map { repository[$0].cellText }, into: &out)
        }
    }

    /// Appends nothing.
    public mutating func end(into out: inout [UInt8]) {}

    private mutating func row(_ cells: [String], into out: inout [UInt8]) {
        sink.isFirst = true
        for cell in cells { sink.text("", cell, into: &out) }
        sink.endRow(into: &out)
    }
}
