/// How a user and a password are sent to a server. All but ``basic`` answer a challenge of the server, which takes requests
/// more than the one that is counted as a hop.
package enum AuthenticationScheme: String, Sendable, Hashable, CaseIterable {
    /// RFC 7617
    case basic
    /// RFC 7616
    case digest
    /// RFC 4559
    case negotiate
    /// MS-NLMP over HTTP, which authenticates a connection.
    case ntlm
    /// The strongest of those that the server offers.
    case any = "anyauth"

    /// Whether the server is asked for a challenge first.
    package var needsChallenge: Bool { self != .basic }
}
