/// The record of a login: a user, optionally with repositories, or why there is none.
public struct GitHubRecord: Sendable {
    /// A user that was found.
    public struct Found: Sendable, Equatable {
        /// The user as GitHub has it now; the login differs from the requested one if the account was renamed.
        public var user: GitHubUser
        /// The public repositories, sorted by stars; nil if they were not requested.
        public var repositories: [GitHubRepository]?
    }

    /// Its index in the input, from 0.
    public var index: Int
    /// The requested login.
    public var login: String
    /// The user or the error.
    public var result: Result<Found, FetchError>
    /// The API that was used; nil when nothing was sent.
    public var via: GitHubVia?
    /// The status of the response, if there was one.
    public var status: Int?

    /// Makes a record.
    public init(
        index: Int, login: String, result: Result<Found, FetchError>, via: GitHubVia? = nil, status: Int? = nil
    ) {
        self.index = index
        self.login = login
        self.result = result
        self.via = via
        self.status = status
    }

    /// Why there is no user; nil if there is one.
    public var error: FetchError? { result.failure }
    /// Whether GitHub rejected the token, which says nothing about the login.
    public var isRejected: Bool { error?.kind == .httpStatus && status == 401 }
}
