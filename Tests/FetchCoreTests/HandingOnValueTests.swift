import FetchHTTP
import TestSupport
import Testing

@testable import FetchCore
@testable import FetchCrawl
@testable import FetchGitHub
@testable import FetchHTML
@testable import FetchScheduling
@testable import FetchTransport

/// The same without a thread of libcurl: permits, the stream of outcomes, the crawl's mailbox and leases, GitHub's run.
@Suite("issue 20.2: a completion that comes immediately, in values", .timeLimit(.minutes(10)))
struct HandingOnValueTests {
    private static let count = 100_000

    @Test func `a permit goes through the hands of all tasks`() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        let passed = Shared(0)
        try await semaphore.acquire()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.count {
                group.addTask { try? await semaphore.withPermit { passed.update { $0 += 1 } } }
            }
            while await semaphore.waiting < Self.count { await Task.yield() }
            await semaphore.release()
        }
        #expect(passed.value == Self.count)
        #expect(await semaphore.used == 0)
    }

    @Test func `every outcome is a batch of its own`() async {
        let outcomes = OutcomeStream(capacity: Self.count, afterTurn: { $0() })
        let outcome = Samples.ok()
        var received = 0
        async let feed: Void = {
            for _ in 0..<Self.count { outcomes.send(outcome) }
            outcomes.finish()
        }()
        for await batch in outcomes {
            received += batch.count
            outcomes.release(batch.count)
        }
        await feed
        #expect(received == Self.count)
    }

    @Test func `every event wakes the crawl`() async {
        let mailbox = CrawlMailbox()
        var received = 0
        for _ in 0..<Self.count {
            mailbox.send(.woken)
            received += await mailbox.next().count
        }
        #expect(received == Self.count)
    }

    @Test func `every link of a lease is forbidden`() throws {
        var limits = LeaseTable.Limits()
        limits.total = 1
        limits.perOrigin = 1
        var table = LeaseTable(limits: limits, finished: 0)
        let url = try FetchURL.parse("http://h/")
        let urls = (0..<Self.count).map {
            QueuedURL(
                url: url, fingerprint: UInt64($0), depth: 0, kind: .page, parent: nil, redirects: 0, hops: 0, tries: 0)
        }
        table.add(
            OriginLease(
                token: FencingToken(origin: 1, number: 1), origin: "http://h", urls: urls, robots: nil, finished: 0))
        table.open(1, OriginRobots(source: .rules, policy: .disallowAll, delay: 0))
        var forbidden = 0
        #expect(table.start { _, _, _ in forbidden += 1 } == nil)
        #expect(forbidden == Self.count)
    }

    /// GitHub's requests, each of which fails before anything is sent.
    @Test func `every login fails immediately`() throws {
        let logins = try (0..<Self.count).map { try GitHubLogin("user\($0)") }
        var run = GitHubRun(
            logins, queue: GitHubQueue(logins, via: .rest, allowsGraphQL: false),
            limits: GitHubLimits(concurrency: 1, maxWait: .zero, isAuthenticated: false), wantsRepositories: false,
            checksBudget: false)
        var finished = 0
        while case .send(let number, let work) = run.step(now: .zero) {
            let outcome = Outcome(input: Samples.input(), error: FetchError(.nameNotResolved, "no such host"))
            finished += run.receive(GitHubReply(outcome, to: work, now: 0), to: number, now: .zero).count
        }
        #expect(finished == Self.count)
    }
}
