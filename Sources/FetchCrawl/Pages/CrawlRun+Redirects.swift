import FetchHTML
import FetchHTTP
import FetchRecords

/// Redirects of fetched pages.
extension CrawlRun {
    /// The maximum number of remembered chains.
    private static var chainLimit: Int { 100_000 }

    /// The visit of a URL that starts.
    func visit(_ start: LeaseTable.Start) -> CrawlVisit {
        var earlier = chains[start.url.fingerprint] ?? []
        // After a restart the last URL of the chain is still known.
        if earlier.isEmpty, start.url.redirects > 0, let parent = start.url.parent.flatMap({ FetchURL($0) }) {
            earlier = [CanonicalURL(parent).fingerprint]
        }
        return CrawlVisit(
            url: start.url, chain: RedirectChain(start.url, earlier: earlier, maximum: options.maxRedirects),
            rules: start.rules)
    }

    /// Queues the target of a redirect, unless it is known: then it has, or will have, a record of its own.
    mutating func follow(
        _ redirect: Result<FetchURL, FetchError>, _ url: QueuedURL, _ page: LinkJudge.Page, _ outcome: inout Outcome
    ) async throws(OutputFailure) {
        let target: FetchURL
        switch redirect {
        case .failure(let error):
            outcome.error = error
            return
        case .success(let found): target = found
        }
        let redirects = url.redirects + outcome.redirects
        guard redirects < options.maxRedirects ?? 0 else {
            outcome.error = FetchError(
                .tooManyRedirects, "more than \(options.maxRedirects ?? 0) redirects", curlCode: .tooManyRedirects)
            return
        }
        if url.depth == 0, url.kind == .page { judge.insert(target) }
        let fingerprint = CanonicalURL(target).fingerprint
        // A URL that a link has queued may lead back here, too.
        if chains.count < Self.chainLimit {
            chains[fingerprint] = (chains[url.fingerprint] ?? []) + [url.fingerprint]
        }
        let unknown = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.unknown([fingerprint])
        }
        guard !unknown.isEmpty else { return }
        // The target takes the position of the URL that redirected to it: one link less deep than its links.
        var from = page
        from.depth = url.depth - 1
        let verdict = judge.judge(target, fingerprint, kind: url.kind, from: from)
        switch verdict {
        case .queue(var candidate):
            candidate.redirects = redirects + 1
            candidate.depth = url.depth
            turn.candidates.append(candidate)
        case .skip(let candidate): try skip(candidate, from: page)
        case .trap(var candidate, let finding):
            candidate.depth = url.depth
            try drop(candidate, finding, from: page)
        }
    }

    /// Drops a URL that looks endless, and counts it.
    mutating func drop(
        _ candidate: Candidate, _ finding: TrapDetector.Finding, from page: LinkJudge.Page
    ) throws(OutputFailure) {
        turn.candidates.append(candidate)
        if try skip(candidate, from: page) { summary.traps.add(finding.trap, candidate.url) }
    }
}
