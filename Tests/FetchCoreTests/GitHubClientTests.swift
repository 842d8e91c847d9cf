import FetchHTTP
import FetchScheduling
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("A run of many logins costs little and ends with a record for each")
struct GitHubClientTests {
    @Test func `a hundred logins with a token are one request`() async throws {
        let transport = FakeTransport { request, _ in
            guard let logins = GitHubFake.logins(in: request) else { return GitHubFake.user(request) }
            return GitHubFake.users(logins) { $0 != "user-57" }
        }
        let records = try await GitHubFake(transport, isAuthenticated: true).records(GitHubFake.logins(100))
        #expect(transport.requests.count == 1)
        #expect(records.map(\.login) == GitHubFake.logins(100))
        #expect(records.filter { $0.error == nil }.count == 99)
        #expect(records[56].error?.kind == .httpStatus)
        #expect(records[56].status == 404)
        #expect(records[56].via == .graphql)
    }

    @Test func `one login, or no token, is REST`() async throws {
        let transport = FakeTransport { request, _ in GitHubFake.user(request) }
        _ = try await GitHubFake(transport, isAuthenticated: true).records(["a"])
        let records = try await GitHubFake(transport).records(["b", "c"])
        #expect(transport.requests.map(\.url.path) == ["/users/a", "/users/b", "/users/c"])
        #expect(records.allSatisfy { $0.via == .rest })
    }

    @Test func `a login that is named twice is asked for once`() async throws {
        let transport = FakeTransport { request, _ in GitHubFake.user(request) }
        let records = try await GitHubFake(transport).records(["a", "B", "A", "x/y", "a"])
        #expect(transport.requests.count == 2)
        #expect(records.map(\.login) == ["a", "B", "A", "x/y", "a"])
        #expect(records.map { $0.found } == ["a", "B", "a", nil, "a"])
    }

    @Test func `nothing is sent for a list without a login`() async throws {
        let transport = FakeTransport()
        let records = try await GitHubFake(transport).records(["a/../b", "--", ""])
        #expect(records.map(\.error?.kind) == [.invalidURL, .invalidURL, .invalidURL])
        #expect(try await GitHubFake(transport).records([]).isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [502, 504])
    func `a batch that is too much is halved until it is not`(status: Int) async throws {
        let transport = FakeTransport { request, _ in
            let logins = GitHubFake.logins(in: request) ?? []
            return logins.count > 30 ? GitHubFake.answer(status, "<html>Unicorn!") : GitHubFake.users(logins)
        }
        let records = try await GitHubFake(transport, isAuthenticated: true).records(GitHubFake.logins(100))
        #expect(records.allSatisfy { $0.via == .graphql && $0.error == nil })
        #expect(transport.requests.map { GitHubFake.logins(in: $0)?.count } == [100, 50, 25, 25, 25, 25])
    }

    @Test func `a server without GraphQL is asked by REST`() async throws {
        let transport = FakeTransport { request, _ in
            request.method == "POST" ? GitHubFake.answer(404, "{}") : GitHubFake.user(request)
        }
        let records = try await GitHubFake(transport, isAuthenticated: true).records(["a", "b"])
        #expect(records.allSatisfy { $0.via == .rest && $0.error == nil })
        #expect(transport.requests.count == 3)
        var forced = GitHubFake(transport, isAuthenticated: true)
        forced.client.via = .graphql
        #expect(try await forced.records(["a", "b"]).allSatisfy { $0.error?.kind == .httpStatus })
    }

    @Test func `GraphQL that never works ends soon, and REST does the rest`() async throws {
        let transport = FakeTransport { request, _ in
            request.method == "POST" ? GitHubFake.answer(502, "") : GitHubFake.user(request)
        }
        let records = try await GitHubFake(transport, isAuthenticated: true).records(GitHubFake.logins(100))
        #expect(records.allSatisfy { $0.error == nil })
        #expect(transport.requests.count { $0.method == "POST" } <= 16)
    }

    @Test func `the few that GraphQL does not answer go by REST, many in smaller batches`() async throws {
        let transport = FakeTransport { request, _ in
            guard let logins = GitHubFake.logins(in: request) else { return GitHubFake.user(request) }
            let count = logins.count
            let data = logins.enumerated().map { index, login in
                index < count - 2 ? #""u\#(index)":{"__typename":"User","login":"\#(login)"}"# : #""u\#(index)":null"#
            }
            let errors = (count - 2..<count).map { #"{"type":"SERVICE","path":["u\#($0)"],"message":"m"}"# }
            return GitHubFake.answer(
                200,
                #"{"data":{\#(data.joined(separator: ","))},"errors":[\#(errors.joined(separator: ","))]}"#)
        }
        let records = try await GitHubFake(transport, isAuthenticated: true).records(GitHubFake.logins(40))
        #expect(records.map(\.found) == GitHubFake.logins(40))
        #expect(transport.requests.count == 3)
    }

    @Test func `a rejected token is shown once, and nobody is asked after it`() async throws {
        for count in [1, 2, 500] {
            let transport = FakeTransport { _, _ in GitHubFake.answer(401, #"{"message":"Bad credentials"}"#) }
            var fake = GitHubFake(transport, isAuthenticated: true)
            fake.client.via = count == 500 ? .rest : .auto
            let records = try await fake.records(GitHubFake.logins(count))
            #expect(transport.requests.count == 1)
            #expect(records.count == count)
            #expect(records.allSatisfy { $0.status == 401 && $0.error?.kind == .httpStatus })
            #expect(records.allSatisfy { $0.error?.message.contains("t0ken") == false })
        }
    }

    @Test(arguments: [403, 404, 451])
    func `what is refused for good is asked for once`(status: Int) async throws {
        let transport = FakeTransport { _, _ in GitHubFake.answer(status, #"{"message":"m"}"#) }
        var fake = GitHubFake(transport)
        fake.options.retry.retries = 3
        let records = try await fake.records(["a"])
        #expect(records.first?.error?.kind == .httpStatus)
        #expect(records.first?.status == status)
        #expect(transport.requests.count == 1)
    }

    @Test func `repositories come from all pages, and those after the first at once`() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { request, _ in
            guard request.url.path.hasSuffix("/repos") else {
                return GitHubFake.answer(200, #"{"login":"a","public_repos":250}"#)
            }
            let page = request.url.query?.split(separator: "page=").last.flatMap { Int($0) } ?? 1
            if page > 1 && page < 100 { await gate.wait() }
            let number = page < 100 ? page : 1
            let list = ((number - 1) * 100 + 1...min(250, number * 100)).map { #"{"id":\#($0),"name":"r\#($0)"}"# }
            let url = "https://api.github.com/user/1/repos?per_page=100&page="
            let link = number < 3 ? [("Link", "<\(url)\(number + 1)>; rel=\"next\", <\(url)3>; rel=\"last\"")] : []
            return GitHubFake.answer(200, "[\(list.joined(separator: ","))]", link)
        }
        var fake = GitHubFake(transport)
        fake.client.wantsRepositories = true
        async let records = fake.records(["a"])
        await transport.waitForRequests(4)
        #expect(transport.inFlight == 2)
        gate.open()
        guard case .success(let found)? = try await records.first?.result else {
            Issue.record("no user")
            return
        }
        #expect(Set(found.repositories?.map(\.id) ?? []).count == 250)
        #expect(transport.requests.count == 4)
    }
}
