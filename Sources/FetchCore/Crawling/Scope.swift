/// How far a crawl may go from where it starts.
///
/// A seed is inside whatever the patterns say, for it was named by the user. Patterns see ``FetchURL/requestString``:
/// no credentials, no fragment.
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
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// Not within the reach of a seed.
        case reach(Reach)
        /// No include pattern matches.
        case notIncluded
        /// This exclude pattern matches.
        case excluded(String)

        /// In words, for `--explain`.
        public var description: String {
            switch self {
            case .reach(let reach): "outside the scope \(reach.rawValue)"
            case .notIncluded: "no include pattern matches"
            case .excluded(let pattern): "the exclude pattern \(ParseFailure.quoted(pattern)) matches"
            }
        }
    }

    /// How far around the seeds.
    public let reach: Reach
    /// One of them must match the URL, if there are any.
    public let include: [URLPattern]
    /// None of them may match.
    public let exclude: [URLPattern]
    /// How many hops beyond the reach are allowed.
    public let extraHops: Int

    /// The canonical forms of the seeds.
    private var pages: Set<String> = []
    /// `host/folder/` of the seeds, with ``Reach/prefix``.
    private var folders: Set<String> = []
    /// The hosts of the seeds.
    private var hosts: Set<String> = []
    /// The registrable domains of the seeds, with ``Reach/domain``.
    private var domains: Set<String> = []

    /// Makes a scope.
    public init(
        reach: Reach = .host, seeds: [FetchURL], include: [URLPattern] = [], exclude: [URLPattern] = [],
        extraHops: Int = 0
    ) {
        self.reach = reach
        self.include = include
        self.exclude = exclude
        self.extraHops = extraHops
        for seed in seeds { insert(seed) }
    }

    /// Takes another seed in: a redirect of a seed leads there, or a resumed crawl had it.
    public mutating func insert(_ seed: FetchURL) {
        pages.insert(CanonicalURL(seed).text)
        hosts.insert(Self.site(of: seed))
        if reach == .prefix { folders.insert(Self.folder(of: seed)) }
        if reach == .domain, let domain = PublicSuffix.registrableDomain(of: seed.host) { domains.insert(domain) }
    }

    /// Judges a URL.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - hops: How many hops outside its parent is; 0 if that is inside.
    public func verdict(for url: FetchURL, parentHops hops: Int = 0) -> Verdict {
        let isNear = isWithinReach(url)
        if isNear, !(include.isEmpty && exclude.isEmpty) || reach == .page, isSeed(url) { return .inside }
        guard isNear || hops < extraHops else { return .outside(.reach(reach)) }
        if !(include.isEmpty && exclude.isEmpty) {
            let text = url.requestString
            if let pattern = exclude.first(where: { $0.matches(text) }) { return .outside(.excluded(pattern.text)) }
            if !include.isEmpty, !include.contains(where: { $0.matches(text) }) { return .outside(.notIncluded) }
        }
        return isNear ? .inside : .extraHop(hops + 1)
    }

    /// Whether a URL is one of the seeds, however it is written.
    public func isSeed(_ url: FetchURL) -> Bool { pages.contains(CanonicalURL(url).text) }

    private func isWithinReach(_ url: FetchURL) -> Bool {
        switch reach {
        case .any: return true
        case .page: return isSeed(url)
        case .host: return hosts.contains(Self.site(of: url))
        case .prefix: return isBelowFolder(url)
        case .domain:
            if hosts.contains(Self.site(of: url)) { return true }
            let host = url.host
            // The list is asked only where the answer can be yes.
            guard domains.contains(where: { host.hasSuffix($0) }) else { return false }
            return PublicSuffix.registrableDomain(of: host).map(domains.contains) ?? false
        }
    }

    private func isBelowFolder(_ url: FetchURL) -> Bool {
        guard hosts.contains(Self.site(of: url)) else { return false }
        let folder = Self.folder(of: url)
        return folders.contains { folder.hasPrefix($0) }
    }

    /// The host, with its port if that is not the scheme's default.
    private static func site(of url: FetchURL) -> String {
        url.port.map { "\(url.host):\($0)" } ?? url.host
    }

    /// The host and the path up to its last slash.
    private static func folder(of url: FetchURL) -> String {
        let text = CanonicalURL(url).text
        let path = text.dropFirst(url.scheme.rawValue.count + 3).prefix { $0 != "?" }
        return String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
