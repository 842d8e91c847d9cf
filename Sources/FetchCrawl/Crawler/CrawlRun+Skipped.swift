import FetchHTML
import FetchHTTP
import FetchRecords
import FetchScheduling

/// URLs that are not fetched, and broken links.
extension CrawlRun {
    /// Handles a URL that robots.txt forbids. A seed and a sitemap that the user named always get their record.
    mutating func forbid(_ url: QueuedURL, _ rule: RobotsRule?) throws(OutputFailure) {
        guard url.kind != .sitemap || isNamedSitemap(url) else { return }
        let text = rule.map { "robots.txt, line \($0.line): \($0.text)" } ?? "robots.txt"
        try write(url.url, depth: url.depth, parent: url.parent, .robots, FetchError(.robotsDisallowed, text))
    }

    /// The record of a URL that robots.txt forbids: always for a seed, for others on request.
    ///
    /// - Returns: The end of the record in the output; 0 without one.
    @discardableResult
    mutating func write(
        _ url: FetchURL, depth: Int, parent: String?, _ reason: SkipReason, _ error: FetchError?,
        robots: String = "disallowed"
    ) throws(OutputFailure) -> Int64 {
        let isSeed = parent == nil && depth == 0 && reason == .robots
        // Most links of most pages: a record that is not wanted is not made.
        guard isSeed || options.showsSkipped else {
            summary.add(reason)
            return 0
        }
        var outcome = Outcome(input: Input(index: 0, text: url.href, request: .success(Request(url))), error: error)
        let details = CrawlDetails(
            depth: depth, parent: parent, robots: reason == .robots ? robots : nil, skipped: reason)
        outcome.crawl = isSeed ? CrawlDetails(depth: depth, robots: robots) : details
        // A seed that cannot be fetched is a failure of the crawl; everything else is expected.
        summary.add(outcome)
        return try write(outcome)
    }

    /// Writes the records at the end: the seeds that were not reached, the rest of the queue on request, and the broken
    /// links.
    mutating func writeRest() async throws(OutputFailure) {
        if crawler.scheduler.stop.reason == nil {
            // A seed that was given twice is one page.
            var seen: Set<String> = []
            for seed in options.seeds where !options.sitemapsOnly && seen.insert(seed.plain.href).inserted {
                try await writeHeld(seed.plain)
            }
            if case .given(let sitemaps) = options.sitemaps {
                for sitemap in sitemaps where seen.insert(sitemap.plain.href).inserted {
                    try await writeHeld(sitemap.plain)
                }
            }
        }
        guard options.showsSkipped || options.checksLinks else { return }
        var position: ScanPosition?
        repeat {
            let from = position
            let page = try await Self.io { [crawler] () async throws(FetchError) in
                try await crawler.frontier.scan(after: from, limit: 1000)
            }
            for record in page.records {
                if options.checksLinks { try await writeIfBroken(record) }
                if options.showsSkipped, record.state == .queued, record.kind != .sitemap,
                    !undone.contains(record.fingerprint)
                {
                    let isHeld = held[record.url.origin.serialization] != nil
                    if record.depth == 0, isHeld { continue }
                    try write(
                        record.url, depth: record.depth, parent: record.parent, isHeld ? .robots : .budget, nil,
                        robots: "unreachable")
                }
            }
            position = page.next
        } while position != nil
    }

    private mutating func writeHeld(_ seed: FetchURL) async throws(OutputFailure) {
        let origin = seed.origin.serialization
        guard let error = held[origin] else { return }
        let key = PageKey(origin: origin, fingerprint: CanonicalURL(seed).fingerprint)
        let record = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.find(key)
        }
        guard let record, record.state == .queued else { return }
        guard !record.isReported else {
            // An earlier run has written the record, and this one fails for the same reason.
            let outcome = Outcome(
                input: Input(index: 0, text: seed.href, request: .success(Request(seed))), error: error)
            summary.add(outcome)
            return output.list(outcome)
        }
        let end = try write(seed, depth: 0, parent: nil, .robots, error, robots: "unreachable")
        turn.reported.append(ReportedURL(key: key, recordEnd: end))
    }

    /// The record of a broken link, with the pages that contain it.
    private mutating func writeIfBroken(_ record: FrontierRecord) async throws(OutputFailure) {
        // A link to a host that is not reached was never requested, and is broken.
        let unreached = record.state == .queued && record.depth > 0 ? held[record.url.origin.serialization] : nil
        let isUnreached = unreached.map { $0.kind != .robotsDisallowed } ?? false
        guard record.kind != .sitemap, !record.isReported else { return }
        guard record.state == .done || record.state == .failed || isUnreached else { return }
        let status = record.status
        let isRedirect = status.map { RedirectPolicy.isRedirect($0) } ?? false
        var error = isUnreached ? unreached : errors[record.fingerprint]
        if error == nil {
            let accept = options.hosts?.accept.value(for: record.url) ?? options.accept
            if let status, accept.contains(status) || isRedirect { return }
            error =
                status.map { FetchError(.httpStatus, StatusText.line($0), curlCode: .httpReturnedError) }
                ?? FetchError(.protocolError, "it failed in an earlier run")
        }
        let key = PageKey(origin: record.url.origin.serialization, fingerprint: record.fingerprint)
        var pages = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.referrers(of: key, limit: 1000)
        }
        if pages.isEmpty, let parent = record.parent { pages = [parent] }
        var outcome = Outcome(
            input: Input(index: 0, text: record.url.href, request: .success(Request(record.url))),
            effectiveURL: record.url, response: status.map { Response(status: $0) }, error: error)
        outcome.crawl = CrawlDetails(depth: record.depth, parent: record.parent, referrers: pages)
        if isUnreached { summary.add(outcome) }
        turn.reported.append(ReportedURL(key: key, recordEnd: try write(outcome)))
    }
}
