package import FetchHTTP

/// Decides what follows from an attempt to fetch a robots.txt (RFC 9309 §2.3.1).
package struct RobotsFetchRule: Sendable, Hashable {
    /// The result of the attempt, after redirects (at most ``maximumRedirects``).
    package enum Ending: Sendable, Hashable {
        /// The final response, with its Retry-After if it has one.
        case response(status: Int, retryAfter: Duration?)
        /// No response.
        case failure(FetchError.Kind)
    }

    /// What to do for the origin's URLs.
    package enum Decision: Sendable, Hashable {
        /// Parse the body and keep its rules for this long.
        case parse(keepFor: Duration)
        /// Allow everything for this long.
        case allowAll(keepFor: Duration)
        /// Nothing is allowed; ask again after so long. The origin's URLs stay queued.
        case disallowAll(askAgainAfter: Duration)
        /// Nothing is known yet: the server asked to wait. The origin's URLs stay queued.
        case wait(askAgainAfter: Duration)
    }

    /// The maximum number of redirects to follow (RFC 9309 §2.3.1.2: at least five).
    package static let maximumRedirects = 5

    /// How long rules are kept (RFC 9309 §2.4: at most 24 hours).
    var keepFor = Duration.seconds(86_400)
    /// The first wait before another attempt; doubled with each failure.
    package var firstWait = Duration.seconds(60)
    /// The maximum wait before another attempt.
    var longestWait = Duration.seconds(3_600)
    /// After this long without a response the file counts as missing (RFC 9309 §2.3.1.4: a reasonable time, 30 days).
    var unreachableLimit = Duration.seconds(30 * 86_400)

    /// The numbers of the RFC.
    package init() {}

    /// Decides.
    ///
    /// - Parameters:
    ///   - ending: The result of the attempt.
    ///   - failures: The number of consecutive attempts without rules before this one.
    ///   - unreachableFor: The time since the first of them.
    package func decide(_ ending: Ending, failures: Int = 0, unreachableFor: Duration = .zero) -> Decision {
        switch ending {
        case .response(200...299, _): return .parse(keepFor: keepFor)
        case .response(429, let retryAfter): return .wait(askAgainAfter: retryAfter ?? backoff(failures))
        // RFC 9309 has only "unreachable" for this case; with a Retry-After the server says what it wants.
        case .response(503, let retryAfter?): return .wait(askAgainAfter: retryAfter)
        // A redirect without a valid target counts as missing, like every other 4xx.
        case .response(300...499, _): return .allowAll(keepFor: keepFor)
        // More than five redirects, or one to another scheme: unavailable (§2.3.1.2).
        case .failure(.tooManyRedirects), .failure(.blockedScheme), .failure(.invalidURL):
            return .allowAll(keepFor: keepFor)
        // The server asked for a longer wait than a retry may take.
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
