package import FetchHTTP
import FetchSystem

/// The part of the web that a crawl may fetch.
///
/// A seed is inside whatever the patterns say, because the user named it. Patterns are matched against
/// ``FetchURL/requestString``: no credentials, no fragment.
package struct Scope: Sendable {
    /// The part of a seed's site that belongs to the crawl.
    package enum Reach: String, Sendable, Hashable, CaseIterable {
        /// The seeds themselves.
        case page
        /// The directory of a seed and everything below it.
        case prefix
        /// The seed's host and port; http and https on their default ports are one host.
        case host
        /// The seed's registrable domain with all its hosts (public suffix list).
        case domain
        /// Every URL.
        case any
    }

    /// The decision on a URL.
    package enum Verdict: Sendable, Hashable {
        /// It belongs to the crawl.
        case inside
        /// It is outside, but extra hops allow it; the value is its number of hops outside.
        case extraHop(Int)
        /// It is not fetched; the value says why.
        case outside(Reason)
    }

    /// Why a URL is outside.
    package enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// It is not within the reach of a seed.
        case reach(Reach)
        /// No include pattern matches.
        case notIncluded
        /// This exclude pattern matches.
        case excluded(String)

        /// The reason in words, for `--explain`.
        package var description: String {
            switch self {
            case .reach(let reach): "outside the scope \(reach.rawValue)"
            case .notIncluded: "no include pattern matches"
            case .excluded(let pattern): "the exclude pattern \(ParseFailure.quoted(pattern)) matches"
            }
        }
    }

    /// The part of a seed's site that belongs to the crawl.
    let reach: Reach
    /// At least one of them must match the URL, if there are any.
    let include: [URLPattern]
    /// None of them may match the URL.
    let exclude: [URLPattern]
    /// The maximum number of hops beyond the reach.
    let extraHops: Int

    /// The canonical forms of the seeds.
    private var pages: Set<String> = []
    /// `host/folder/` of the seeds, with ``Reach/prefix``.
    private var folders: Set<String> = []
    /// The hosts of the seeds.
    private var hosts: Set<String> = []
    /// The registrable domains of the seeds, with ``Reach/domain``.
    private var domains: Set<String> = []

    /// Makes a scope.
    package init(
        reach: Reach = .host, seeds: [FetchURL], include: [URLPattern] = [], exclude: [URLPattern] = [],
        extraHops: Int = 0
    ) {
        self.reach = reach
        self.include = include
        self.exclude = exclude
        self.extraHops = extraHops
        for seed in seeds { insert(seed) }
    }

    /// Adds a seed: the target of a seed's redirect, or a seed of a resumed crawl.
    package mutating func insert(_ seed: FetchURL) {
        pages.insert(CanonicalURL(seed).text)
        hosts.insert(Self.site(of: seed))
        if reach == .prefix { folders.insert(Self.folder(of: seed)) }
        if reach == .domain, let domain = PublicSuffix.registrableDomain(of: seed.host) { domains.insert(domain) }
    }

    /// Decides on a URL.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - hops: The number of hops that its parent is outside; 0 if the parent is inside.
    package func verdict(for url: FetchURL, parentHops hops: Int = 0) -> Verdict {
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

    /// Whether a URL is one of the seeds, in any spelling.
    package func isSeed(_ url: FetchURL) -> Bool { pages.contains(CanonicalURL(url).text) }

    private func isWithinReach(_ url: FetchURL) -> Bool {
        switch reach {
        case .any: return true
        case .page: return isSeed(url)
        case .host: return hosts.contains(Self.site(of: url))
        case .prefix: return isBelowFolder(url)
        case .domain:
            if hosts.contains(Self.site(of: url)) { return true }
            let host = url.host
            // The list is searched only if the result can be true.
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
