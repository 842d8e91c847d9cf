import FetchHTML
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem

/// Processes fetched pages.
extension CrawlRun {
    /// Processes a fetched URL: retries it, follows a redirect, queues links, writes the record.
    mutating func read(_ fetched: Fetched) async throws(OutputFailure) {
        let url = fetched.url
        var outcome = fetched.outcome
        outcome.retries = url.tries
        if let kind = outcome.error?.kind, kind == .cancelled || kind == .deadline, leases.isStopping {
            // It stays leased, and is queued again when the lease ends.
            if crawler.isDurable { return }
        } else if let due = retryTime(&outcome, url) {
            if ServerCondition(outcome) != nil { leases.close(fetched.origin, until: due) }
            leases.keep(VisitResult(url.fingerprint, .again(notBefore: due)), of: fetched.origin)
            return
        }
        var findings = CrawlResponseReader.Findings()
        if let response = outcome.response {
            if RedirectPolicy.isRedirect(response.status), outcome.error?.kind == .httpStatus { outcome.error = nil }
            findings = reader.read(
                response, isOK: outcome.isOK, url: outcome.effectiveURL?.plain ?? url.url, kind: url.kind,
                vouched: vouched[url.fingerprint] ?? [])
        }
        let page = LinkJudge.Page(
            key: PageKey(origin: url.url.origin.serialization, fingerprint: url.fingerprint), depth: url.depth,
            hops: url.hops, url: url.url.href)
        if let redirect = findings.redirect { try await follow(redirect, url, page, &outcome) }
        if let sitemap = findings.sitemap { try await add(sitemap, of: url, page) }
        if !options.sitemapsOnly, !findings.isNofollow {
            try await add(
                findings.links.map { ($0.url.plain, $0.kind.isRequisite ? .requisite : .page, $0.isNofollow) },
                from: page)
        }
        // Some of its links may be lost. It stays leased, and is fetched again.
        if crawler.isDurable, isLate() { return }
        sayFindings()
        if url.kind == .sitemap {
            saySitemap(url, outcome, findings.sitemap)
            if isNamedSitemap(url), let error = SitemapReport.failure(of: outcome, findings) {
                // It gets a record.
                outcome.error = error
                outcome.crawl = CrawlDetails(depth: url.depth, parent: url.parent, robots: fetched.rules?.word)
            }
        } else {
            outcome.crawl = CrawlDetails(
                depth: url.depth, parent: url.parent, title: findings.title, linksFound: findings.linksFound,
                robots: fetched.rules?.word)
        }
        try keep(outcome, of: fetched)
    }

    /// Writes the record of a page, and records that it is complete.
    private mutating func keep(_ outcome: Outcome, of fetched: Fetched) throws(OutputFailure) {
        let url = fetched.url
        var outcome = outcome
        var result = VisitResult(url.fingerprint, .later)
        if !chains.isEmpty { chains[url.fingerprint] = nil }
        var end: Int64 = 0
        result.isPage = url.kind != .sitemap
        if result.isPage || outcome.crawl != nil {
            if result.isPage, !options.checksLinks {
                outcome.input.index = records
                output.save(&outcome)
            }
            summary.add(outcome)
            guard isDone(outcome) else {
                summary.undone += 1
                undone.insert(url.fingerprint)
                return leases.keep(result, of: fetched.origin)
            }
            if options.checksLinks, result.isPage {
                if let error = outcome.error, errors.count < 100_000 { errors[url.fingerprint] = error }
            } else {
                end = try write(outcome)
            }
            result.isFailed = !outcome.isOK
            result.file = outcome.fileName
        }
        result.ending =
            if let response = outcome.response, outcome.error.map({ $0.kind == .httpStatus }) ?? true {
                .done(status: response.status, recordEnd: end)
            } else {
                .failed(recordEnd: end)
            }
        leases.keep(result, of: fetched.origin)
    }

    /// Whether a page is complete. The rule is that of a list with `--resume`: a record now would become a second one
    /// later. Links to a host that is down are what the link checker looks for.
    private func isDone(_ outcome: Outcome) -> Bool {
        !crawler.isDurable || Journal.isFinal(outcome) || options.checksLinks && outcome.error?.kind == .hostDown
    }

    /// Writes a record under the next number.
    @discardableResult
    mutating func write(_ outcome: Outcome) throws(OutputFailure) -> Int64 {
        var outcome = outcome
        outcome.input.index = records
        records += 1
        return try output.add(outcome)
    }

    // MARK: Again

    /// When a fetch is retried, in milliseconds since 1970; nil for never. A server that asks for a longer wait than
    /// the maximum makes the outcome `rate-limited`.
    private mutating func retryTime(_ outcome: inout Outcome, _ url: QueuedURL) -> Int64? {
        guard var error = outcome.error, !leases.isStopping else {
            if !retries.isEmpty { retries[url.fingerprint] = nil }
            return nil
        }
        let status = outcome.response?.status
        // The scheduler, which retries nothing, gives up on the first request to slow down.
        if error.kind == .rateLimited, let status {
            error = FetchError(.httpStatus, StatusText.line(status), curlCode: .httpReturnedError)
        }
        let retryAfter = outcome.response.flatMap {
            RetryAfter.wait(asked: $0.headers, wallSeconds: crawler.time.wallMilliseconds() / 1000)
        }
        var random = SystemRandomNumberGenerator()
        let time = now
        var before =
            retries.removeValue(forKey: url.fingerprint)
            ?? Retries(since: time - (outcome.timing?.total ?? .zero).wholeMilliseconds)
        switch options.retry.decision(
            after: error, status: status, retryAfter: retryAfter, attempt: max(1, url.tries + 1 - before.uncharged),
            isIdempotent: true, elapsed: .milliseconds(time - before.since), using: &random)
        {
        case .obey(let isCharged):
            if !isCharged { before.uncharged += 1 }
            retries[url.fingerprint] = before
            return time + max(1, (retryAfter ?? .zero).wholeMilliseconds) + .random(in: 0...200)
        case .stop: return nil
        case .retry(let wait):
            retries[url.fingerprint] = before
            return time + max(1, wait.wholeMilliseconds)
        case .giveUp(let wait):
            outcome.error = FetchError(
                .rateLimited, wait > .zero ? "asked to wait \(Int(wait.inSeconds)) s" : error.message,
                curlCode: .httpReturnedError,
                retryAfter: wait > .zero ? wait : nil)
            return nil
        }
    }

