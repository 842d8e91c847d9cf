import FetchHTTP
import FetchSystem
import Synchronization
import TestSupport
import Testing

@testable import FetchTransport

/// The three moments of a cancellation, and the end of the loop.
@Suite(.timeLimit(.minutes(20))) struct TransferCancellationTests {
    @Test func sendsNothingForATaskThatWasCancelledBefore() async throws {
        try await Fetcher.run(answering: { _ in .ok() }) { fetcher in
            let gate = AsyncGate()
            let task = Task {
                await gate.wait()
                return await fetcher.get()
            }
            task.cancel()
            gate.open()
            let result = await task.value
            #expect(result.error?.kind == .cancelled)
            #expect(result.response == nil)
            #expect(await fetcher.get().error == nil)
            #expect(fetcher.server.requestCount == 1)
        }
    }

    /// The scheduler names a transfer before it starts it, and may be told to end everything in between.
    @Test func startsNothingThatWasCancelledBefore() async throws {
        try await Fetcher.run(answering: { _ in .ok() }) { fetcher in
            let request = try fetcher.request()
            let cancellation = fetcher.transport.makeCancellationHandle()
            fetcher.transport.cancel(cancellation)
            let kind = await withCheckedContinuation { continuation in
                let refusal = fetcher.transport.start(
                    request, into: .discard, limits: .test, cancellation: cancellation
                ) {
                    continuation.resume(returning: $0.error?.kind)
                }
                if let refusal { continuation.resume(returning: refusal.kind) }
            }
            #expect(kind == .cancelled)
            #expect(await fetcher.get().error == nil)
            #expect(fetcher.server.requestCount == 1)
        }
    }

    @Test func endsATransferWhoseServerIsSilent() async throws {
        try await Fetcher.run(answering: { _ in .init([.silence]) }) { fetcher in
            let task = Task { await fetcher.get() }
            #expect(await fetcher.server.waitUntil(requests: 1))
            task.cancel()
            let result = await task.value
            #expect(result.error?.kind == .cancelled)
            #expect(await fetcher.server.waitUntil { $0.openConnections == 0 })
        }
    }

    @Test func endsATransferInTheMiddleOfItsBody() async throws {
        let gate = Gate()
        let half = LoopbackServer.Step.text(WireFault.ok + "Content-Length: 10\r\n\r\nhello")
        let handler: Fetcher.Handler = { $0.path == "/" ? .init([half, .hold(gate), .text("world")]) : .ok("next") }
        try await Fetcher.run(answering: handler) { fetcher in
            let task = Task { await fetcher.get() }
            #expect(await fetcher.server.waitUntil { _ in gate.waiterCount == 1 })
            task.cancel()
            #expect(await task.value.error?.kind == .cancelled)
            gate.open()
            // The handle is used again and must not give out what was left of the first answer.
            #expect(await fetcher.get("/next").text == "next")
        }
    }

    @Test func ignoresACancellationAfterTheEnd() async throws {
        try await Fetcher.run(answering: { .ok($0.path) }) { fetcher in
            let task = Task { await fetcher.get("/first") }
            #expect(await task.value.text == "/first")
            task.cancel()
            #expect(await fetcher.get("/second").text == "/second")
            #expect(fetcher.server.connectionCount == 1)
        }
    }

    @Test func survivesCancellationsAtAnyMoment() async throws {
        try await Fetcher.run(answering: { _ in .ok("hello") }) { fetcher in
            var kinds: [FetchError.Kind?: Int] = [:]
            for round in 0..<300 {
                let task = Task { await fetcher.get() }
                if round % 3 > 0 { try await Task.sleep(for: .microseconds(round)) }
                task.cancel()
                kinds[await task.value.error?.kind, default: 0] += 1
            }
            #expect(Set(kinds.keys).isSubset(of: [nil, .cancelled]))
            #expect(kinds.values.reduce(0, +) == 300)
            #expect(await fetcher.get().text == "hello")
        }
    }

    @Test func endsWhatIsUnderWayAtShutdown() async throws {
        let server = try LoopbackServer { _ in .init([.silence]) }
        defer { server.stop() }
        let loop = try TransferLoop(options: .loopback)
        let fetcher = Fetcher(server: server, loop: loop, transport: CurlTransport(loop: loop))
        let tasks = (0..<20).map { _ in Task { await fetcher.get() } }
        #expect(await server.waitUntil { $0.inFlight == 20 })
        loop.shutdown()
        for task in tasks { #expect(await task.value.error?.kind == .cancelled) }
        #expect(await server.waitUntil { $0.openConnections == 0 })
        loop.shutdown()
        let late = await fetcher.get()
        #expect(late.error?.kind == .cancelled)
        #expect(server.requestCount == 20)
    }

    @Test func mayBeShutDownFromSeveralThreads() async throws {
        let loop = try TransferLoop(options: .loopback)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { loop.shutdown() } }
        }
    }

    @Test func runsActionsAfterATurnEvenWhenTheLoopHasEnded() async throws {
        let loop = try TransferLoop(options: .loopback)
        let count = Mutex(0)
        await withCheckedContinuation { continuation in
            CurlTransport(loop: loop).afterTurn {
                count.withLock { $0 += 1 }
                continuation.resume()
            }
        }
        loop.shutdown()
        CurlTransport(loop: loop).afterTurn { count.withLock { $0 += 10 } }
        #expect(count.withLock { $0 } == 11)
    }

    @Test func runsActionsAfterAWhileOnItsThread() async throws {
        let loop = try TransferLoop(options: .loopback)
        defer { loop.shutdown() }
        let transport = CurlTransport(loop: loop)
        let start = MonotonicClock.nanoseconds()
        let order = Mutex<[Int]>([])
        let wasOnThread = await withCheckedContinuation { continuation in
            #expect(transport.after(.milliseconds(60)) { continuation.resume(returning: loop.isOnThread) })
            #expect(transport.after(.milliseconds(20)) { order.withLock { $0.append(20) } })
            #expect(transport.after(.milliseconds(-1)) { order.withLock { $0.append(0) } })
        }
        #expect(wasOnThread)
        #expect(order.withLock { $0 } == [0, 20])
        #expect(MonotonicClock.nanoseconds() - start >= 60_000_000)
    }

    @Test func doesAtItsEndWhatWasToBeDoneLater() throws {
        let loop = try TransferLoop(options: .loopback)
        let count = Mutex(0)
        let transport = CurlTransport(loop: loop)
        let isTaken = transport.after(.seconds(3_000_000_000_000)) {
            // Neither is what comes of it left out.
            let isTaken = transport.after(.seconds(60)) { count.withLock { $0 += 10 } }
            count.withLock { $0 += isTaken && loop.isOnThread ? 1 : 1000 }
        }
        #expect(isTaken)
        loop.shutdown()
        #expect(count.withLock { $0 } == 11)
        #expect(!transport.after(.zero) { count.withLock { $0 += 100 } })
        #expect(count.withLock { $0 } == 11)
    }
}
