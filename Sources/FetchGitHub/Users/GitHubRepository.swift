import FetchHTTP
import FetchSystem

/// The fields of a repository in a record, with REST's names (schema `minimal-repository`).
enum GitHubRepositoryField: String, GitHubField, CaseIterable, Sendable {
    case name
    case fullName = "full_name"
    case id
    case stargazersCount = "stargazers_count"
    case forksCount = "forks_count"
    case openIssuesCount = "open_issues_count"
    case language, fork, archived, description
    case defaultBranch = "default_branch"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case pushedAt = "pushed_at"
    case htmlURL = "html_url"

    var kind: GitHubValueKind {
        switch self {
        case .id, .stargazersCount, .forksCount, .openIssuesCount: .integer
        case .fork, .archived: .flag
        default: .text
        }
    }
}

/// A public repository.
struct GitHubRepository: Sendable, Equatable {
    private let object: GitHubObject<GitHubRepositoryField>
    /// Its name without the owner's.
    let name: String
    /// Its id.
    let id: Int64

    /// Parses a repository.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` for a value that is not a repository.
    init(_ value: JSONValue) throws(FetchError) {
        object = try GitHubObject(value, what: "a repository")
        guard let name = object.text(.name), let id = object.integer(.id) else {
            throw .unparsable("the response is not a repository: it has no name or no id")
        }
        self.name = name
        self.id = id
    }

    /// Parses a page of a list.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` with the position and the reason.
    static func parsePage(_ body: [UInt8]) throws(FetchError) -> [GitHubRepository] {
        let value = try JSONValue.parse(answer: body)
        guard case .array(let elements) = value else {
            throw .unparsable("the response is \(value.kindName), not a list of repositories")
        }
        var result: [GitHubRepository] = []
        for element in elements { result.append(try GitHubRepository(element)) }
        return result
    }

    /// The value of a field; null if GitHub has none.
    subscript(field: GitHubRepositoryField) -> JSONValue { object[field] }

    /// The number of accounts that starred it.
    var stars: Int64 { object.integer(.stargazersCount) ?? 0 }

    /// The order by stars, then by name.
    static func byStars(_ list: [GitHubRepository]) -> [GitHubRepository] {
        list.sorted { ($1.stars, $0.name.lowercased()) < ($0.stars, $1.name.lowercased()) }
    }
}
