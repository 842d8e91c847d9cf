import FetchHTTP
import FetchTransport
import TestSupport
import Testing

/// Connections that do not come about, and servers that take their time.
@Suite(.timeLimit(.minutes(20))) struct TransferConnectionTests {
    private func send(
        _ url: String, _ options: NetworkOptions = .loopback, limits: TransferLimits = .test
    ) async throws -> TransferResult {
        let loop = try TransferLoop(options: options)
        defer { loop.shutdown() }
        return await CurlTransport(loop: loop).send(Request(try FetchURL.parse(url)), into: .memory, limits: limits)
    }

    @Test func saysThatAConnectionWasRefused() async throws {
        let result = try await send("http://127.0.0.1:\(try LoopbackServer.closedPort())/")
        #expect(result.error?.kind == .connectionRefused)
        #expect(result.error?.curlCode == .couldNotConnect)
        #expect(result.response == nil)
    }

    @Test func saysThatANameDoesNotResolve() async throws {
        let result = try await send("http://nosuch.invalid/")
        #expect(result.error?.kind == .nameNotResolved)
        #expect(result.error?.curlCode == .couldNotResolveHost)
    }

    @Test func resolvesANameAgainAndAgain() async throws {
        // The resolver's own sockets come and go in the middle of a turn.
        try await Fetcher.run(answering: { _ in .ok("x") }) { fetcher in
            for name in ["localhost", "nosuch.invalid", "localhost", "a.nosuch.invalid", "localhost"] {
                let url = try FetchURL.parse("http://\(name):\(fetcher.server.port)/")
                let result = await fetcher.transport.send(Request(url), into: .memory, limits: .test)
                #expect(result.error?.kind == (name == "localhost" ? nil : .nameNotResolved))
            }
        }
    }

    @Test func saysThatAConnectionWasResetAtOnce() async throws {
        // libcurl sees some of them while it still connects, and calls those refused.
        try await Fetcher.run(onConnect: { _ in [.reset] }, answering: { _ in .ok() }) { fetcher in
            var kinds: [FetchError.Kind?: Int] = [:]
            for _ in 0..<200 { kinds[await fetcher.get().error?.kind, default: 0] += 1 }
            #expect(kinds == [.connectionReset: 200])
        }
    }

    @Test func saysThatAConnectionWasClosedAtOnce() async throws {
        try await Fetcher.run(onConnect: { _ in [.close] }, answering: { _ in .ok() }) { fetcher in
            let result = await fetcher.get()
            // What libcurl sees depends on whether its request met the end or overtook it.
            #expect([.emptyReply, .connectionReset].contains(result.error?.kind))
        }
    }

    @Test func saysThatABannerIsNotHTTP() async throws {
        try await Fetcher.run(onConnect: { _ in [.text("SSH-2.0-x\r\n"), .close] }, answering: { _ in .ok() }) {
            fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .protocolError)
        }
    }

    @Test func endsATransferWhenItsTimeIsOver() async throws {
        try await Fetcher.run(answering: { _ in .init([.silence]) }) { fetcher in
            let limits = TransferLimits(maxTime: .milliseconds(150))
            let result = await fetcher.get(limits: limits)
            #expect(result.error?.kind == .timedOut)
            #expect(result.error?.curlCode == .operationTimedOut)
            let total = try #require(result.timing).total
            #expect(total >= .milliseconds(140))
            #expect(total < .seconds(15))
            #expect(await fetcher.server.waitUntil { $0.openConnections == 0 })
        }
    }

    @Test func limitsTheWholeTimeEvenIfBytesKeepComing() async throws {
        let drip = LoopbackServer.Step.drip([UInt8](repeating: 0x61, count: 10_000), every: .milliseconds(20))
        try await Fetcher.run(answering: { _ in .init([.text(WireFault.ok + "\r\n"), drip]) }) { fetcher in
            let result = await fetcher.get(limits: TransferLimits(maxTime: .seconds(2)))
            #expect(result.error?.kind == .timedOut)
            #expect(result.response?.status == 200)
        }
    }

    @Test func endsATransferThatStands() async throws {
        var options = NetworkOptions.loopback
        options.speedLimit = 1000
        options.speedTime = .seconds(1)
        let stall: Fetcher.Handler = { _ in
            .init([.text(WireFault.ok + "Content-Length: 100\r\n\r\n0123456789"), .silence])
        }
        try await Fetcher.run(options, answering: stall) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .tooSlow)
            #expect(result.response?.size == 10)
            let total = try #require(result.timing).total
            #expect(total < .seconds(15))
        }
    }

    @Test func givesUpATLSHandshakeThatIsNotAnswered() async throws {
        var options = NetworkOptions.loopback
        options.connectTimeout = .milliseconds(200)
        try await Fetcher.run(options, onConnect: { _ in [.silence] }, answering: { _ in .ok() }) { fetcher in
            let request = try fetcher.request(scheme: "https")
            let result = await fetcher.transport.send(request, into: .memory, limits: .test)
            #expect(result.error?.kind == .connectTimedOut)
        }
    }

    @Test func saysThatAPlainAnswerIsNoTLS() async throws {
        try await Fetcher.run(
            onConnect: { _ in [.text("HTTP/1.1 400 Bad Request\r\n\r\n"), .close] }, answering: { _ in .ok() }
        ) { fetcher in
            let request = try fetcher.request(scheme: "https")
            let result = await fetcher.transport.send(request, into: .memory, limits: .test)
            #expect(result.error?.kind == .tlsFailed)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func cutsTheEndlessBodyOfARedirect(_ status: Int) async throws {
        let head = "HTTP/1.1 \(status) Moved\r\nLocation: /next\r\n\r\n"
        let handler: Fetcher.Handler = { request in
            request.path == "/next" ? .ok("next") : .init([.text(head), .flood(Array("abcdefgh".utf8), times: nil)])
        }
        try await Fetcher.run(answering: handler) { fetcher in
            let limits = TransferLimits(maxTime: .seconds(20), dropsRedirectBody: true)
            let result = await fetcher.get(limits: limits)
            #expect(result.error == nil)
            #expect(result.response?.status == status)
            #expect(result.response?.headers["location"] == "/next")
            #expect(result.text == "")
            let size = try #require(result.response).size
            #expect(size <= TransferLimits.maxUnwantedBodySize + 300_000)
            #expect(await fetcher.get("/next").text == "next")
        }
    }

    @Test func keepsTheConnectionOfARedirectWithASmallBody() async throws {
        let handler: Fetcher.Handler = { $0.path == "/next" ? .ok("next") : .redirect(to: "/next") }
        try await Fetcher.run(answering: handler) { fetcher in
            let first = await fetcher.get(limits: TransferLimits(dropsRedirectBody: true))
            #expect(first.text == "")
            #expect(first.error == nil)
            #expect(await fetcher.get("/next").text == "next")
            #expect(fetcher.server.connectionCount == 1)
        }
    }
}
