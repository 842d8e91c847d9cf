import FetchHTTP
import FetchScheduling
import FetchSystem
import FetchArgumentParser

/// What few runs change about requests, redirects and retries.
struct RequestDetails: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Request URLs of these schemes only, redirects included: =https, -http, http,https.", valueName: "list"))
    var proto: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Follow redirects to these schemes only, written as for --proto.", valueName: "list"))
    var protoRedir: String?

    @Flag(help: "Refuse URLs that contain a user name.")
    var disallowUsernameInUrl = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Send this in place of the path and query of URLs, as it is: *, //a/../b.", valueName: "text"))
    var requestTarget: String?

    @Flag(name: .customLong("post301"), help: "Keep POST after a redirect by 301.")
    var post301 = false

    @Flag(name: .customLong("post302"), help: "Keep POST after a redirect by 302.")
    var post302 = false

    @Flag(name: .customLong("post303"), help: "Keep POST after a redirect by 303.")
    var post303 = false

    @Flag(help: "Retry refused connections. (default; adds them to --retry-on)")
    var retryConnrefused = false

    @Flag(help: "Retry every failure that can be another time, 4xx included, for idempotent methods.")
    var retryAllErrors = false

    @Flag(help: "Drop the cookies of -b FILE that end with their session.")
    var junkSessionCookies = false

    func validate() throws {
        for (option, list) in [("--proto", proto), ("--proto-redir", protoRedir)] {
            guard let list, URLRule.schemes(list) == nil else { continue }
            throw ValidationError(
                "\(option): '\(TerminalText.escaped(list))' is not a list of http and https that leaves one of them (=https, -http)"
            )
        }
        guard let requestTarget else { return }
        guard !requestTarget.isEmpty, requestTarget.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("--request-target: write it without blanks, and other characters as %XX")
        }
    }

    /// The options that are about POST, as the user writes them.
    var postOptions: [String] {
        [("--post301", post301), ("--post302", post302), ("--post303", post303)].filter(\.1).map(\.0)
    }

    /// Applies the options to those of a run.
    func apply(to connection: inout ConnectionDetails, _ scheduler: inout SchedulerOptions) {
        connection.urls.schemes = proto.flatMap { URLRule.schemes($0) }
        connection.urls.allowsUserName = !disallowUsernameInUrl
        connection.dropsSessionCookies = junkSessionCookies
        if let requestTarget { connection.transport.append(TransportDetail(.requestTarget, .text(requestTarget))) }
        scheduler.redirects.schemes = protoRedir.flatMap { URLRule.schemes($0) }
        scheduler.redirects.keepsPOST = Set(
            [(301, post301), (302, post302), (303, post303)].filter(\.1).map(\.0))
        if retryConnrefused || retryAllErrors { scheduler.retry.kinds.insert(.connectionRefused) }
        guard retryAllErrors else { return }
        scheduler.retry.kinds.formUnion(FetchError.Kind.allCases.filter { !Self.final.contains($0) })
        scheduler.retry.statuses.formUnion(400...599)
    }

    /// Failures that the same request meets again, or that end the run.
    private static let final: Set<FetchError.Kind> = [
        .invalidURL, .blockedScheme, .blockedAddress, .tooLarge, .tooManyRedirects, .robotsDisallowed, .rateLimited,
        .hostDown, .io, .cancelled, .deadline,
    ]

    /// The options for a command of curl.
    var curlArguments: [String] {
        var arguments: [String] = []
        for (option, value) in [("--proto", proto), ("--proto-redir", protoRedir), ("--request-target", requestTarget)]
        {
            if let value { arguments += [option, value] }
        }
        if disallowUsernameInUrl { arguments.append("--disallow-username-in-url") }
        if junkSessionCookies { arguments.append("--junk-session-cookies") }
        return arguments + postOptions
    }

    /// What must be the same in each run that records its progress; nothing where no such option is given.
    var identity: [(name: String, value: String)] {
        [("--proto", proto), ("--proto-redir", protoRedir), ("--request-target", requestTarget)].compactMap {
            name, value in value.map { (name, $0) }
        }
            + postOptions.map { ($0, "true") }
            + (disallowUsernameInUrl ? [("--disallow-username-in-url", "true")] : [])
    }
}
