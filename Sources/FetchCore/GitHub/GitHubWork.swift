/// One request to GitHub and whom it is for: the indices of the logins in the run.
enum GitHubWork: Sendable, Hashable {
    /// How much is left of the limits; costs nothing.
    case budget
    /// One user by REST.
    case user(Int)
    /// Several by GraphQL.
    case users([Int])
    /// A page of a user's repositories; the first where there is no URL.
    case page(Int, FetchURL?)

    /// The bucket of the hourly limits that it counts against.
    var bucket: String {
        if case .users = self { return "graphql" }
        return "core"
    }

    /// Whom it is for.
    var targets: [Int] {
        switch self {
        case .budget: []
        case .user(let target), .page(let target, _): [target]
        case .users(let targets): targets
        }
    }
}

/// How users are asked for.
public enum GitHubVia: String, Sendable, CaseIterable {
    /// `GET /users/{username}`, a request for each.
    case rest
    /// Up to a hundred in a request; needs a token.
    case graphql
    /// Whatever costs least.
    case auto
}
