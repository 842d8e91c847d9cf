import FetchHTTP
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 26: a run that one can watch", .timeLimit(.minutes(20)))
struct WatchTests {
    /// A run of ten inputs of which five wait at the gate; the closure watches it, then the gate opens.
    private static func watch(
        _ arguments: [String] = [], _ body: @Sendable (WatchAddress, LoopbackServer) async throws -> Void
    ) async throws -> (result: ToolResult, messages: String, port: Int) {
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.path.hasPrefix("/slow")
                ? LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok("body5ecret").steps)
                : request.path.hasPrefix("/missing") ? .status(404) : .ok("body5ecret")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let port = Shared(0)
        let urls = ["/fast[1-4]", "/missing?api_key=key5ecret", "/slow[1-5]"].map { "\(server.baseURL)\($0)" }
        let result = try await Tool.start(
            ["--watch-port", "0", "--stderr", scratch("messages"), "--retry", "0", "--jsonl"] + arguments + urls
        ) { _ in
            defer { gate.open() }
            let address = try #require(await WatchAddress(in: scratch))
            port.update { $0 = address.port }
            #expect(await server.waitUntil { $0.requestCount == 10 && $0.inFlight == 5 })
            try await body(address, server)
        }
        return (result, try scratch.text("messages"), port.value)
    }

    @Test func `issue 26: the page, the events and the metrics follow the run, which is as without them`() async throws
    {
        let (result, messages, port) = try await Self.watch(["-H", "Authorization: Bearer bearer5ecret", "-q"]) {
            address, server in
            let page = try address.answer()
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.contains("new EventSource(\"events\")"))
            let stream = try WatchClient(port: address.port)
            stream.ask(address.path + "events", host: address.host)
            let seen = stream.read(until: "\"ok\":4,")
            #expect(seen.contains("Content-Type: text/event-stream\r\n") && seen.contains("event: progress\ndata: {"))
            let events = seen + stream.read(until: "\"failed\":1,")
            let last = events.split(separator: "\n").last { $0.hasPrefix("data: {") && $0.hasSuffix("}") }
            let json = try JSONValue.parse(Array((last ?? "").utf8.dropFirst(6))[...])
            #expect(json["in_flight"]?.integer == 5 && json["total"]?.integer == 10)
            #expect(json["hosts"]?[0]?[0]?.string == "127.0.0.1" && json["hosts"]?[0]?[1]?.integer == 5)
            let metrics = try address.answer("metrics")
            #expect(metrics.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(metrics.contains("\nfetchall_records_total{result=\"ok\"} 4\n"))
            #expect(metrics.contains("\nfetchall_in_flight_requests 5\n"))
            #expect(metrics.contains("\nfetchall_failures_total{kind=\"http-status\"} 1\n"))
            for text in [page, events, metrics] {
                #expect(!text.contains("5ecret") && !text.contains("/missing") && !text.contains(address.token))
                #expect(!text.contains("Access-Control"))
            }
        }
        #expect(result.exit == 1 && result.lines.count == 10)
        #expect(messages.split(separator: "\n").count { $0.contains("watch http") } == 1)
        #expect(throws: WatchClient.Failure.self, "the port is closed") { try WatchClient(port: port) }
    }

    @Test func `issue 26: an event says that the run has ended, and the connection ends with it`() async throws {
        let clients = Shared<[WatchClient]>([])
        let (result, _, _) = try await Self.watch { address, _ in
            let client = try WatchClient(port: address.port)
            client.ask(address.path + "events", host: address.host)
            #expect(client.read(until: "event: progress").contains("event: progress"))
            clients.update { $0.append(client) }
        }
        let text = clients.value[0].read(until: nil)
        #expect(
            text.contains("event: end\ndata: {\"final\":true,") && text.contains("\"ok\":9,\"failed\":1,"), "\(text)")
        #expect(result.exit == 1)
    }

    @Test func `issue 26: without the secret, with another host or method nothing is answered`() async throws {
        _ = try await Self.watch { address, _ in
            let other = String(address.token.reversed())
            for path in [
                "/", "/metrics", "/events", "/\(other)/", "/\(other)/metrics", "/\(address.token)", "/favicon.ico",
            ] {
                let answer = try address.answer(path: path)
                #expect(answer.hasPrefix("HTTP/1.1 404 ") && answer.hasSuffix("\r\n\r\nNot Found\n"), "\(path)")
            }
            for host in ["evil.test:\(address.port)", "127.0.0.1", "evil.test", "localhost:1", ""] {
                let answer = try address.answer("metrics", host: host)
                #expect(answer.hasPrefix("HTTP/1.1 403 ") && !answer.contains("fetchall_"), "\(host)")
            }
            for host in ["localhost:\(address.port)", "[::1]:\(address.port)"] {
                #expect(try address.answer("metrics", host: host).hasPrefix("HTTP/1.1 200 "), "\(host)")
            }
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let answer = try address.answer("metrics", method: method)
                #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("\r\nAllow: GET, HEAD\r\n"), "\(method)")
            }
            let head = try address.answer("metrics", method: "HEAD")
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            let long = try WatchClient(port: address.port)
            long.send("GET /" + String(repeating: "a", count: 10_000))
            #expect(long.read().hasPrefix("HTTP/1.1 431 "))
            let broken = try WatchClient(port: address.port)
            broken.send("\u{16}\u{3}\u{1}\r\n\r\n")
            #expect(broken.read().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `issue 26: clients that read nothing, or never end their head, do not hold the run up`() async throws {
        let clients = Shared<[WatchClient]>([])
        let (result, _, port) = try await Self.watch { address, _ in
            for index in 0..<70 {
                // Beyond 64 they wait in the queue of the kernel.
                let client = try WatchClient(port: address.port)
                switch index % 3 {
                case 0: client.ask(address.path + "events", host: address.host)
                case 1: client.send("GET \(address.path) HTTP/1.1\r\nHost: ")
                default: break
                }
                clients.update { $0.append(client) }
            }
        }
        #expect(result.exit == 1 && result.lines.count == 10 && result.duration < .seconds(60))
        #expect(throws: WatchClient.Failure.self) { try WatchClient(port: port) }
        #expect(clients.value.count == 70)
    }

    @Test func `issue 26: fifty clients follow a run together`() async throws {
        _ = try await Self.watch { address, _ in
            let clients = try (0..<50).map { _ in
                let client = try WatchClient(port: address.port)
                client.ask(address.path + "events", host: address.host)
                return client
            }
            for client in clients {
                let text = client.read(until: "\"failed\":1,")
                #expect(text.contains("HTTP/1.1 200 OK") && text.contains("\"failed\":1,"))
            }
            #expect(try address.answer("metrics").contains("fetchall_records_total"))
        }
    }
}
