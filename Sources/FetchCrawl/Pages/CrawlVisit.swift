import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem

/// A visit of a URL: one request, and those that its redirect chain adds.
struct CrawlVisit: Sendable {
    /// The URL.
    let url: QueuedURL
    /// The redirects that led to it.
    var chain: RedirectChain
    /// The rules of its origin.
    let rules: OriginRobots

    /// Fetches the URL, and the hops of its chain.
    func outcome(of fetcher: CrawlFetcher) async -> Outcome {
        var chain = chain
        var place = url.url
        var outcome = await fetcher.fetch(url)
        while let target = chain.nextHop(after: outcome, from: place) {
            var next = url
            next.url = target
            guard target.origin != url.url.origin || rules.verdict(for: next).isAllowed else {
                outcome.error = FetchError(.robotsDisallowed, "robots.txt forbids the redirect to \(target.redacted)")
                return outcome
            }
            await fetcher.scheduler.stop.sleep(for: .milliseconds(rules.delay), on: fetcher.time)
            place = target
            outcome = Self.joined(outcome, await fetcher.fetch(next))
        }
        return outcome
    }

    /// The outcome of a hop as that of the whole visit.
    private static func joined(_ before: Outcome, _ hop: Outcome) -> Outcome {
        var outcome = hop
        outcome.input = before.input
        outcome.redirects = before.redirects + 1
        outcome.startedAt = before.startedAt ?? hop.startedAt
        outcome.wait += before.wait
        outcome.timing = hop.timing?.shifted(by: before.timing?.total ?? .zero) ?? before.timing
        return outcome
    }
}
