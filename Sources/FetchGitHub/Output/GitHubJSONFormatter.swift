import FetchHTTP
import FetchRecords
import FetchSystem

/// Writes JSON: one array, or one object per line. A login that failed is an object with `login` and `error`.
package struct GitHubJSONFormatter: GitHubFormatter {
    private let columns: [GitHubColumn]
    private let isLines: Bool
    private var isEmpty = true

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - columns: The members of a user's object; nil for the default ones.
    ///   - isLines: Whether each record is a line of its own (JSON Lines) instead of an element of an array.
    package init(columns: [GitHubColumn]? = nil, isLines: Bool = false) {
        self.columns = columns ?? GitHubColumn.standard
        self.isLines = isLines
    }

    /// Appends `[`, unless records are lines.
    package mutating func begin(into out: inout [UInt8]) {
        if !isLines { out.append(UInt8(ascii: "[")) }
    }

    /// The next record is not the first one.
    package mutating func resume() { isEmpty = false }

    /// Appends an object.
    package mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "\n" : ",\n", into: &out) }
        isEmpty = false
        object(record).append(to: &out)
        if isLines { out.append(0x0A) }
    }

    /// Appends `]`, unless records are lines.
    package mutating func end(into out: inout [UInt8]) {
        if !isLines { JSONWriter.raw(isEmpty ? "]\n" : "\n]\n", into: &out) }
    }

    private func object(_ record: GitHubRecord) -> JSONValue {
        switch record.result {
        case .success:
            var members = columns.map { (key: $0.name, value: record[$0]) }
            if let repositories = record.repositories { members.append((key: "repos", value: repositories)) }
            return .object(members)
        case .failure(let error):
            let code = error.curlCode.map { JSONValue.number("\($0.rawValue)") } ?? .null
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

extension GitHubRecord {
    /// The repositories as an array of objects, sorted by stars; nil if they were not requested, or there is no user.
    var repositories: JSONValue? {
        guard case .success(let found) = result, let repositories = found.repositories else { return nil }
        let fields = GitHubRepositoryField.allCases
        return .array(repositories.map { one in .object(fields.map { (key: $0.rawValue, value: one[$0]) }) })
    }
}