    // MARK: Links

    /// Queues the links of a page that are new and belong to the crawl.
    private mutating func add(
        _ links: [(url: FetchURL, kind: VisitKind, isNofollow: Bool)], from page: LinkJudge.Page
    ) async throws(OutputFailure) {
        guard !links.isEmpty else { return }
        let fingerprints = links.map { CanonicalURL($0.url).fingerprint }
        if options.checksLinks {
            for (link, fingerprint) in zip(links, fingerprints) {
                let target = PageKey(origin: link.url.origin.serialization, fingerprint: fingerprint)
                turn.links.append(PageLink(from: page.key, to: target))
            }
        }
        let unknown = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.unknown(fingerprints)
        }
        if options.showsSkipped, unknown.count < links.count {
            let new = Set(unknown)
            for (index, link) in links.enumerated() where !new.contains(index) {
                try noteSpelling(link.url, link.kind, page)
            }
        }
        var seen = Set<UInt64>(minimumCapacity: unknown.count)
        for index in unknown {
            if isLate() { return }
            let link = links[index]
            guard seen.insert(fingerprints[index]).inserted else {
                if options.showsSkipped { try noteSpelling(link.url, link.kind, page) }
                continue
            }
            // It is asked for once an origin anyway, and is no page.
            if options.obeysRobots, link.url.path == "/robots.txt" { continue }
            let verdict = judge.judge(
                link.url, fingerprints[index], kind: link.kind, from: page, isNofollow: link.isNofollow)
            switch verdict {
            case .queue(let candidate): turn.candidates.append(candidate)
            case .trap(let candidate, let finding): try drop(candidate, finding, from: page)
            case .skip(let candidate): try skip(candidate, from: page)
            }
        }
    }

    /// Records a link that leads to a known page in another spelling.
    private mutating func noteSpelling(
        _ url: FetchURL, _ kind: VisitKind, _ page: LinkJudge.Page
    ) throws(OutputFailure) {
        guard CanonicalURL(url).text != url.href else { return }
        // Known in this spelling: the page itself has another fingerprint.
        let candidate = Candidate(
            url: url, fingerprint: SipHash.hash(url.href.utf8), depth: page.depth + 1, kind: kind, parent: page.key,
            skip: .duplicate)
        try skip(candidate, from: page)
    }

    /// Counts a URL that is not fetched, once.
    ///
    /// - Returns: Whether it is counted now.
    @discardableResult
    mutating func skip(_ candidate: Candidate, from page: LinkJudge.Page) throws(OutputFailure) -> Bool {
        guard let reason = candidate.skip, skipped.insert(candidate.fingerprint) else { return false }
        if reason != .duplicate, reason != .trap, crawler.isDurable { turn.skipped.append(candidate) }
        try write(candidate.url, depth: candidate.depth, parent: page.url, reason, nil)
        return true
    }

    private mutating func sayFindings() {
        for finding in judge.takeFindings() {
            crawler.watcher.notice(
                "\(finding.pattern) looks endless (\(finding.trap.rawValue), limit \(finding.limit)): no more such URLs are fetched"
            )
        }
    }

    // MARK: Sitemaps

    private mutating func add(
        _ sitemap: Sitemap, of url: QueuedURL, _ page: LinkJudge.Page
    ) async throws(OutputFailure) {
        guard sitemap.kind == .index else {
            let origin = LinkJudge.Page(key: page.key, depth: 0, hops: 0, url: page.url)
            try await add(sitemap.entries.map { ($0.url.plain, .page, false) }, from: origin)
            return
        }
        guard url.depth < 5 else {
            return crawler.watcher.notice("\(url.url.redacted): nested sitemaps are read up to depth 5")
        }
        for entry in sitemap.entries {
            let target = entry.url.plain
            let fingerprint = CanonicalURL(target).fingerprint
            vouched[fingerprint, default: []].formUnion(vouched[url.fingerprint] ?? [])
            turn.candidates.append(
                Candidate(
                    url: target, fingerprint: fingerprint, depth: url.depth + 1, kind: .sitemap, parent: page.key))
        }
    }

    /// Whether the user named a sitemap, or an index that leads to it: then its failure is one of the crawl.
    func isNamedSitemap(_ url: QueuedURL) -> Bool {
        guard url.kind == .sitemap, case .given = options.sitemaps else { return false }
        return true
    }

    private func saySitemap(_ url: QueuedURL, _ outcome: Outcome, _ sitemap: Sitemap?) {
        if let foreign = sitemap.flatMap(SitemapReport.foreign) {
            crawler.watcher.notice("\(url.url.redacted): \(foreign)")
        }
        if let problem = sitemap?.problem { crawler.watcher.notice("\(url.url.redacted): \(problem)") }
        // The user did not name it, so its absence is not reported.
        let isGuess = options.sitemaps == .discovered && url.depth == 0 && vouched[url.fingerprint] == nil
        if let error = outcome.error, !isGuess { crawler.watcher.notice("\(url.url.redacted): \(error)") }
    }
}
