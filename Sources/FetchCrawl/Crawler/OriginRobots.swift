import FetchHTML
import FetchScheduling
import FetchSystem

/// What is known of an origin's robots.txt while it is leased.
struct OriginRobots: Sendable {
    /// The origin of the rules.
    enum Source: String, Sendable {
        case rules, none, ignored
    }

    let source: Source
    let policy: RobotsPolicy
    /// The milliseconds between the end of a request and the next.
    let delay: Int64

    /// Whether a URL may be fetched; the link checker's requests to other sites are subject to it too.
    func verdict(for url: QueuedURL) -> RobotsVerdict {
        source == .rules ? policy.verdict(for: url.url) : RobotsVerdict(isAllowed: true, rule: nil)
    }

    /// The value in records.
    var word: String {
        switch source {
        case .rules: "allowed"
        case .none: "none"
        case .ignored: "ignored"
        }
    }
}
