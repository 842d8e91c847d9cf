package import FetchHTTP

/// A URL that a crawl has found, before its frontier has checked it.
package struct Candidate: Sendable {
    /// The URL to send: canonical, without credentials and fragment.
    var url: FetchURL
    /// The fingerprint that identifies it (``CanonicalURL/fingerprint``).
    package var fingerprint: UInt64
    /// The host that it waits for: the serialisation of its origin.
    var origin: String
    /// The number of links between a seed and it.
    var depth: Int
    /// Why it is visited.
    var kind: VisitKind
    /// The page that contains it; nil for a seed.
    var parent: PageKey?
    /// The number of consecutive redirects that led to it.
    var redirects: Int
    /// The number of hops that it is outside the scope.
    var hops: Int
    /// Why it is not fetched, although it is known from now on; nil for a queued URL.
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

/// Identifies a page of a crawl.
package struct PageKey: Sendable, Hashable {
    /// The serialisation of its origin.
    package var origin: String
    /// The fingerprint of its canonical form.
    var fingerprint: UInt64

    /// Makes a key.
    package init(origin: String, fingerprint: UInt64) {
        self.origin = origin
        self.fingerprint = fingerprint
    }
}

/// Why a URL is visited. The raw value is stored.
package enum VisitKind: Int, Sendable, Hashable {
    /// A page whose links are followed.
    case page = 0
    /// A requisite of a page: an image, a script.
    case requisite = 1
    /// A link out of scope that only the link checker requests.
    case check = 2
    /// A sitemap.
    case sitemap = 3
}
