import FetchHTTP
import FetchTransport
import TestSupport
import Testing

/// Bodies that the caller does not read.
@Suite(.timeLimit(.minutes(10))) struct WantedBodyTests {
    private static func limits(_ bodies: WantedBodies) -> TransferLimits {
        var limits = TransferLimits.test
        limits.bodies = bodies
        return limits
    }

    @Test func `a large body that is not wanted ends the transfer, and that is a success`() async throws {
        let reply = LoopbackServer.Reply.stream(
            length: 50 << 20, of: Array("0123456789".utf8), headers: [("Content-Type", "application/pdf")])
        try await Fetcher.run(answering: { _ in reply }) { fetcher in
            for bodies in [WantedBodies.none, .pages] {
                let result = await fetcher.get(limits: Self.limits(bodies))
                let response = try #require(result.response)
                #expect(result.error == nil && response.status == 200 && response.size < 1 << 20)
                #expect(response.body == .bytes([]) && response.headers.contentType == "application/pdf")
            }
            let whole = await fetcher.get(limits: Self.limits(.all))
            #expect(whole.response?.size == 50 << 20)
        }
    }

    @Test func `a small body that is not wanted keeps the connection, and a page is read`() async throws {
        try await Fetcher.run(answering: { $0.path == "/page" ? .html("<p>") : .ok("text") }) { fetcher in
            for _ in 0..<3 {
                let other = await fetcher.get("/text", limits: Self.limits(.pages))
                #expect(other.error == nil && other.response?.body == .bytes([]))
            }
            let page = await fetcher.get("/page", limits: Self.limits(.pages))
            #expect(page.error == nil && page.text == "<p>")
            let none = await fetcher.get("/page", limits: Self.limits(.none))
            #expect(none.error == nil && none.response?.body == .bytes([]))
            #expect(fetcher.server.connectionCount == 1)
        }
    }

    @Test func `a body without a length, and none, end well`() async throws {
        let endless = "HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\n\r\nxxxx"
        try await Fetcher.run(answering: { request in
            switch request.path {
            case "/endless": .raw(endless, then: .silence)
            case "/204": .status(204)
            default: .response(status: 200, headers: [("Content-Type", "text/plain")], then: .close)
            }
        }) { fetcher in
            for path in ["/endless", "/204", "/empty"] {
                let result = await fetcher.get(path, limits: Self.limits(.none))
                #expect(result.error == nil, "\(path): \(String(describing: result.error))")
                #expect((result.response?.size ?? 0) < 100)
            }
            let head = try fetcher.request("/empty", method: "HEAD")
            let result = await fetcher.transport.send(head, into: .memory, limits: Self.limits(.none))
            #expect(result.error == nil && result.response?.status == 200)
        }
    }

    @Test(arguments: [
        (nil, true), ("text/html", true), ("TEXT/HTML; charset=x", true), (" text/html ", true), ("", true),
        ("application/xhtml+xml", true), ("text/plain", false), ("application/pdf", false), ("text/htmlx", false),
    ])
    func `pages are known by their type`(type: String?, isPage: Bool) {
        #expect(WantedBodies.pages.wants(type) == isPage)
        #expect(WantedBodies.all.wants(type) && !WantedBodies.none.wants(type))
    }
}
