/// What follows from the attempt to fetch a robots.txt (RFC 9309 §2.3.1).
public struct RobotsFetchRule: Sendable, Hashable {
    /// How the attempt ended, redirects followed (at most ``maximumRedirects``).
    public enum Ending: Sendable, Hashable {
        /// The final answer, and its Retry-After if it has one.
        case response(status: Int, retryAfter: Duration?)
        /// No answer.
        case failure(FetchError.Kind)
    }

    /// What to do for the origin's URLs.
    public enum Decision: Sendable, Hashable {
        /// Read the body and keep its rules for so long.
        case parse(keepFor: Duration)
        /// Everything is allowed for so long.
        case allowAll(keepFor: Duration)
        /// Nothing is allowed; ask again after so long. The origin's URLs stay queued.
        case disallowAll(askAgainAfter: Duration)
        /// Nothing is known yet: the server asked to wait. The origin's URLs stay queued.
        case wait(askAgainAfter: Duration)
    }

    /// How many redirects are followed (RFC 9309 §2.3.1.2: at least five).
    public static let maximumRedirects = 5

    /// How long an answer is kept (RFC 9309 §2.4: at most 24 hours).
    public var keepFor = Duration.seconds(86_400)
    /// The first wait before asking again; doubled with each failure.
    public var firstWait = Duration.seconds(60)
    /// The longest wait before asking again.
    public var longestWait = Duration.seconds(3_600)
    /// After so long without any answer the file counts as missing (RFC 9309 §2.3.1.4: a reasonable time, 30 days).
    public var unreachableLimit = Duration.seconds(30 * 86_400)

    /// The RFC's numbers.
    public init() {}

    /// Decides.
    ///
    /// - Parameters:
    ///   - ending: How the attempt ended.
    ///   - failures: How many attempts in a row ended without rules before this one.
    ///   - unreachableFor: How long ago the first of them was.
    public func decide(_ ending: Ending, failures: Int = 0, unreachableFor: Duration = .zero) -> Decision {
        switch ending {
        case .response(200...299, _): return .parse(keepFor: keepFor)
        case .response(429, let retryAfter): return .wait(askAgainAfter: retryAfter ?? backoff(failures))
        // RFC 9309 knows only "unreachable" here; with a Retry-After the server has said what it wants.
        case .response(503, let retryAfter?): return .wait(askAgainAfter: retryAfter)
        // A redirect that leads nowhere counts as missing, like any other 4xx.
        case .response(300...499, _): return .allowAll(keepFor: keepFor)
        // More than five redirects, or one to another scheme: unavailable (§2.3.1.2).
        case .failure(.tooManyRedirects), .failure(.blockedScheme), .failure(.invalidURL):
            return .allowAll(keepFor: keepFor)
        // The server asked for more time than a retry may take.
        case .failure(.rateLimited): return .wait(askAgainAfter: longestWait)
        case .response, .failure:
            guard unreachableFor < unreachableLimit else { return .allowAll(keepFor: keepFor) }
            return .disallowAll(askAgainAfter: backoff(failures))
        }
    }

    private func backoff(_ failures: Int) -> Duration {
        min(firstWait * (1 << min(max(failures, 0), 20)), longestWait)
    }
}
