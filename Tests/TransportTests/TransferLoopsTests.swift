import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import Synchronization
import TestSupport
import Testing

@testable import FetchTransport

/// Two loops that share the transfers of a run.
@Suite(.timeLimit(.minutes(20))) struct TransferLoopsTests {
    /// What completions tell of themselves.
    private struct Ended: Sendable {
        var threads: [UInt: Int] = [:]
        var loops: Set<Int?> = []
        var kinds: [FetchError.Kind?: Int] = [:]
        var count = 0
    }

    private func start(
        _ request: Request, _ transport: CurlTransport, _ ended: Shared<Ended>, again: Int = 0
    ) -> CancellationHandle {
        let cancellation = transport.makeCancellationHandle()
        let refusal = transport.start(request, into: .discard, limits: .test, cancellation: cancellation) { result in
            let kind = result.error?.kind
            ended.update {
                $0.threads[NativeThread.current, default: 0] += 1
                $0.loops.insert(transport.currentLoop)
                $0.kinds[kind, default: 0] += 1
                $0.count += 1
            }
            if again > 0 { _ = self.start(request, transport, ended, again: again - 1) }
        }
        if let refusal {
            ended.update {
                $0.kinds[refusal.kind, default: 0] += 1
                $0.count += 1
            }
        }
        return cancellation
    }

    private func wait(for ended: Shared<Ended>, count: Int) async throws {
        while ended.value.count < count { try await Task.sleep(for: .milliseconds(2)) }
    }

    private func twoLoops(for concurrency: Int) throws -> TransferLoops {
        var options = NetworkOptions.loopback
        options.concurrency = concurrency
        return try TransferLoops(options, count: 2)
    }

    private func request(_ server: LoopbackServer) throws -> Request {
        Request(try FetchURL.parse("\(server.baseURL)/"))
    }

    @Test func shareWhatIsStartedAndGoOnWithWhatTheyEnded() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let loops = try twoLoops(for: 40)
        defer { loops.shutdown() }
        let transport = CurlTransport(loops: loops)
        let ended = Shared(Ended())
        let request = try request(server)
        for _ in 0..<40 { _ = start(request, transport, ended, again: 24) }
        try await wait(for: ended, count: 1000)
        let value = ended.value
        #expect(value.kinds == [nil: 1000])
        #expect(value.threads.count == 2)
        #expect(value.loops == [0, 1])
        #expect(transport.currentLoop == nil)
        // Neither has much more than the other at any time, but one may be quicker.
        #expect(value.threads.values.allSatisfy { $0 >= 100 }, "\(value.threads.values)")
        #expect(server.peakInFlight <= 40)
        #expect(server.peakConnections <= 44)
        #expect(loops.first.load.value == 0)
    }

    @Test func aRunOverBothGivesEveryInputOneOutcome() async throws {
        let server = try LoopbackServer(logLimit: 5000) { $0.number % 50 == 0 ? .status(404) : .ok("x") }
        defer { server.stop() }
        let loops = try twoLoops(for: 64)
        defer { loops.shutdown() }
        var plan = SchedulerOptions()
        plan.maxConcurrent = 64
        let scheduler = Scheduler(transport: CurlTransport(loops: loops), options: plan)
        let source = try SourceReader(["\(server.baseURL)/[1-3000]"], defaults: RequestDefaults(), expandsGlobs: true)
        defer { source.close() }
        var indices: Set<Int> = []
        var failed = 0
        let result = await scheduler.run(source) { outcomes in
            for await batch in outcomes {
                for outcome in batch {
                    indices.insert(outcome.input.index)
                    if !outcome.isOK { failed += 1 }
                }
                outcomes.release(batch.count)
            }
            return (indices, failed)
        }
        #expect(result.0 == Set(0..<3000))
        #expect(result.1 == 60)
        #expect(server.peakInFlight <= 64)
    }

    @Test func makeOneConnectionToAHostThatIsAskedOneByOne() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        let other = try LoopbackServer { _ in .ok("x") }
        defer {
            server.stop()
            other.stop()
        }
        let loops = try twoLoops(for: 64)
        defer { loops.shutdown() }
        var plan = SchedulerOptions()
        plan.maxConcurrent = 64
        plan.maxPerAuthority = 1
        let scheduler = Scheduler(transport: CurlTransport(loops: loops), options: plan)
        let urls = (0..<200).map { "\(($0 % 2 == 0 ? server : other).baseURL)/\($0)" }
        let source = try SourceReader(urls, defaults: RequestDefaults())
        defer { source.close() }
        await scheduler.run(source) { outcomes in
            for await batch in outcomes { outcomes.release(batch.count) }
        }
        #expect(server.requestCount == 100)
        #expect(other.requestCount == 100)
        #expect(server.connectionCount <= 2)
        #expect(other.connectionCount <= 2)
    }

    @Test func areDealtNewConnectionsEvenlyAndThenGoOnEachByItself() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let loops = try twoLoops(for: 40)
        defer { loops.shutdown() }
        let transport = CurlTransport(loops: loops)
        let ended = Shared(Ended())
        let request = try request(server)
        for _ in 0..<40 { _ = start(request, transport, ended) }
        #expect(loops.loads.allSatisfy { (18...22).contains($0) }, "\(loops.loads)")
        // From no loop's own thread: to the first, until it has far more than the other.
        for _ in 0..<20 { _ = start(request, transport, ended) }
        #expect((38...42).contains(loops.loads[0]), "\(loops.loads)")
    }

    @Test func sendAnOriginOverTLSToOneLoopUntilItHasFarMoreThanTheOther() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let loops = try twoLoops(for: 64)
        defer { loops.shutdown() }
        let transport = CurlTransport(loops: loops)
        let ended = Shared(Ended())
        // No handshake comes to an end there, so all stay under way.
        let request = Request(try FetchURL.parse("https://127.0.0.1:\(server.port)/"))
        for _ in 0..<8 { _ = start(request, transport, ended) }
        #expect(loops.loads.sorted() == [0, 8])
        for _ in 0..<56 { _ = start(request, transport, ended) }
        #expect(loops.loads.reduce(0, +) == 64)
        #expect((16...20).contains(loops.loads.min() ?? 0), "\(loops.loads)")
    }

    @Test func endTransfersOfEitherLoopAtOnce() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let loops = try twoLoops(for: 40)
        defer { loops.shutdown() }
        let transport = CurlTransport(loops: loops)
        let ended = Shared(Ended())
        let request = try request(server)
        let cancellations = (0..<40).map { _ in start(request, transport, ended) }
        #expect(await server.waitUntil { $0.inFlight == 40 })
        for cancellation in cancellations { transport.cancel(cancellation) }
        try await wait(for: ended, count: 40)
        #expect(ended.value.kinds == [.cancelled: 40])
        #expect(ended.value.threads.count == 2)
        #expect(await server.waitUntil { $0.openConnections == 0 })
    }

    @Test func endWhatIsUnderWayAtShutdown() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let loops = try twoLoops(for: 40)
        let transport = CurlTransport(loops: loops)
        let ended = Shared(Ended())
        let request = try request(server)
        for _ in 0..<40 { _ = start(request, transport, ended) }
        #expect(await server.waitUntil { $0.inFlight == 40 })
        loops.shutdown()
        #expect(ended.value.kinds == [.cancelled: 40])
        loops.shutdown()
    }
}
