import FetchCore

extension Lesson {
    /// `RateLimiter(max_calls, period)`: at most five calls start in any 200 ms, from all tasks together.
    static func rate(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        @Sendable func call(_ number: Int, _ limiter: RateLimiter) async throws {
            try await limiter.acquire()
            _ = try await fetcher.fetch("\(site)/latency/\(number)")
        }
        let (_, oneByOne) = try await timed {
            let limiter = RateLimiter(maxCalls: 5, period: .milliseconds(200))
            for number in 1...12 { try await call(number, limiter) }
        }
        let (_, allAtOnce) = try await timed {
            let limiter = RateLimiter(maxCalls: 5, period: .milliseconds(200))
            _ = try await gatherAll(1...12) { try await call($0, limiter) }
        }
        return Comparison(
            found: "12 calls, five in any 200 ms: the last may start after 400 ms", oneByOne: oneByOne,
            allAtOnce: allAtOnce)
    }
}
