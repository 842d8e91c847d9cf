import TestSupport
import Testing

/// The site that the examples and the command-line tests fetch.
@Suite struct LoopbackServerDemoTests {
    private let server: LoopbackServer

    init() throws { server = try LoopbackServer(handler: DemoRoutes(latency: .milliseconds(5)).reply) }

    @Test(arguments: [
        ("/", 200), ("/products", 200), ("/products/100", 200), ("/products/101", 404), ("/products/x", 404),
        ("/users/Octocat", 200), ("/users/nobody", 404), ("/profile/1", 200), ("/orders/1", 200),
        ("/notifications/1", 200), ("/pages/1", 200), ("/pages/51", 404), ("/delay/1", 200), ("/latency/9", 200),
        ("/status/204", 204), ("/status/99", 404), ("/redirect/0", 200), ("/large/10", 200), ("/large/-1", 404),
        ("/image.png", 200), ("/robots.txt", 200), ("/stats", 200), ("/private/x", 200), ("/nothing", 404),
        ("/a/b/c", 404), ("//", 404),
    ])
    func answersWithTheStatusOfTheRoute(_ path: String, _ status: Int) throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        #expect(try client.get(path).head.hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test func pricesProductsTheSameEveryTime() throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        #expect(try client.get("/products/1").body == #"{"id":1,"name":"Red Teapot","price":9.99}"#)
        let list = try client.get("/products").body
        #expect(list.hasPrefix(#"[{"id":1,"name":"Red Teapot","price":9.99},{"id":2,"#))
        #expect(list.split(separator: "},").count == 100)
    }

    @Test func failsSoOftenForEachKeyAndThenWorks() throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        let statuses = try ["/flaky/2/a", "/flaky/2/a", "/flaky/2/b", "/flaky/2/a", "/flaky/0/c"].map {
            try client.get($0).head.prefix(12).suffix(3)
        }
        #expect(statuses == ["503", "503", "503", "200", "200"])
    }

    @Test func redirectsStepByStepToTheHomePage() throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        #expect(try client.get("/redirect/2").head.contains("\r\nLocation: /redirect/1\r\n"))
        #expect(try client.get("/redirect/1").head.contains("\r\nLocation: /\r\n"))
    }

    @Test func tellsWhatItHasCounted() throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        _ = try client.get("/")
        let expected =
            #"{"requests":2,"connections":1,"open_connections":1,"in_flight":1,"peak_in_flight":1,"#
            + #""peak_connections":1}"#
        #expect(try client.get("/stats").body == expected)
    }

    @Test func listsAddressesThatItAnswers() throws {
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        let lines = DemoRoutes.list(baseURL: server.baseURL).split(separator: "\n")
        let addresses = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t").last ?? "" }
        #expect(addresses.count > 20)
        for address in addresses {
            let path = String(address.dropFirst(server.baseURL.count))
            let isMissing = try client.get(path).head.hasPrefix("HTTP/1.1 404")
            #expect(isMissing == (path == "/status/404"))
        }
    }
}
