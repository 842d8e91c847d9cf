/// A URL that a crawl has found, before its frontier has looked at it.
public struct Candidate: Sendable {
    /// What would be sent: canonical, without credentials and fragment.
    public var url: FetchURL
    /// By which it is known again (``CanonicalURL/fingerprint``).
    public var fingerprint: UInt64
    /// Whose turn it waits for: the serialization of its origin.
    public var origin: String
    /// Links between a seed and it.
    public var depth: Int
    /// What it is visited for.
    public var kind: VisitKind
    /// The page it was found on; nil for a seed.
    public var parent: PageKey?
    /// Redirects that led to it, one after the other.
    public var redirects: Int
    /// How many hops outside the scope it is.
    public var hops: Int
    /// Why it will not be fetched, although it counts as known from now on; nil for what is queued.
    public var skip: SkipReason?

    /// Makes a candidate.
    public init(
        url: FetchURL, fingerprint: UInt64, origin: String? = nil, depth: Int, kind: VisitKind = .page,
        parent: PageKey? = nil, redirects: Int = 0, hops: Int = 0, skip: SkipReason? = nil
    ) {
        self.url = url
        self.fingerprint = fingerprint
        self.origin = origin ?? url.origin.serialization
        self.depth = depth
        self.kind = kind
        self.parent = parent
        self.redirects = redirects
        self.hops = hops
        self.skip = skip
    }
}

/// Names a page of a crawl.
public struct PageKey: Sendable, Hashable {
    /// The serialization of its origin.
    public var origin: String
    /// The fingerprint of its canonical form.
    public var fingerprint: UInt64

    /// Makes a key.
    public init(origin: String, fingerprint: UInt64) {
        self.origin = origin
        self.fingerprint = fingerprint
    }
}

/// What a URL is visited for. The raw value is stored.
public enum VisitKind: Int, Sendable, Hashable {
    /// A page whose links are followed.
    case page = 0
    /// A part of a page: an image, a script.
    case requisite = 1
    /// A link out of scope, looked at by the link checker alone.
    case check = 2
    /// A sitemap.
    case sitemap = 3
}

/// Why a URL was found but not fetched. The raw value is stored.
public enum SkipReason: Int, Sendable, Hashable, CaseIterable {
    case scope = 1
    case depth = 2
    case budget = 3
    case robots = 4
    case duplicate = 5
    case trap = 6
    case nofollow = 7

    /// The word for it in records.
    public var slug: String {
        switch self {
        case .scope: "scope"
        case .depth: "depth"
        case .budget: "budget"
        case .robots: "robots"
        case .duplicate: "duplicate"
        case .trap: "trap"
        case .nofollow: "nofollow"
        }
    }
}
