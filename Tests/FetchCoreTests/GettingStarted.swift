import FetchCore
import FetchHTTP
import FetchScheduling
import FetchStore
import FetchSystem

/// The snippets of the article GettingStarted, as a client of the library writes them: the compiler sees what the reader
/// sees. They are not run; `GettingStartedTests` compares them with the article.
enum GettingStarted {
    static func fetchOne() async throws {
        try await withFetcher { fetcher in
            let user = try await fetcher.fetch("https://api.example.org/users/octocat")
            print(try user.json()["public_repos"]?.integer ?? 0)
        }
    }

    static func fetchMany(_ fetcher: Fetcher, _ urls: [String]) async throws {
        for outcome in await fetcher.fetchAll(urls, maxConcurrent: 5) {
            print(outcome.input.text, outcome.response?.status ?? 0, outcome.error?.description ?? "")
        }
    }

    static func firstToAnswer(_ fetcher: Fetcher, _ urls: [String]) async throws {
        for await outcome in fetcher.results(for: urls) where outcome.isOK {
            print("the first to answer is \(outcome.input.text)")
            break
        }
    }

    static func several(_ fetcher: Fetcher) async throws {
        let (profile, orders) = try await gather(
            { try await fetcher.fetch("https://api.example.org/profile/42").json() },
            {
                try? await withTimeout(.seconds(1)) {
                    try await fetcher.fetch("https://api.example.org/orders/42").json()
                }
            })
        print(profile["name"]?.string ?? "", orders == nil ? "no orders today" : "")
    }

    static func forEach(_ fetcher: Fetcher) async throws {
        let prices = try await gatherAll(1...50, maxConcurrent: 5) { id in
            try await fetcher.fetch("https://shop.example.org/products/\(id)").json()["price"]?.double
        }
        _ = prices
    }

    static func bounds() async throws {
        var options = SchedulerOptions.inMemory
        options.maxConcurrent = 50
        options.maxPerAuthority = 4
        options.maxTime = .seconds(10)
        options.retry.retries = 5
        let careful = try Fetcher(options)
        await careful.shutdown()
    }

    static func permits(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let semaphore = AsyncSemaphore(permits: 10)
        let limiter = RateLimiter(maxCalls: 5, period: .seconds(1))
        try await semaphore.withPermit {
            try await limiter.acquire()
            try await work()
        }
    }

    static func queue(_ fetcher: Fetcher) async throws {
        let queue = AsyncQueue<String>(capacity: 100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await line in AsyncLines(path: "urls.txt") { try await queue.send(line) }
                queue.finish()
            }
            for _ in 0..<10 {
                group.addTask {
                    for await url in queue { _ = try? await fetcher.fetch(url) }
                }
            }
            try await group.waitForAll()
        }
    }

    static func store() async throws {
        try await withStore("prices.db") { store in
            try await store.execute("CREATE TABLE IF NOT EXISTS prices (id INTEGER, price REAL)")
            try await store.execute("INSERT INTO prices VALUES (?, ?)", rows: [[1, 9.99], [2, 14.99]])
            let dear = try await store.rows("SELECT id FROM prices WHERE price > ?", [10])
            print(dear.count)
        }
    }
}
