import FetchCore
import TestSupport

/// One piece of the lesson: a small program that does a thing twice, one by one and all at once.
struct Lesson: Sendable {
    /// The two ways of a piece, and what they found.
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

    /// How long the body takes, and what it returns.
    static func timed<Result>(_ body: () async throws -> Result) async throws -> (Result, Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        return (result, clock.now - start)
    }

    /// Runs the piece against a demo server of its own, whose answers take a tenth of a second, and prints its times.
    func perform() async throws {
        let server = try LoopbackServer(handler: DemoRoutes(latency: .milliseconds(100)).reply)
        defer { server.stop() }
        // The lesson has its own retries.
        var options = SchedulerOptions.inMemory
        options.retry.retries = 0
        let comparison = try await withFetcher(options) { fetcher in try await run(server.baseURL, fetcher) }
        print("\(name): \(comparison.found)")
        print("  one by one   \(comparison.oneByOne.formatted)")
        print("  all at once  \(comparison.allAtOnce.formatted)")
        print("  the server saw at most \(server.peakInFlight) at once")
    }
}
