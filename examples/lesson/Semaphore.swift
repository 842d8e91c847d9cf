import FetchCore

extension Lesson {
    /// `fetch_all(urls, max_concurrent=10)`, with a semaphore of one's own.
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
            found: "\(answers.count) answers, never more than ten at once", oneByOne: oneByOne,
            allAtOnce: allAtOnce)
    }
}
