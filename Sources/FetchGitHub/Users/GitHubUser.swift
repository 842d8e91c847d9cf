import FetchHTTP
import FetchSystem

/// The fields of a user or an organisation, with REST's names (schema `public-user`, version 2022-11-28).
package enum GitHubUserField: String, GitHubField, CaseIterable, Sendable {
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

    /// Whether only REST has it; in GraphQL, email needs a scope that few tokens have.
    var isOnlyInREST: Bool { !Self.common.contains(self) }

    /// The fields that both APIs have, which are the default members of a record.
    static let common = Array(allCases.prefix { $0 != .email })
}

/// A user or an organisation.
struct GitHubUser: Sendable, Equatable {
    private let object: GitHubObject<GitHubUserField>
    /// The name of the account.
    let login: String

    /// Parses a user.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` for a value that is not a user.
    init(_ value: JSONValue) throws(FetchError) {
        object = try GitHubObject(value, what: "a user")
        guard let login = object.text(.login), !login.isEmpty else {
            throw .unparsable("the response is not a user: it has no login")
        }
        self.login = login
    }

    /// Parses the body of a REST response.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` with the position and the reason.
    static func parse(_ body: [UInt8]) throws(FetchError) -> GitHubUser {
        try GitHubUser(try JSONValue.parse(answer: body))
    }

    /// The value of a field; null if GitHub has none.
    subscript(field: GitHubUserField) -> JSONValue { object[field] }

    /// The display name, if there is one.
    var name: String? { object.text(.name) }
    /// `User`, `Organization` or `Bot`.
    var type: String? { object.text(.type) }
    /// The number of public repositories that the account owns.
    var publicRepos: Int64? { object.integer(.publicRepos) }
    /// The number of followers; nil for an organisation from GraphQL, which does not have it.
    var followers: Int64? { object.integer(.followers) }
}
