/// The right to fetch from an origin, with the first URLs to fetch. Nobody else has the origin until the lease is given
/// back or its time is over.
public struct OriginLease: Sendable {
    /// Names the lease; one that is over is never accepted again.
    public var token: FencingToken
    /// The serialization of the origin.
    public var origin: String
    /// The URLs to fetch, in their order.
    public var urls: [QueuedURL]
    /// What is kept of the origin's robots.txt, if anything is.
    public var robots: StoredRobots?
    /// Pages of the origin that are done or failed.
    public var finished: Int
}

/// Names a lease: the origin, and a number that grows with each lease of it (a fencing token).
public struct FencingToken: Sendable, Hashable {
    /// The origin's number in its frontier.
    public var origin: Int64
    /// Which lease of this origin it is.
    public var number: Int64
}

/// A URL to fetch.
public struct QueuedURL: Sendable {
    /// What to send.
    public var url: FetchURL
    /// The fingerprint of its canonical form.
    public var fingerprint: UInt64
    /// Links between a seed and it.
    public var depth: Int
    /// What it is visited for.
    public var kind: VisitKind
    /// The URL of the page it was found on; nil for a seed.
    public var parent: String?
    /// Redirects that led to it.
    public var redirects: Int
    /// How many hops outside the scope it is.
    public var hops: Int
    /// Attempts that were made before.
    public var tries: Int
}

/// What is kept of a robots.txt.
public struct StoredRobots: Sendable, Hashable {
    /// How asking for it ended. The raw value is stored.
    public enum State: Int, Sendable, Hashable {
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
    public var state: State
    /// Its text, at most ``RobotsPolicy/byteLimit``.
    public var text: [UInt8]
    /// Until when this is good, in milliseconds since 1970.
    public var until: Int64
    /// Attempts in a row that ended without rules.
    public var failures: Int
    /// When the first of them was, in milliseconds since 1970; 0 if there is none.
    public var failingSince: Int64

    /// Makes one.
    public init(state: State, text: [UInt8] = [], until: Int64, failures: Int = 0, failingSince: Int64 = 0) {
        self.state = state
        self.text = text
        self.until = until
        self.failures = failures
        self.failingSince = failingSince
    }
}
