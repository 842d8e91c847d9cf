/// Decides which links of a page belong to the crawl. Pure but for what the trap detector counts.
struct LinkJudge: Sendable {
    /// What is decided of a link.
    enum Verdict {
        /// It is queued, or known from now on and dropped (a trap).
        case queue(Candidate)
        /// It is out of the question, for now at least.
        case skip(Candidate)
    }

    /// A page, as the parent of links.
    struct Page {
        var key: PageKey
        var depth: Int
        var hops: Int
        var url: String
    }

    private(set) var scope: Scope
    private var traps: TrapDetector
    private let options: CrawlOptions
    /// Traps that bit, each pattern once, to be said aloud.
    private(set) var findings: [TrapDetector.Finding] = []

    init(_ options: CrawlOptions, year: Int) {
        scope = options.scope
        traps = TrapDetector(limits: options.traps, year: year)
        self.options = options
    }

    /// Another seed: a redirect of one leads there.
    mutating func insert(_ seed: FetchURL) { scope.insert(seed) }

    /// A URL of an earlier run counts as seen.
    mutating func replay(_ url: FetchURL) { _ = traps.judge(url) }

    /// Takes the findings out.
    mutating func takeFindings() -> [TrapDetector.Finding] {
        defer { findings.removeAll() }
        return findings
    }

    /// Judges a link that is not known yet.
    ///
    /// - Parameters:
    ///   - url: Where it leads, without credentials and fragment.
    ///   - fingerprint: By which it will be known.
    ///   - kind: What it would be visited for.
    ///   - page: Where it stands; nil for a seed.
    ///   - isNofollow: Whether it says nofollow.
    mutating func judge(
        _ url: FetchURL, _ fingerprint: UInt64, kind: VisitKind, from page: Page?, isNofollow: Bool = false
    ) -> Verdict {
        let isStep = kind == .page || kind == .check
        var candidate = Candidate(
            url: url, fingerprint: fingerprint, depth: (page?.depth ?? -1) + (isStep ? 1 : 0), kind: kind,
            parent: page?.key, hops: 0)
        if isNofollow, options.obeysNofollow { return skip(candidate, .nofollow) }
        if kind == .requisite {
            // A part of a page belongs to it, wherever it lies.
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
        }
        return .queue(candidate)
    }

    private func skip(_ candidate: Candidate, _ reason: SkipReason) -> Verdict {
        var candidate = candidate
        candidate.skip = reason
        return .skip(candidate)
    }
}
