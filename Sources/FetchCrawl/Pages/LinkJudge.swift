import FetchHTML
import FetchHTTP

/// Decides which links of a page belong to the crawl. Pure, except for the counts of the trap detector.
struct LinkJudge: Sendable {
    /// The decision on a link.
    enum Verdict {
        /// It is queued.
        case queue(Candidate)
        /// It looks endless: it is stored and dropped.
        case trap(Candidate, TrapDetector.Finding)
        /// It is left out, at least for now.
        case skip(Candidate)
    }

    /// A page as the parent of links.
    struct Page {
        var key: PageKey
        var depth: Int
        var hops: Int
        var url: String
    }

    private(set) var scope: Scope
    private var traps: TrapDetector
    private let options: CrawlOptions
    /// Detected traps, each pattern once, to be reported.
    private(set) var findings: [TrapDetector.Finding] = []

    init(_ options: CrawlOptions) {
        scope = options.scope
        traps = TrapDetector(limits: options.traps)
        self.options = options
    }

    /// Adds a seed: the target of a seed's redirect.
    mutating func insert(_ seed: FetchURL) { scope.insert(seed) }

    /// Counts a URL of an earlier run as seen.
    mutating func replay(_ url: FetchURL) { _ = traps.judge(url) }

    /// Removes the findings.
    mutating func takeFindings() -> [TrapDetector.Finding] {
        defer { findings.removeAll() }
        return findings
    }

    /// Decides on a link that is not known yet.
    ///
    /// - Parameters:
    ///   - url: The target without credentials and fragment.
    ///   - fingerprint: The fingerprint of the target.
    ///   - kind: Why it would be visited.
    ///   - page: The page that contains it; nil for a seed.
    ///   - isNofollow: Whether it has nofollow.
    mutating func judge(
        _ url: FetchURL, _ fingerprint: UInt64, kind: VisitKind, from page: Page?, isNofollow: Bool = false
    ) -> Verdict {
        let isStep = kind == .page || kind == .check
        var candidate = Candidate(
            url: url, fingerprint: fingerprint, depth: (page?.depth ?? -1) + (isStep ? 1 : 0), kind: kind,
            parent: page?.key, hops: 0)
        if isNofollow, options.obeysNofollow { return skip(candidate, .nofollow) }
        if kind == .requisite {
            // A requisite belongs to its page, wherever it is.
            candidate.depth = page?.depth ?? 0
        } else if kind != .sitemap, page != nil {
            switch scope.verdict(for: url, parentHops: page?.hops ?? 0) {
            case .inside: break
            case .extraHop(let hops): candidate.hops = hops
            case .outside:
                guard options.checksLinks else { return skip(candidate, .scope) }
                candidate.kind = .check
            }
            if candidate.depth > options.maxDepth, candidate.kind == .page { return skip(candidate, .depth) }
        }
        if let finding = traps.judge(url) {
            if finding.isFirst { findings.append(finding) }
            candidate.skip = .trap
            return .trap(candidate, finding)
        }
        return .queue(candidate)
    }

    private func skip(_ candidate: Candidate, _ reason: SkipReason) -> Verdict {
        var candidate = candidate
        candidate.skip = reason
        return .skip(candidate)
    }
}
