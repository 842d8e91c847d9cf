import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchTransport

@Suite("issue 22.6: a meter counts the bytes of bodies", .timeLimit(.minutes(20)))
struct TransferMeterTests {
    /// A server and a loop with a meter.
    private func run(
        answering handler: @escaping Fetcher.Handler, _ body: (Fetcher, TransferMeter) async throws -> Void
    ) async throws {
        let server = try LoopbackServer(handler: handler)
        defer { server.stop() }
        let meter = TransferMeter()
        let loop = try TransferLoop(options: .loopback, meter: meter)
        defer { loop.shutdown() }
        try await body(Fetcher(server: server, loop: loop, transport: CurlTransport(loop: loop)), meter)
    }

    /// Whether the meter comes to what the closure wants: it is published at the end of a turn.
    private func waits(_ meter: TransferMeter, _ isWanted: @Sendable (BodyProgress) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if isWanted(meter.reading) { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func `issue 22.6: small bodies are a sum and nothing is missing when they have ended`() async throws {
        let packed = LoopbackServer.gzip(Array("hello, hello, hello".utf8))
        try await run(answering: { request in
            switch request.path {
            case "/chunked":
                .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", then: .keep)
            case "/packed": .response(headers: [("Content-Encoding", "gzip")], body: packed)
            case "/cut": .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
            case "/empty": .status(204)
            case "/not": .raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 9000000\r\n\r\n", then: .keep)
            default: .ok("hello")
            }
        }) { fetcher, meter in
            var sum = 0
            for (path, count) in [
                ("/", 5), ("/chunked", 3), ("/packed", packed.count), ("/cut", 10), ("/empty", 0), ("/not", 0),
                ("/a", 5),
            ] {
                _ = await fetcher.get(path)
                sum += count
                let expected = sum
                #expect(
                    await waits(meter) { $0.received == expected && $0.missing == 0 && $0.known == 0 },
                    "\(path): \(meter.reading)")
            }
            let head = await fetcher.transport.send(
                try fetcher.request(method: "HEAD"), into: .memory, limits: .test)
            let expected = sum
            #expect(head.response?.status == 200)
            #expect(await waits(meter) { $0.received == expected && $0.missing == 0 && $0.known == 0 })
            #expect(meter.reading.large.isEmpty && !meter.reading.hadLarge)
        }
    }

    @Test func `issue 22.6: a large body has an entry while it is in flight, also one without a length`() async throws {
        let gate = Gate()
        let chunk = [UInt8](repeating: 0x61, count: 100_000)
        try await run(answering: { request in
            let head = request.path.hasPrefix("/open") ? "Connection: close" : "Content-Length: 6000000"
            return LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\n\(head)\r\n\r\n"), .flood(chunk, times: 40), .flood(chunk, times: 11),
                .hold(gate), .flood(chunk, times: 9), .close,
            ])
        }) { fetcher, meter in
            try await withThrowingTaskGroup(of: TransferResult.self) { group in
                group.addTask { await fetcher.get("/x/a%1B%E6%97%A5.iso?b=c", into: .discard) }
                #expect(await waits(meter) { $0.received == 5_100_000 && $0.large.count == 1 })
                group.addTask { await fetcher.get("/open/", into: .discard) }
                #expect(await waits(meter) { $0.received == 10_200_000 && $0.large.count == 2 })
                let reading = meter.reading
                #expect(reading.missing == 900_000 && reading.known == 1 && reading.hadLarge)
                #expect(reading.large.map(\.name) == ["a\\x1b日.iso", "open"])
                #expect(reading.large.map(\.length) == [6_000_000, nil])
                #expect(reading.large.map(\.received) == [5_100_000, 5_100_000])
                #expect(reading.large.map(\.id) == [1, 2])
                gate.open()
                for try await result in group { #expect(result.error == nil) }
            }
            #expect(
                await waits(meter) {
                    $0.received == 12_000_000 && $0.missing == 0 && $0.known == 0 && $0.large.isEmpty
                })
            #expect(meter.reading.hadLarge)
        }
    }

    @Test func `issue 22.6: a body that is cancelled, refused or not wanted leaves no entry`() async throws {
        try await run(answering: { request in
            let status = request.path == "/gone" ? "404 Not Found" : "200 OK"
            return LoopbackServer.Reply([
                .text("HTTP/1.1 \(status)\r\nContent-Length: 9000000\r\n\r\n"),
                .send([UInt8](repeating: 0x61, count: 1000)), .silence,
            ])
        }) { fetcher, meter in
            var limits = TransferLimits.test
            limits.maxBodySize = 1000
            #expect(await fetcher.get("/refused", limits: limits).error?.kind == .tooLarge)
            #expect(meter.reading.known == 0 && !meter.reading.hadLarge)
            let cancelled = Task { await fetcher.get("/slow", into: .discard) }
            #expect(await waits(meter) { $0.received == 1000 && $0.missing == 8_999_000 && $0.large.count == 1 })
            cancelled.cancel()
            #expect(await cancelled.value.error?.kind == .cancelled)
            #expect(await waits(meter) { $0.missing == 0 && $0.known == 0 && $0.large.isEmpty })
            limits = .test
            limits.accepted = .success
            let unwanted = Task { [limits] in await fetcher.get("/gone", into: .discard, limits: limits) }
            #expect(await waits(meter) { $0.received == 2000 })
            #expect(meter.reading.large.isEmpty)
            unwanted.cancel()
            _ = await unwanted.value
            #expect(await waits(meter) { $0.missing == 0 && $0.known == 0 })
        }
    }

    @Test func `issue 22.6: what an earlier transfer left belongs to its entry only`() {
        let meter = TransferMeter()
        let loop = LoopMeter(meter)
        let gauge = BodyGauge(loop)
        gauge.resumedFrom = 3_000_000
        #expect(gauge.announce(length: 6_000_000))
        gauge.show(as: "a")
        #expect(!gauge.receive(1_000_000))
        loop.publish()
        #expect(meter.reading.received == 1_000_000 && meter.reading.missing == 5_000_000)
        #expect(meter.reading.large.first?.resumedFrom == 3_000_000 && meter.reading.large.first?.received == 1_000_000)
        gauge.end()
        // A server that sends more than it announced.
        #expect(!gauge.announce(length: 10))
        #expect(!gauge.receive(100))
        loop.publish()
        #expect(meter.reading.missing == 0 && meter.reading.known == 1 && meter.reading.received == 1_000_100)
        gauge.end()
        loop.publish()
        #expect(meter.reading.missing == 0 && meter.reading.known == 0 && meter.reading.large.isEmpty)
    }
}
