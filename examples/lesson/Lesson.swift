import FetchCore
import TestSupport

/// One piece of the lesson: a small program that does the same work twice, sequentially and concurrently.
struct Lesson: Sendable {
    /// The times of both ways, and what they found.
    struct Comparison {
        var found: String
        var oneByOne: Duration
        var allAtOnce: Duration
    }

    let name: String
    let run: @Sendable (_ site: String, _ fetcher: Fetcher) async throws -> Comparison

    /// All pieces, in the order of the lesson.
    static let all = [
        Lesson(name: "concurrent", run: concurrent), Lesson(name: "gather", run: gatherDashboard),
        Lesson(name: "task", run: startThenAwait), Lesson(name: "users", run: users),
        Lesson(name: "semaphore", run: fetchAllBounded), Lesson(name: "queue", run: producerAndConsumers),
        Lesson(name: "timeout", run: timeout), Lesson(name: "lines", run: lines), Lesson(name: "store", run: store),
        Lesson(name: "prices", run: prices), Lesson(name: "retry", run: retry),
        Lesson(name: "rate", run: rate),
    ]

    /// The result of the body, and the time that it takes.
    static func timed<Result>(_ body: () async throws -> Result) async throws -> (Result, Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        return (result, clock.now - start)
    }

    /// Runs the piece against its own demo server, whose responses take 100 ms, and prints its times.
    func perform() async throws {
        let server = try LoopbackServer(handler: DemoRoutes(latency: .milliseconds(100)).reply)
        defer { server.stop() }
        // The lesson has its own retries.
        var options = SchedulerOptions.inMemory
        options.retry.retries = 0
        let comparison = try await withFetcher(options) { fetcher in try await run(server.baseURL, fetcher) }
        print("\(name): \(comparison.found)")
        print("  sequential  \(comparison.oneByOne.formatted)")
        print("  concurrent  \(comparison.allAtOnce.formatted)")
        print("  the server saw at most \(server.peakInFlight) concurrent requests")
    }
}
