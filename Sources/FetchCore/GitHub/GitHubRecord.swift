/// What a record is about: a user, perhaps with repositories, or why there is none.
public struct GitHubRecord: Sendable {
    /// A user that was found.
    public struct Found: Sendable, Equatable {
        /// The user as GitHub has it now; the login differs from the one asked for when the account was renamed.
        public var user: GitHubUser
        /// The public repositories, most stars first; nil when they were not asked for.
        public var repositories: [GitHubRepository]?
    }

    /// Its index in the input, from 0.
    public var index: Int
    /// The login that was asked for.
    public var login: String
    /// The user or the error.
    public var result: Result<Found, FetchError>
    /// How it was asked for; nil when nothing was sent.
    public var via: GitHubVia?
    /// The status of the answer, if there was one.
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

    /// Why there is no user; nil where there is one.
    public var error: FetchError? { result.failure }
    /// Whether GitHub did not take the token, which says nothing of the login.
    public var isRejected: Bool { error?.kind == .httpStatus && status == 401 }
}
