/// What a server says is left of a rate limit: `RateLimit-Remaining` and `RateLimit-Reset`, the same with `X-`, or
/// `RateLimit: limit=100, remaining=0, reset=5` (draft-ietf-httpapi-ratelimit-headers).
package struct RateBudget: Sendable, Hashable {
    /// Requests that are left; nil where the server does not say.
    package var remaining: Int?
    /// How long until there are more again; zero when that time is over, nil where the server does not say.
    package var reset: Duration?

    /// The smallest reset that is a Unix time (2001-09-09); a smaller one is a number of seconds to wait. Servers send both,
    /// and none asks to wait for 31 years.
    private static let firstUnixTime: Int64 = 1_000_000_000

    /// Reads the fields; nil where there are none.
    ///
    /// - Parameters:
    ///   - headers: The fields of an answer.
    ///   - wallSeconds: Seconds since 1970, for a reset that is a Unix time.
    package init?(_ headers: HeaderFields, wallSeconds: () -> Int64) {
        guard headers.mayHoldRateLimit else { return nil }
        let whole = headers["ratelimit"].map(Self.parameters) ?? [:]
        let left =
            headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"] ?? whole["remaining"] ?? whole["r"]
        let until = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"] ?? whole["reset"] ?? whole["t"]
        guard left != nil || until != nil else { return nil }
        remaining = left.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        guard let seconds = until.flatMap({ Int64($0) }), seconds >= 0 else { return }
        let wait = seconds >= Self.firstUnixTime ? max(0, seconds - wallSeconds()) : seconds
        reset = min(.seconds(wait), RetryAfter.maximum)
    }

    /// `limit=100, remaining=0, reset=5`, or the later form `"default";r=0;t=5`.
    private static func parameters(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for item in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let parts = item.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].drop { $0 == " " }.lowercased()
            if found[name] == nil { found[name] = String(parts[1].filter { $0 != " " && $0 != "\"" }) }
        }
        return found
    }
}
