package import FetchHTTP
import FetchScheduling

/// The record of a login: a user, optionally with repositories, or why there is none.
package struct GitHubRecord: Sendable {
    /// A user that was found.
    struct Found: Sendable, Equatable {
        /// The user as GitHub has it now; the login differs from the requested one if the account was renamed.
        var user: GitHubUser
        /// The public repositories, sorted by stars; nil if they were not requested.
        var repositories: [GitHubRepository]?
    }

    /// Its index in the input, from 0.
    package var index: Int
    /// The requested login.
    package var login: String
    /// The user or the error.
    var result: Result<Found, FetchError>
    /// The API that was used; nil when nothing was sent.
    var via: GitHubVia?
    /// The status of the response, if there was one.
    var status: Int?

    /// Makes a record.
    init(
        index: Int, login: String, result: Result<Found, FetchError>, via: GitHubVia? = nil, status: Int? = nil
    ) {
        self.index = index
        self.login = login
        self.result = result
        self.via = via
        self.status = status
    }

    /// Why there is no user; nil if there is one.
    package var error: FetchError? { result.failure }
    /// Whether GitHub rejected the token, which says nothing about the login.
    package var isRejected: Bool { error?.kind == .httpStatus && status == 401 }
}
