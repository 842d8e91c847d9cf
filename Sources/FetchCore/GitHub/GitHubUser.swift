/// The fields of a user or an organisation, named as REST names them (schema `public-user`, version 2022-11-28).
public enum GitHubUserField: String, GitHubField, CaseIterable, Sendable {
    case login, id
    case nodeID = "node_id"
    case type, name, company, blog, location, bio
    case twitterUsername = "twitter_username"
    case hireable
    case publicRepos = "public_repos"
    case publicGists = "public_gists"
    case followers, following
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case htmlURL = "html_url"
    case avatarURL = "avatar_url"
    case siteAdmin = "site_admin"
    case email
    case gravatarID = "gravatar_id"
    case url
    case followersURL = "followers_url"
    case followingURL = "following_url"
    case gistsURL = "gists_url"
    case starredURL = "starred_url"
    case subscriptionsURL = "subscriptions_url"
    case organizationsURL = "organizations_url"
    case reposURL = "repos_url"
    case eventsURL = "events_url"
    case receivedEventsURL = "received_events_url"
    case userViewType = "user_view_type"

    var kind: GitHubValueKind {
        switch self {
        case .id, .publicRepos, .publicGists, .followers, .following: .integer
        case .siteAdmin, .hireable: .flag
        default: .text
        }
    }

    /// Whether only REST has it; in GraphQL, email needs a scope that most tokens lack.
    public var isOnlyInREST: Bool { !Self.common.contains(self) }

    /// What both ways answer, and a record holds unless told otherwise.
    public static let common = Array(allCases.prefix { $0 != .email })
}

/// A user or an organisation.
public struct GitHubUser: Sendable, Equatable {
    private let object: GitHubObject<GitHubUserField>
    /// The name of the account.
    public let login: String

    /// Reads a user.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` for what is none.
    init(_ value: JSONValue) throws(FetchError) {
        object = try GitHubObject(value, what: "a user")
        guard let login = object.text(.login), !login.isEmpty else {
            throw .unparsable("the response is not a user: it has no login")
        }
        self.login = login
    }

    /// Reads the body of a REST answer.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` with where and why.
    public static func parse(_ body: [UInt8]) throws(FetchError) -> GitHubUser {
        try GitHubUser(try JSONValue.parse(answer: body))
    }

    /// The value of a field; null where GitHub gave none.
    public subscript(field: GitHubUserField) -> JSONValue { object[field] }

    /// The name that people know, if there is one.
    public var name: String? { object.text(.name) }
    /// `User`, `Organization` or `Bot`.
    public var type: String? { object.text(.type) }
    /// Public repositories that the account owns.
    public var publicRepos: Int64? { object.integer(.publicRepos) }
    /// Accounts that follow it; nil where GraphQL was asked for an organisation, which it does not tell.
    public var followers: Int64? { object.integer(.followers) }
}
