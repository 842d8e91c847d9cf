import FetchHTTP

/// One request to GitHub, and the indices of the logins that it is for.
enum GitHubWork: Sendable, Hashable {
    /// The remaining requests; it does not count against the limits.
    case budget
    /// One user over REST.
    case user(Int)
    /// Several users over GraphQL.
    case users([Int])
    /// A page of a user's repositories; the first one if there is no URL.
    case page(Int, FetchURL?)

    /// The bucket of the hourly limits that it counts against.
    var bucket: String {
        if case .users = self { return "graphql" }
        return "core"
    }

    /// The logins that it is for.
    var targets: [Int] {
        switch self {
        case .budget: []
        case .user(let target), .page(let target, _): [target]
        case .users(let targets): targets
        }
    }
}

/// The API for users.
package enum GitHubVia: String, Sendable, CaseIterable {
    /// `GET /users/{username}`, one request for each user.
    case rest
    /// Up to 100 users in a request; needs a token.
    case graphql
    /// The API that costs fewer requests.
    case auto
}
