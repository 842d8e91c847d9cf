import FetchHTTP
import FetchTransport
import TestSupport
import Testing

/// Lists of many hosts.
@Suite(.timeLimit(.minutes(20))) struct ManyHostsTests {
    /// A worn multi handle is closed with its idle connections, which the server sees.
    @Test func `issue 20.5: what libcurl keeps of each host goes when many others came`() async throws {
        var options = NetworkOptions.loopback
        options.concurrency = 1
        options.maxIdleConnections = 300
        try await Fetcher.run(options, answering: { _ in .ok("x") }) { fetcher in
            func get(_ host: Int) async throws {
                let url = try FetchURL.parse("http://h\(host).localhost:\(fetcher.server.port)/")
                let result = await fetcher.transport.send(Request(url), into: .discard, limits: .test)
                #expect(result.response?.status == 200, "\(String(describing: result.error))")
            }
            // As many connections as make a multi handle of 300 idle ones worn.
            for host in 0..<600 { try await get(host) }
            #expect(fetcher.server.openConnections >= 300)
            try await get(600)
            #expect(await fetcher.server.waitUntil { $0.openConnections <= 1 })
            // The new one keeps connections as the old one did.
            let before = fetcher.server.connectionCount
            try await get(600)
            #expect(fetcher.server.connectionCount == before)
        }
    }
}
