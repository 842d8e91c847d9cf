import FetchHTTP
package import FetchSystem

/// A column that `--fields` can name: a field of the user, or a field about the request.
package enum GitHubColumn: Sendable, Hashable {
    /// A field of the user.
    case user(GitHubUserField)
    /// `via`: `rest` or `graphql`.
    case via
    /// `requested_login`: the login as in the input.
    case requestedLogin
    /// `response_code`: the status of the response.
    case responseCode
    /// `error_kind`: why there is no user, as a slug.
    case errorKind
    /// `error_message`: why there is no user, as a sentence.
    case errorMessage

    private static let others: [GitHubColumn] = [.via, .requestedLogin, .responseCode, .errorKind, .errorMessage]

    /// The default members of a record.
    static let standard = GitHubUserField.common.map { GitHubColumn.user($0) } + [.via, .requestedLogin]
    /// The default columns of CSV.
    static let row = standard + [.responseCode, .errorKind, .errorMessage]
    /// The default columns of the table.
    static let table: [GitHubColumn] = [
        .user(.login), .user(.name), .user(.publicRepos), .user(.followers), .user(.type),
    ]

    /// Its name in every format.
    package var name: String {
        switch self {
        case .user(let field): field.rawValue
        case .via: "via"
        case .requestedLogin: "requested_login"
        case .responseCode: "response_code"
        case .errorKind: "error_kind"
        case .errorMessage: "error_message"
        }
    }

    /// Whether GraphQL does not have it.
    package var isOnlyInREST: Bool {
        if case .user(let field) = self { return field.isOnlyInREST }
        return false
    }

    /// Parses a list of names: `login,name,public_repos`.
    ///
    /// - Throws: ``ParseFailure`` that names the known fields.
    package static func list(_ text: String) throws(ParseFailure) -> [GitHubColumn] {
        var columns: [GitHubColumn] = []
        let known = GitHubUserField.allCases.map { GitHubColumn.user($0) } + others
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = name.drop { $0 == " " }
            guard let column = known.first(where: { $0.name == trimmed }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw ParseFailure("\(ParseFailure.quoted(name)) is not a known field; known are \(names)")
            }
            columns.append(column)
        }
        return columns
    }
}

extension GitHubRecord {
    /// The value of a column. For a record without a user, the login is the requested one.
    subscript(column: GitHubColumn) -> JSONValue {
        switch column {
        case .user(let field):
            if case .success(let found) = result { return found.user[field] }
            return field == .login ? .string(login) : .null
        case .via: return via.map { .string($0.rawValue) } ?? .null
        case .requestedLogin: return .string(login)
        case .responseCode: return status.map { .number("\($0)") } ?? .null
        case .errorKind: return error.map { .string($0.kind.rawValue) } ?? .null
        case .errorMessage: return error.map { .string($0.message) } ?? .null
        }
    }
}
