import FetchHTTP
import FetchScheduling
import FetchSystem
import FetchTransport
import TestSupport
import Testing

@testable import FetchCore

@Suite("The fetcher of a program", .timeLimit(.minutes(20)))
struct FetcherTests {
    private func fetcher(_ transport: FakeTransport, max: Int = 10) -> Fetcher {
        var options = SchedulerOptions.inMemory
        options.maxConcurrent = max
        options.retry.retries = 0
        return Fetcher(transport: transport, options: options)
    }

    /// Answers with the path as body; `/bad` with 500.
    private static func echo(_ request: Request, _ number: Int) async -> TransferResult {
        let status = request.url.path == "/bad" ? 500 : 200
        return TransferResult(response: Response(status: status, body: .bytes(Array(request.url.path.utf8))))
    }

    @Test func `one URL gives its answer, or throws`() async throws {
        let fetcher = fetcher(FakeTransport(Self.echo))
        #expect(try await fetcher.fetch("http://a.test/x").text == "/x")
        await #expect { try await fetcher.fetch("http://a.test/bad") } throws: {
            ($0 as? FetchError)?.kind == .httpStatus
        }
        await #expect { try await fetcher.fetch("ftp://a.test/") } throws: {
            ($0 as? FetchError)?.kind == .blockedScheme
        }
        await fetcher.shutdown()
    }

    @Test func `many give an outcome each in their order, never more at once than asked for`() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { request, number in
            if number <= 3 { await gate.wait() }
            return await Self.echo(request, number)
        }
        let fetcher = fetcher(transport)
        let opener = Task {
            await gate.waitForArrivals(3)
            gate.open()
        }
        let urls = ["http://a.test/0", "not a URL", "http://a.test/bad"] + (3..<40).map { "http://a.test/\($0)" }
        let outcomes = await fetcher.fetchAll(urls, maxConcurrent: 3)
        await opener.value
        #expect(outcomes.map(\.input.text) == urls)
        #expect(outcomes.map(\.isOK) == [true, false, false] + Array(repeating: true, count: 37))
        #expect(outcomes[39].response?.text == "/39")
        #expect(transport.peak == 3)
        await fetcher.shutdown()
    }

    @Test func `a call cannot raise the bound of the fetcher`() async throws {
        let transport = FakeTransport { request, number in
            await Task.yield()
            return await Self.echo(request, number)
        }
        let fetcher = fetcher(transport, max: 2)
        let outcomes = await fetcher.fetchAll((0..<30).map { "http://a.test/\($0)" }, maxConcurrent: 20)
        #expect(outcomes.count == 30)
        #expect(transport.peak <= 2)
        await fetcher.shutdown()
    }

    @Test func `results come as they complete`() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { request, number in
            if request.url.path == "/slow" { await gate.wait() }
            return await Self.echo(request, number)
        }
        let fetcher = fetcher(transport)
        var order: [String] = []
        for await outcome in fetcher.results(for: ["http://a.test/slow", "http://a.test/1", "http://a.test/2"]) {
            order.append(outcome.response?.text ?? "?")
            if order.count == 2 { gate.open() }
        }
        #expect(order.last == "/slow")
        #expect(order.sorted() == ["/1", "/2", "/slow"])
        await fetcher.shutdown()
    }

    @Test func `leaving the loop ends what is under way and sends nothing more`() async throws {
        let transport = FakeTransport { request, number in
            if number > 1 { return await FakeTransport.silence() }
            return await Self.echo(request, number)
        }
        let fetcher = fetcher(transport, max: 2)
        for await outcome in fetcher.results(for: (0..<100).map { "http://a.test/\($0)" }) {
            #expect(outcome.isOK)
            break
        }
        // It would wait for ever for what still hangs.
        await fetcher.shutdown()
        #expect(transport.requests.count <= 4)
    }

    @Test func `a shutdown answers what is under way, and what comes later`() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { request, number in
            await gate.wait()
            return await Self.echo(request, number)
        }
        let fetcher = fetcher(transport)
        let results = fetcher.results(for: (0..<5).map { "http://a.test/\($0)" })
        let reader = Task {
            var kinds: [FetchError.Kind?] = []
            for await outcome in results { kinds.append(outcome.error?.kind) }
            return kinds
        }
        await gate.waitForArrivals(5)
        async let ended: Void = fetcher.shutdown()
        gate.open()
        await ended
        #expect(await reader.value.allSatisfy { $0 == .cancelled })
        await fetcher.shutdown()
        #expect(await fetcher.outcome(of: Request(Samples.url())).error?.kind == .cancelled)
        for await _ in fetcher.results(for: ["http://a.test/"]) { #expect(Bool(false), "sent after the shutdown") }
    }

    @Test func `gather gives the answers in the order of the arguments, or throws the first failure`() async throws {
        let fetcher = fetcher(FakeTransport(Self.echo))
        let answers = try await fetcher.gather("http://a.test/1", "http://a.test/2", "http://a.test/3")
        #expect(answers.map(\.text) == ["/1", "/2", "/3"])
        await #expect { try await fetcher.gather("http://a.test/1", "http://a.test/bad") } throws: {
            ($0 as? FetchError)?.kind == .httpStatus
        }
        await fetcher.shutdown()
    }

    @Test func `a body is bytes, text or JSON`() throws {
        let response = Response(status: 200, body: .bytes(Array(#"{"a":[1,{"b":"é"}],"n":2.5}"#.utf8)))
        let json = try response.json()
        #expect(json["a"]?[0]?.integer == 1)
        #expect(json["a"]?[1]?["b"]?.string == "é")
        #expect(json["n"]?.double == 2.5)
        #expect(json["missing"] == nil)
        #expect(response.text.count == 27)
        #expect(throws: FetchError.self) { try Response(status: 200, body: .bytes([0x7B])).json() }
    }
}
