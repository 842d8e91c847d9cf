/// The fields of a repository that a record holds, named as REST names them (schema `minimal-repository`).
public enum GitHubRepositoryField: String, GitHubField, CaseIterable, Sendable {
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
public struct GitHubRepository: Sendable, Equatable {
    private let object: GitHubObject<GitHubRepositoryField>
    /// Its name without its owner's.
    public let name: String
    /// What tells it apart.
    public let id: Int64

    /// Reads a repository.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` for what is none.
    init(_ value: JSONValue) throws(FetchError) {
        object = try GitHubObject(value, what: "a repository")
        guard let name = object.text(.name), let id = object.integer(.id) else {
            throw .unparsable("the response is not a repository: it has no name or no id")
        }
        self.name = name
        self.id = id
    }

    /// Reads a page of a list.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` with where and why.
    public static func parsePage(_ body: [UInt8]) throws(FetchError) -> [GitHubRepository] {
        let value = try JSONValue.parse(answer: body)
        guard case .array(let elements) = value else {
            throw .unparsable("the response is \(value.kindName), not a list of repositories")
        }
        var result: [GitHubRepository] = []
        for element in elements { result.append(try GitHubRepository(element)) }
        return result
    }

    /// The value of a field; null where GitHub gave none.
    public subscript(field: GitHubRepositoryField) -> JSONValue { object[field] }

    /// Accounts that starred it.
    public var stars: Int64 { object.integer(.stargazersCount) ?? 0 }

    /// Most stars first; where they are equal, by name.
    public static func byStars(_ list: [GitHubRepository]) -> [GitHubRepository] {
        list.sorted { ($1.stars, $0.name.lowercased()) < ($0.stars, $1.name.lowercased()) }
    }
}
