import FetchHTTP
import FetchTransport

/// Derives from one hop the signal for the pace of its authority.
extension AuthorityPace.Signal {
    /// Reads the result of a hop.
    ///
    /// - Parameters:
    ///   - result: The result.
    ///   - wallSeconds: Seconds since 1970, for servers that send no `Date`.
    /// - Returns: The signal.
    static func reading(_ result: TransferResult, wallSeconds: @autoclosure () -> Int64) -> Self {
        // Not an initialiser, which would copy the result; only parts of the response are read.
        guard let status = result.response?.status else {
            if case .localLimit = result.error?.kind { return .localLimit }
            return switch result.error.flatMap({ ServerCondition($0) }) {
            case .unreachable: .unreachable
            case .overloaded: .overloaded
            case .limiting, nil: .unknown
            }
        }
        switch ServerCondition(status: status) {
        case .limiting:
            return .slowDown(after: result.response.flatMap { wait($0.headers, wallSeconds()) })
        case .overloaded:
            let wait = result.response.flatMap { RetryAfter.wait(asked: $0.headers, wallSeconds: wallSeconds()) }
            return wait.map { .slowDown(after: $0) } ?? .overloaded
        case .unreachable, nil: break
        }
        guard status < 400 else { return .reached }
        guard result.response?.headers.isKnownToHoldNoRateLimit == false else {
            return result.error == nil ? .answered : .reached
        }
        guard let headers = result.response?.headers,
            let budget = RateBudget(headers, wallSeconds: wallSeconds), budget.remaining == 0,
            let reset = budget.reset, reset > .zero
        else { return result.error == nil ? .answered : .reached }
        return .spent(reset)
    }

    private static func wait(_ headers: HeaderFields, _ wallSeconds: Int64) -> Duration? {
        if let wait = RetryAfter.wait(asked: headers, wallSeconds: wallSeconds) { return wait }
        guard let reset = RateBudget(headers, wallSeconds: { wallSeconds })?.reset, reset > .zero else { return nil }
        return reset
    }
}
