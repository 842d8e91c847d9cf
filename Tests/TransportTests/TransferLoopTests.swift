import FetchHTTP
import FetchSystem
@testable import FetchTransport
import FoundationEssentials
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The loop as an executor, under load, and what it leaves behind.
@Suite(.timeLimit(.minutes(20))) struct TransferLoopTests {
    @Test func `issue 20.6: a loop says after its end that the cookies could not be written`() throws {
        let cases: [(jar: String, kind: FetchError.Kind?)] = [("/nonexistent/jar", .io), ("/dev/null", nil)]
        for (jar, kind) in cases {
            var options = NetworkOptions.loopback
            options.cookieJar = jar
            let loop = try TransferLoop(options: options)
            #expect(loop.closingFailure == nil)
            loop.shutdown()
            #expect(loop.closingFailure?.kind == kind)
            loop.shutdown()
            #expect(loop.closingFailure?.kind == kind)
        }
    }

    @Test func runsATaskThatPrefersItOnOneThread() async throws {
        try await Fetcher.run(answering: { _ in .ok("x") }) { fetcher in
            let loop = fetcher.loop
            let threads = await withTaskExecutorPreference(loop) {
                await withTaskGroup(of: Set<UInt>.self) { group in
                    for _ in 0..<20 {
                        group.addTask(executorPreference: loop) {
                            var threads: Set<UInt> = [NativeThread.current]
                            for _ in 0..<3 {
                                _ = await fetcher.get()
                                threads.insert(NativeThread.current)
                                await Task.yield()
                                threads.insert(NativeThread.current)
                            }
                            return threads
                        }
                    }
                    return await group.reduce(into: Set<UInt>()) { $0.formUnion($1) }
                }
            }
            #expect(threads.count == 1)
            #expect(!threads.contains(NativeThread.current))
            #expect(fetcher.server.requestCount == 60)
        }
    }

    @Test func letsATaskThatOutlivesItRunOn() async throws {
        let loop = try TransferLoop(options: .loopback)
        let gate = AsyncGate()
        let task = Task(executorPreference: loop) {
            await gate.wait()
            await Task.yield()
            return "done"
        }
        await gate.waitForArrivals(1)
        loop.shutdown()
        gate.open()
        #expect(await task.value == "done")
    }

    @Test func carriesAThousandTransfersAtOnceOverSeveralMultiHandles() async throws {
        #expect(ShardPlan(concurrency: 1000).count > 1)
        var options = NetworkOptions.loopback
        options.concurrency = 1000
        let gate = Gate()
        let answer = LoopbackServer.Step.text(WireFault.ok + "Content-Length: 2\r\n\r\nok")
        try await Fetcher.run(options, answering: { _ in .init([.hold(gate), answer]) }) { fetcher in
            let texts = await withTaskGroup(of: String.self) { group in
                for _ in 0..<1000 {
                    group.addTask(executorPreference: fetcher.loop) {
                        let result = await fetcher.get(limits: TransferLimits(maxTime: .seconds(50)))
                        return result.text ?? result.error?.description ?? "nothing"
                    }
                }
                #expect(await fetcher.server.waitUntil { $0.inFlight == 1000 })
                gate.open()
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(texts == ["ok": 1000])
            // The connections are still there for the next thousand.
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<1000 { group.addTask(executorPreference: fetcher.loop) { _ = await fetcher.get() } }
            }
            #expect(fetcher.server.requestCount == 2000)
            #expect(fetcher.server.connectionCount == 1000)
        }
    }

    @Test func keepsNoMoreIdleConnectionsThanItMay() async throws {
        var options = NetworkOptions.loopback
        options.maxIdleConnections = 3
        let gate = Gate()
        let answer = LoopbackServer.Step.text(WireFault.ok + "Content-Length: 0\r\n\r\n")
        try await Fetcher.run(options, answering: { _ in .init([.hold(gate), answer]) }) { fetcher in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = await fetcher.get() } }
                #expect(await fetcher.server.waitUntil { $0.inFlight == 10 })
                gate.open()
            }
            #expect(await fetcher.server.waitUntil { $0.openConnections <= 3 })
        }
    }

    @Test func givesItsConnectionsBack() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        for _ in 0..<5 {
            let loop = try TransferLoop(options: .loopback)
            let fetcher = Fetcher(server: server, loop: loop, transport: CurlTransport(loop: loop))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = await fetcher.get() } }
            }
            loop.shutdown()
        }
        #expect(await server.waitUntil { $0.openConnections == 0 })
        #expect(Self.descriptors { Self.peerPort($0) == server.port } == 0)
    }

    #if os(Linux)
    @Test func givesItsDescriptorsBack() async throws {
        // Other tests open and close some at the same time; a leak of the loop's own would be one for each of 600.
        let before = Self.descriptors(Self.isWaker)
        for _ in 0..<600 { try TransferLoop(options: .loopback).shutdown() }
        #expect(Self.descriptors(Self.isWaker) - before < 450)
    }

    private static func isWaker(_ descriptor: Int32) -> Bool {
        let path = "/proc/self/fd/\(descriptor)"
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
        return target?.contains("event") == true
    }
    #endif

    private static func descriptors(_ isMeant: (Int32) -> Bool) -> Int {
        (0..<20_000).count { fcntl(Int32($0), F_GETFD) >= 0 && isMeant(Int32($0)) }
    }

    private static func peerPort(_ descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        return code == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
