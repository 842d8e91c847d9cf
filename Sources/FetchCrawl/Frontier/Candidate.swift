package import FetchHTTP

/// A URL that a crawl has found, before its frontier has looked at it.
package struct Candidate: Sendable {
    /// What would be sent: canonical, without credentials and fragment.
    var url: FetchURL
    /// By which it is known again (``CanonicalURL/fingerprint``).
    package var fingerprint: UInt64
    /// Whose turn it waits for: the serialization of its origin.
    var origin: String
    /// Links between a seed and it.
    var depth: Int
    /// What it is visited for.
    var kind: VisitKind
    /// The page it was found on; nil for a seed.
    var parent: PageKey?
    /// Redirects that led to it, one after the other.
    var redirects: Int
    /// How many hops outside the scope it is.
    var hops: Int
    /// Why it will not be fetched, although it counts as known from now on; nil for what is queued.
    var skip: SkipReason?

    /// Makes a candidate.
    package init(
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
package struct PageKey: Sendable, Hashable {
    /// The serialization of its origin.
    package var origin: String
    /// The fingerprint of its canonical form.
    var fingerprint: UInt64

    /// Makes a key.
    package init(origin: String, fingerprint: UInt64) {
        self.origin = origin
        self.fingerprint = fingerprint
    }
}

/// What a URL is visited for. The raw value is stored.
package enum VisitKind: Int, Sendable, Hashable {
    /// A page whose links are followed.
    case page = 0
    /// A part of a page: an image, a script.
    case requisite = 1
    /// A link out of scope, looked at by the link checker alone.
    case check = 2
    /// A sitemap.
    case sitemap = 3
}
