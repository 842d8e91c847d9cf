import FetchHTTP

/// The right to fetch from an origin, with the first URLs to fetch. Nobody else has the origin until the lease is given
/// back or its time is over.
package struct OriginLease: Sendable {
    /// Names the lease; one that is over is never accepted again.
    package var token: FencingToken
    /// The serialization of the origin.
    var origin: String
    /// The URLs to fetch, in their order.
    package var urls: [QueuedURL]
    /// What is kept of the origin's robots.txt, if anything is.
    var robots: StoredRobots?
    /// Pages of the origin that are done or failed, sitemaps left out.
    var finished: Int
}

/// Names a lease: the origin, and a number that grows with each lease of it (a fencing token).
package struct FencingToken: Sendable, Hashable {
    /// The origin's number in its frontier.
    var origin: Int64
    /// Which lease of this origin it is.
    var number: Int64
}

/// A URL to fetch.
package struct QueuedURL: Sendable {
    /// What to send.
    var url: FetchURL
    /// The fingerprint of its canonical form.
    package var fingerprint: UInt64
    /// Links between a seed and it.
    var depth: Int
    /// What it is visited for.
    var kind: VisitKind
    /// The URL of the page it was found on; nil for a seed.
    var parent: String?
    /// Redirects that led to it.
    var redirects: Int
    /// How many hops outside the scope it is.
    var hops: Int
    /// Attempts that were made before.
    var tries: Int

    /// Whether the user named it.
    var isSeed: Bool { parent == nil && depth == 0 && kind != .sitemap }
}

/// What is kept of a robots.txt.
package struct StoredRobots: Sendable, Hashable {
    /// How asking for it ended. The raw value is stored.
    package enum State: Int, Sendable, Hashable {
        /// ``StoredRobots/text`` holds its rules.
        case rules = 0
        /// There is none: everything is allowed.
        case missing = 1
        /// The server does not say: nothing is allowed until it does.
        case unreachable = 2
        /// The server asks to wait.
        case waiting = 3
    }

    /// How asking for it ended.
    package var state: State
    /// Its text, at most ``RobotsPolicy/byteLimit``.
    package var text: [UInt8]
    /// Until when this is good, in milliseconds since 1970.
    var until: Int64
    /// Attempts in a row that ended without rules.
    var failures: Int
    /// When the first of them was, in milliseconds since 1970; 0 if there is none.
    var failingSince: Int64

    /// Makes one.
    init(state: State, text: [UInt8] = [], until: Int64, failures: Int = 0, failingSince: Int64 = 0) {
        self.state = state
        self.text = text
        self.until = until
        self.failures = failures
        self.failingSince = failingSince
    }
}
