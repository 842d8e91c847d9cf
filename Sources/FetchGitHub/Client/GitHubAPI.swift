package import FetchHTTP
package import FetchSystem

/// The location of GitHub's API, and the headers of every request to it.
///
/// Paths, version and media type are those of api.github.com. Another base (GitHub Enterprise, a test) changes only the
/// beginning of the URLs.
package struct GitHubAPI: Sendable {
    /// The public API.
    package static let publicURL = "https://api.github.com"
    /// The version of the REST API that the models are written for.
    static let version = "2022-11-28"
    /// The number of repositories per page: the maximum of REST.
    static let pageSize = 100

    /// The base without a slash at its end.
    private let base: String
    private let headers: HeaderFields
    /// Whether requests are authenticated: with a token, or with the user's own Authorization header.
    package let isAuthenticated: Bool
    /// The base in a form that may be printed.
    package var description: String { base }

    /// Makes an API.
    ///
    /// - Parameters:
    ///   - url: The base: `https://api.github.com`, `https://HOST/api/v3`.
    ///   - token: The token; it is sent to the origin of the base only.
    ///   - headers: Further headers; an Authorization header among them replaces the token.
    /// - Throws: ``ParseFailure`` for a base that is not a plain http(s) URL, or that would expose the token.
    package init(
        url: String = publicURL, token: GitHubToken? = nil, headers: HeaderFields = HeaderFields()
    ) throws(ParseFailure) {
        let parsed: FetchURL
        do {
            parsed = try FetchURL.parse(url)
        } catch {
            throw ParseFailure("the API's address is not a valid URL: \(error.message)")
        }
        guard !parsed.hasCredentials, parsed.query == nil, parsed.fragment == nil else {
            throw ParseFailure("the API's address must be a plain URL such as \(Self.publicURL), without user, ? and #")
        }
        var fields = headers
        let token = headers.decides("authorization") ? nil : token
        isAuthenticated = token != nil || headers.contains("authorization")
        guard !isAuthenticated || parsed.scheme == .https || Self.isLoopback(parsed.host) else {
            throw ParseFailure("the API's address is http, which would expose the token; use https")
        }
        if let token { fields.append("Authorization", "Bearer \(token.secret)") }
        if !headers.decides("accept") { fields.append("Accept", "application/vnd.github+json") }
        if !headers.decides("x-github-api-version") { fields.append("X-GitHub-Api-Version", Self.version) }
        self.headers = fields
        var text = parsed.href
        while text.hasSuffix("/") { text.removeLast() }
        base = text
    }

    /// `GET /users/{username}`, which answers for organisations too.
    func user(_ login: GitHubLogin) -> Result<Request, FetchError> { get("/users/\(login.pathSegment)") }

    /// `GET /users/{username}/repos`, the first page.
    func repositories(of login: GitHubLogin) -> Result<Request, FetchError> {
        get("/users/\(login.pathSegment)/repos?per_page=\(Self.pageSize)&type=owner&sort=full_name")
    }

    /// A further page, at the URL of a Link header that was checked already.
    func page(_ url: FetchURL) -> Result<Request, FetchError> { .success(Request(url, headers: headers)) }

    /// `GET /rate_limit`, which does not count against the limits.
    func rateLimit() -> Result<Request, FetchError> { get("/rate_limit") }

    /// One GraphQL request for several users.
    func users(_ logins: [GitHubLogin]) -> Result<Request, FetchError> {
        // On GitHub Enterprise, REST is at /api/v3 and GraphQL at /api/graphql.
        let root = base.hasSuffix("/api/v3") ? String(base.dropLast(2)) : base + "/"
        return request(root + "graphql").map { request in
            var request = request
            request.method = "POST"
            if !headers.decides("content-type") { request.headers.append("Content-Type", "application/json") }
            request.body = GitHubQuery.body(for: logins)
            return request
        }
    }

    func get(_ path: String) -> Result<Request, FetchError> { request(base + path) }

    private func request(_ url: String) -> Result<Request, FetchError> {
        do throws(FetchError) {
            return .success(Request(try FetchURL.parse(url), headers: headers))
        } catch {
            return .failure(error)
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || host.hasPrefix("127.") && host.utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
    }
}
