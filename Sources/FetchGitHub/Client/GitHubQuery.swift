import FetchHTTP
import FetchSystem

/// One GraphQL request for many users: an alias and a variable for each, so that no login is ever part of the query's
/// text. `repositoryOwner` finds users and organisations.
enum GitHubQuery {
    /// The maximum number of logins in a request.
    static let limit = 100

    /// The requested fields of an owner. Both types give a name the same type wherever they share it.
    private static let fragment = """
        fragment owner on RepositoryOwner{__typename login id url avatarUrl \
        repositories(privacy:PUBLIC,ownerAffiliations:OWNER){totalCount} \
        ...on User{databaseId name company websiteUrl location bio twitterUsername isHireable isSiteAdmin \
        gists(privacy:PUBLIC){totalCount} followers{totalCount} following{totalCount} createdAt updatedAt} \
        ...on Organization{databaseId name websiteUrl location description twitterUsername createdAt updatedAt}}
        """

    /// The body of the request: `{"query":…,"variables":…}`.
    static func body(for logins: [GitHubLogin]) -> [UInt8] {
        let indices = logins.indices
        let parameters = indices.map { "$l\($0):String!" }.joined(separator: ",")
        let selections = indices.map { "u\($0):repositoryOwner(login:$l\($0)){...owner}" }.joined(separator: " ")
        let query = "query(\(parameters)){\(selections)}\(fragment)"
        let variables = zip(indices, logins).map { (key: "l\($0)", value: JSONValue.string($1.text)) }
        var body: [UInt8] = []
        JSONValue.object([(key: "query", value: .string(query)), (key: "variables", value: .object(variables))])
            .append(to: &body)
        return body
    }

    /// Converts an owner of GraphQL to a user of REST.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` for a value that is not an owner.
    static func user(_ owner: JSONValue) throws(FetchError) -> GitHubUser {
        let isOrganization = owner["__typename"] == .string("Organization")
        // Organisations have no gists and follow no account: REST says 0, and GraphQL has no such fields.
        let nothing: JSONValue = isOrganization ? .number("0") : .null
        // For an empty value, REST has null in one field and "" in the other.
        var hireable = owner["isHireable"]
        if hireable == .bool(false) { hireable = .null }
        var blog = owner["websiteUrl"]
        if blog == .null { blog = .string("") }
        let members: [(GitHubUserField, JSONValue?)] = [
            (.login, owner["login"]), (.id, owner["databaseId"]), (.nodeID, owner["id"]),
            (.type, owner["__typename"]), (.name, owner["name"]), (.company, owner["company"]),
            (.blog, blog), (.location, owner["location"]),
            (.bio, owner[isOrganization ? "description" : "bio"]), (.twitterUsername, owner["twitterUsername"]),
            (.hireable, hireable), (.publicRepos, try count(owner["repositories"], "repositories")),
            (.publicGists, try count(owner["gists"], "gists") ?? nothing),
            (.followers, try count(owner["followers"], "followers")),
            (.following, try count(owner["following"], "following") ?? nothing),
            (.createdAt, owner["createdAt"]), (.updatedAt, owner["updatedAt"]), (.htmlURL, owner["url"]),
            (.avatarURL, owner["avatarUrl"]), (.siteAdmin, owner["isSiteAdmin"] ?? .bool(false)),
        ]
        return try GitHubUser(.object(members.map { (key: $0.rawValue, value: $1 ?? .null) }))
    }

    private static func count(_ connection: JSONValue?, _ name: String) throws(FetchError) -> JSONValue? {
        guard let connection, connection != .null else { return nil }
        guard case .object = connection, let count = connection["totalCount"] else {
            throw .unparsable("the response is not a user: \(name) has no totalCount")
        }
        return count
    }
}
