import FetchHTTP
import FetchScheduling
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("A limit is waited for once, or ends the run with the rest named")
struct GitHubClientLimitTests {
    @Test(arguments: [403, 429])
    func `a used-up limit has one waiter, and one request goes first after it`(status: Int) async throws {
        let gate = AsyncGate()
        let refusals = Shared(0)
        let transport = FakeTransport { request, number in
            if number <= 4 {
                refusals.update { $0 += 1 }
                return GitHubFake.answer(
                    status, #"{"message":"API rate limit exceeded"}"#, GitHubFake.limit(0, resetsAt: 2))
            }
            if number == 5 { await gate.wait() }
            return GitHubFake.user(request, GitHubFake.limit(59, resetsAt: 3600))
        }
        let fake = GitHubFake(transport, max: 4)
        async let records = fake.records(GitHubFake.logins(10))
        await fake.time.waitUntilSleeping { !$0.isEmpty }
        #expect(fake.time.sleeping == [.seconds(2)])
        #expect(transport.requests.count == refusals.value)
        fake.time.advance(by: .seconds(2))
        await transport.waitForRequests(5)
        #expect(transport.inFlight == 1)
        gate.open()
        let all = try await records
        #expect(all.map(\.found) == GitHubFake.logins(10))
        #expect(fake.time.asked == [.seconds(2)])
        #expect(transport.requests.count == 14)
    }

    @Test func `what is left is counted down, and nothing is sent into a limit`() async throws {
        let transport = FakeTransport { request, number in
            GitHubFake.user(request, GitHubFake.limit(max(0, 6 - number), resetsAt: 58 * 60))
        }
        let fake = GitHubFake(transport, max: 3)
        let records = try await fake.records(GitHubFake.logins(10))
        #expect(transport.requests.count <= 8)
        let done = records.filter { $0.error == nil }.count
        #expect(done == transport.requests.count)
        let rest = records.filter { $0.error != nil }
        #expect(rest.allSatisfy { $0.error?.kind == .rateLimited && $0.via == nil })
        #expect(rest.first?.error?.message.contains("in 58m") == true)
        #expect(fake.time.asked.isEmpty)
    }

    @Test func `a secondary limit is waited for and makes the run gentler`() async throws {
        let transport = FakeTransport { request, number in
            number <= 8
                ? GitHubFake.answer(
                    403, #"{"message":"You have exceeded a secondary rate limit"}"#, [("Retry-After", "5")])
                : GitHubFake.user(request)
        }
        let fake = GitHubFake(transport, max: 8)
        async let records = fake.records(GitHubFake.logins(20))
        await fake.time.waitUntilSleeping { $0 == [.seconds(5)] }
        let before = transport.requests.count
        fake.time.advance(by: .seconds(5))
        #expect(try await records.allSatisfy { $0.error == nil })
        #expect(before == 8)
        #expect(transport.requests.count == 28)
    }

    @Test func `a GraphQL limit with the status 200 is waited for`() async throws {
        let transport = FakeTransport { request, number in
            number == 1
                ? GitHubFake.answer(
                    200, #"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#,
                    GitHubFake.limit(0, resetsAt: 7))
                : GitHubFake.users(GitHubFake.logins(in: request) ?? [])
        }
        let fake = GitHubFake(transport, isAuthenticated: true)
        async let records = fake.records(["a", "b"])
        await fake.time.waitUntilSleeping { $0 == [.seconds(7)] }
        fake.time.advance(by: .seconds(7))
        #expect(try await records.map(\.found) == ["a", "b"])
        #expect(transport.requests.count == 2)
    }

    @Test func `a list longer than what is left is refused before it is begun`() async throws {
        let reset = 1_767_225_600 + 1000 + 600
        let transport = FakeTransport { request, _ in
            request.url.path == "/rate_limit"
                ? GitHubFake.answer(
                    200, #"{"resources":{"core":{"limit":60,"remaining":9,"reset":\#(reset)}}}"#)
                : GitHubFake.user(request)
        }
        var fake = GitHubFake(transport)
        fake.options.retry.maxWait = .zero
        let records = try await fake.records(GitHubFake.logins(10))
        #expect(transport.requests.map(\.url.path) == ["/rate_limit"])
        #expect(records.allSatisfy { $0.error?.kind == .rateLimited })
        #expect(records.first?.error?.message.hasPrefix("10 requests are needed and 9 are left until") == true)
        #expect(try await fake.records(GitHubFake.logins(9)).allSatisfy { $0.error == nil })
        #expect(transport.requests.count == 11)
    }

    @Test func `a server that tells no limits has none`() async throws {
        let transport = FakeTransport { request, _ in
            request.url.path == "/rate_limit"
                ? GitHubFake.answer(404, #"{"message":"Rate limiting is not enabled."}"#) : GitHubFake.user(request)
        }
        var fake = GitHubFake(transport)
        fake.options.retry.maxWait = .zero
        #expect(try await fake.records(GitHubFake.logins(3)).allSatisfy { $0.error == nil })
    }

    @Test func `an interrupted run names what it has not done`() async throws {
        let transport = FakeTransport { request, number in
            number == 1 ? GitHubFake.user(request) : await FakeTransport.silence()
        }
        let fake = GitHubFake(transport, max: 2)
        async let records = fake.records(GitHubFake.logins(10))
        await transport.waitForRequests(3)
        fake.stop.stop(.interrupted)
        await fake.time.waitUntilSleeping { !$0.isEmpty }
        fake.time.advance(by: .seconds(2))
        let all = try await records
        #expect(all.count == 10)
        // Two requests are sent at the same time; either may be the one that is answered.
        #expect(all.compactMap(\.found).count == 1)
        #expect(all.filter { $0.found == nil }.allSatisfy { $0.error?.kind == .cancelled })
        #expect(transport.requests.count == 3)
    }

    @Test func `the deadline also ends a wait`() async throws {
        let transport = FakeTransport { _, _ in
            GitHubFake.answer(403, "{}", GitHubFake.limit(0, resetsAt: 30))
        }
        var fake = GitHubFake(transport)
        fake.options.deadline = .seconds(5)
        let prepared = fake
        async let records = prepared.records(["a", "b"])
        await prepared.time.waitUntilSleeping { Set($0) == [.seconds(5), .seconds(30)] }
        prepared.time.advance(by: .seconds(5))
        #expect(try await records.allSatisfy { $0.error?.kind == .deadline })
    }

    @Test func `repositories that a limit cuts off leave no half record`() async throws {
        let transport = FakeTransport { request, _ in
            guard request.url.path.hasSuffix("/repos") else {
                return GitHubFake.answer(
                    200, #"{"login":"a","public_repos":250}"#, GitHubFake.limit(1, resetsAt: 3000))
            }
            let url = "https://api.github.com/user/1/repos?page="
            return GitHubFake.answer(
                200, #"[{"id":1,"name":"r"}]"#,
                GitHubFake.limit(0, resetsAt: 3000) + [("Link", "<\(url)2>; rel=\"next\", <\(url)3>; rel=\"last\"")])
        }
        var fake = GitHubFake(transport)
        fake.client.wantsRepositories = true
        let records = try await fake.records(["a"])
        #expect(records.count == 1)
        #expect(records.first?.error?.kind == .rateLimited)
        #expect(transport.requests.count == 2)
    }
}
