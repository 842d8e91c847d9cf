import FetchCore

extension Lesson {
    /// `fetch_all(urls, max_concurrent=10)`, with its own semaphore.
    static func fetchAllBounded(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let urls = (1...20).map { "\(site)/latency/\($0)" }
        let (_, oneByOne) = try await timed {
            for url in urls { _ = try await fetcher.fetch(url) }
        }
        let (answers, allAtOnce) = try await timed {
            let semaphore = AsyncSemaphore(permits: 10)
            return try await gatherAll(urls) { url in
                try await semaphore.withPermit { try await fetcher.fetch(url).text }
            }
        }
        return Comparison(
            found: "\(answers.count) answers, at most ten concurrent requests", oneByOne: oneByOne,
            allAtOnce: allAtOnce)
    }
}
