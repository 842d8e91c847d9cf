import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem

/// Sends the requests of a crawl through the scheduler, whose permits, rates and pauses apply to everything.
struct CrawlFetcher: Sendable {
    let scheduler: Scheduler
    let requests: CrawlRequestRule
    let maxSitemapSize: Int
    let time: any TimeSource

    /// Fetches a URL once. A link that is only checked is requested with HEAD, and with GET if that fails.
    func fetch(_ url: QueuedURL) async -> Outcome {
        if url.kind == .sitemap {
            return await scheduler.fetch(requests.input(for: url.url), maxBodySize: maxSitemapSize)
        }
        guard url.kind == .check else { return await scheduler.fetch(requests.input(for: url.url)) }
        let head = await scheduler.fetch(requests.input(for: url.url, method: "HEAD"))
        if let status = head.response?.status, status < 400 || status == 429 || scheduler.stop.reason != nil {
            return head
        }
        if [.cancelled, .deadline, .nameNotResolved, .connectionRefused, .localLimit].contains(head.error?.kind) {
            return head
        }
        return await scheduler.fetch(requests.input(for: url.url))
    }

    /// Fetches the robots.txt of an origin; after any redirects the rules are the origin's (RFC 9309 §2.3.1.2).
    func robots(of origin: String) async -> RobotsAnswer {
        guard var url = FetchURL(origin + "/robots.txt") else { return RobotsAnswer(ending: .failure(.invalidURL)) }
        var followed = 0
        while true {
            // Bytes beyond the limit are ignored (RFC 9309 §2.5); one more shows whether it cuts a line.
            let outcome = await scheduler.fetch(
                requests.input(for: url), maxBodySize: RobotsPolicy.byteLimit + 1, keepsBeginning: true)
            guard let response = outcome.response else {
                return RobotsAnswer(
                    ending: .failure(outcome.error?.kind ?? .protocolError), curlCode: outcome.error?.curlCode,
                    problem: outcome.error?.message ?? "")
            }
            if let error = outcome.error, error.kind != .httpStatus, error.kind != .tooLarge, error.kind != .rateLimited
            {
                return RobotsAnswer(ending: .failure(error.kind), problem: error.message)
            }
            if RedirectPolicy.isRedirect(response.status), followed < RobotsFetchRule.maximumRedirects,
                let location = response.headers.reference("location"),
                let next = try? RedirectPolicy.target(of: location, base: url)
            {
                followed += 1
                url = next.plain
                continue
            }
            let wait = RetryAfter.wait(asked: response.headers, wallSeconds: time.wallMilliseconds() / 1000)
            var body: [UInt8] = []
            if case .bytes(let bytes) = response.body { body = RobotsPolicy.wholeLines(bytes) }
            return RobotsAnswer(
                ending: .response(status: response.status, retryAfter: wait), body: body,
                problem: StatusText.line(response.status))
        }
    }
}
