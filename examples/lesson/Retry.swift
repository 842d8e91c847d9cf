import FetchCore

extension Lesson {
    /// `async_retry(function, max_attempts=3, delay=1.0)`, with a shorter delay.
    static func retry(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        @Sendable func attempt(_ key: String) async throws -> String {
            try await withRetry(maxAttempts: 3, delay: .milliseconds(100)) {
                try await fetcher.fetch("\(site)/flaky/2/\(key)").text
            }
        }
        let (_, oneByOne) = try await timed { for key in ["a", "b", "c"] { _ = try await attempt(key) } }
        let (texts, allAtOnce) = try await timed { try await gatherAll(["d", "e", "f"]) { try await attempt($0) } }
        return Comparison(
            found: "\(texts.count) \(texts.first?.dropLast() ?? "")", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
