/// What one hop says about the pace of its authority.
extension AuthorityPace.Signal {
    /// Reads a result.
    ///
    /// - Parameters:
    ///   - result: What the hop gave.
    ///   - wallSeconds: Seconds since 1970, for dates of servers that do not tell their own.
    /// - Returns: What it says.
    static func reading(_ result: TransferResult, wallSeconds: @autoclosure () -> Int64) -> Self {
        // No initialiser, for that would take a copy; and only parts of the response are looked at.
        guard let status = result.response?.status else {
            switch result.error?.kind {
            case .connectionRefused, .connectTimedOut, .nameNotResolved: return .unreachable
            // A GOAWAY, also after another connection. libcurl does not tell ENHANCE_YOUR_CALM from
            // others: https://github.com/curl/curl/issues/5119
            case .protocolError where result.error?.curlCode == .http2: return .overloaded
            default: return .unknown
            }
        }
        switch status {
        case 429:
            return .slowDown(after: result.response.flatMap { wait($0.headers, wallSeconds()) })
        case 503:
            let wait = result.response.flatMap { RetryAfter.wait(asked: $0.headers, wallSeconds: wallSeconds()) }
            return wait.map { .slowDown(after: $0) } ?? .overloaded
        case ..<400:
            guard result.response?.headers.isKnownToHoldNoRateLimit == false else {
                return result.error == nil ? .answered : .reached
            }
            guard let headers = result.response?.headers,
                let budget = RateBudget(headers, wallSeconds: wallSeconds), budget.remaining == 0,
                let reset = budget.reset, reset > .zero
            else { return result.error == nil ? .answered : .reached }
            return .spent(reset)
        default: return .reached
        }
    }

    private static func wait(_ headers: HeaderFields, _ wallSeconds: Int64) -> Duration? {
        if let wait = RetryAfter.wait(asked: headers, wallSeconds: wallSeconds) { return wait }
        guard let reset = RateBudget(headers, wallSeconds: { wallSeconds })?.reset, reset > .zero else { return nil }
        return reset
    }
}

extension RetryAfter {
    /// How long an answer asks to wait, longer than zero; nil where it names no time that can be waited for.
    ///
    /// A date is held against the server's own clock where it tells it (`Date`), else against ours.
    static func wait(asked headers: HeaderFields, wallSeconds: Int64) -> Duration? {
        guard let value = headers["retry-after"] else { return nil }
        let now = headers["date"].flatMap { HTTPDate.parse($0) } ?? wallSeconds
        guard let wait = parse(value, now: now), wait > .zero else { return nil }
        return wait
    }
}
