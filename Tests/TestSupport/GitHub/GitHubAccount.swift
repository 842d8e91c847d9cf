/// A user or an organisation of the look-alike of GitHub.
package struct GitHubAccount: Sendable {
    /// The name of the account.
    package var login: String
    /// What tells it apart.
    package var id: Int
    /// The name that people know.
    package var name: String?
    /// Where they work.
    package var company: String?
    /// Where they live.
    package var location: String?
    /// What they say of themselves.
    package var bio: String?
    /// Whether it is an organisation.
    package var isOrganization: Bool
    /// Public repositories that it owns.
    package var publicRepos: Int
    /// Accounts that follow it.
    package var followers: Int

    /// Makes an account.
    package init(
        _ login: String, id: Int, name: String? = nil, company: String? = nil, location: String? = nil,
        bio: String? = nil, isOrganization: Bool = false, publicRepos: Int = 8, followers: Int = 20
    ) {
        self.login = login
        self.id = id
        self.name = name
        self.company = company
        self.location = location
        self.bio = bio
        self.isOrganization = isOrganization
        self.publicRepos = publicRepos
        self.followers = followers
    }

    /// Accounts `user-1`, `user-2`, …
    package static func numbered(_ range: ClosedRange<Int>) -> [GitHubAccount] {
        range.map {
            GitHubAccount("user-\($0)", id: 1000 + $0, name: "User \($0)", publicRepos: $0, followers: $0 * 10)
        }
    }

    /// `User` or `Organization`.
    var type: String { isOrganization ? "Organization" : "User" }

    /// The node id, in the old form, which is base64 of the type and the number.
    private var nodeID: String { "N_\(type)\(id)" }
    private static let created = "2011-01-25T18:44:36Z"
    private static let updated = "2026-01-01T00:00:00Z"

    /// The object of REST, with all members that the public schema requires.
    package func restJSON(base: String) -> String {
        let url = "\(base)/users/\(login)"
        let members: [(String, String)] = [
            ("login", Self.quoted(login)), ("id", "\(id)"), ("node_id", Self.quoted(nodeID)),
            ("avatar_url", Self.quoted("https://avatars.example/u/\(id)?v=4")), ("gravatar_id", "\"\""),
            ("url", Self.quoted(url)), ("html_url", Self.quoted("https://github.example/\(login)")),
            ("followers_url", Self.quoted("\(url)/followers")),
            ("following_url", Self.quoted("\(url)/following{/other_user}")),
            ("gists_url", Self.quoted("\(url)/gists{/gist_id}")),
            ("starred_url", Self.quoted("\(url)/starred{/owner}{/repo}")),
            ("subscriptions_url", Self.quoted("\(url)/subscriptions")),
            ("organizations_url", Self.quoted("\(url)/orgs")), ("repos_url", Self.quoted("\(url)/repos")),
            ("events_url", Self.quoted("\(url)/events{/privacy}")),
            ("received_events_url", Self.quoted("\(url)/received_events")), ("type", Self.quoted(type)),
            ("user_view_type", "\"public\""), ("site_admin", "false"), ("name", Self.quoted(name)),
            ("company", Self.quoted(company)), ("blog", "\"\""), ("location", Self.quoted(location)),
            ("email", Self.quoted(isOrganization ? nil : "\(login)@example.org")), ("hireable", "null"),
            ("bio", Self.quoted(bio)), ("twitter_username", "null"), ("public_repos", "\(publicRepos)"),
            ("public_gists", "0"), ("followers", "\(followers)"), ("following", "0"),
            ("created_at", Self.quoted(Self.created)), ("updated_at", Self.quoted(Self.updated)),
        ]
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// What GraphQL knows of the account, by type of the schema and name; values are JSON, `{}` has fields of its own.
    func graphQLFields() -> [String: [String: String]] {
        let owner = [
            "login": Self.quoted(login), "id": Self.quoted(nodeID),
            "url": Self.quoted("https://github.example/\(login)"),
            "avatarUrl": Self.quoted("https://avatars.example/u/\(id)?v=4"), "repositories": "\(publicRepos)",
        ]
        var both = owner
        for (field, value) in [
            ("databaseId", "\(id)"), ("name", Self.quoted(name)), ("websiteUrl", "null"),
            ("location", Self.quoted(location)), ("twitterUsername", "null"),
            ("createdAt", Self.quoted(Self.created)), ("updatedAt", Self.quoted(Self.updated)),
        ] { both[field] = value }
        var user = both
        for (field, value) in [
            ("company", Self.quoted(company)), ("bio", Self.quoted(bio)), ("isHireable", "false"),
            ("isSiteAdmin", "false"), ("gists", "0"), ("followers", "\(followers)"), ("following", "0"),
        ] { user[field] = value }
        var organization = both
        organization["description"] = Self.quoted(bio)
        return ["RepositoryOwner": owner, "User": user, "Organization": organization]
    }

    /// A repository of this account: the first has the fewest stars.
    func repositoryJSON(_ number: Int, base: String) -> String {
        let name = "repo-\(number)"
        return
            #"{"id":\#(id * 10_000 + number),"node_id":"R_\#(id)_\#(number)","name":"\#(name)","#
            + #""full_name":"\#(login)/\#(name)","private":false,"owner":{"login":"\#(login)","id":\#(id)},"#
            + #""html_url":"https://github.example/\#(login)/\#(name)","description":"Number \#(number)","#
            + #""fork":\#(number % 5 == 0),"url":"\#(base)/repos/\#(login)/\#(name)","language":"Swift","#
            + #""stargazers_count":\#(number * 3),"forks_count":\#(number),"open_issues_count":0,"archived":false,"#
            + #""default_branch":"main","created_at":"2020-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","#
            + #""pushed_at":"2026-01-01T00:00:00Z"}"#
    }

    /// A JSON string; logins and names of the tests hold nothing that JSON escapes but quotes and backslashes.
    static func quoted(_ text: String?) -> String {
        guard let text else { return "null" }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
