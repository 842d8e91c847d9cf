/// How far a crawl may go from where it starts.
public struct Scope: Sendable {
    /// How much around a seed belongs to the crawl.
    public enum Reach: String, Sendable, Hashable, CaseIterable {
        /// The seeds themselves.
        case page
        /// The folder of a seed and all below it.
        case prefix
        /// The seed's host and port; http and https on their default ports are one host.
        case host
        /// The seed's registrable domain with all its hosts (public suffix list).
        case domain
        /// Everything.
        case any
    }

    /// What is decided of a URL.
    public enum Verdict: Sendable, Hashable {
        /// It belongs to the crawl.
        case inside
        /// It does not, but extra hops allow it: it is so many hops outside.
        case extraHop(Int)
        /// It is not fetched, and why.
        case outside(Reason)
    }

    /// Why a URL is outside.
    public enum Reason: Sendable, Hashable {
        /// Not within the reach of a seed.
        case reach(Reach)
        /// No include pattern matches.
        case notIncluded
        /// This exclude pattern matches.
        case excluded(String)
    }

    /// How far around the seeds.
    public let reach: Reach
    /// One of them must match the URL, if there are any.
    public let include: [URLPattern]
    /// None of them may match.
    public let exclude: [URLPattern]
    /// How many hops beyond the reach are allowed.
    public let extraHops: Int

    /// Makes a scope.
    public init(
        reach: Reach = .host, seeds: [FetchURL], include: [URLPattern] = [], exclude: [URLPattern] = [],
        extraHops: Int = 0
    ) {
        self.reach = reach
        self.include = include
        self.exclude = exclude
        self.extraHops = extraHops
    }

    /// Takes another seed in: a redirect of a seed leads there, or a resumed crawl had it.
    public mutating func insert(_ seed: FetchURL) {}

    /// Judges a URL.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - hops: How many hops outside its parent is; 0 if that is inside.
    public func verdict(for url: FetchURL, parentHops hops: Int = 0) -> Verdict { .inside }
}
