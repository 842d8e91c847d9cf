import Testing

@testable import FetchWatch

@Suite("issue 26: who reads the live page")
struct WatchGateTests {
    private let token = "0123456789abcdef0123456789abcdef"
    private var gate: WatchGate { WatchGate(token: token, port: 4711) }

    private func verdict(
        _ target: String, method: String = "GET", hosts: [String] = ["127.0.0.1:4711"]
    ) -> WatchGate.Verdict {
        gate.verdict(WatchRequest(method: method, target: target, hosts: hosts))
    }

    @Test func `issue 26: below the secret are the page, the events and the metrics`() {
        #expect(verdict("/\(token)/") == .resource(.page, hasBody: true))
        #expect(verdict("/\(token)/events") == .resource(.events, hasBody: true))
        #expect(verdict("/\(token)/metrics", method: "HEAD") == .resource(.metrics, hasBody: false))
    }

    @Test func `issue 26: all other paths are not found, whatever the method`() {
        let other = String(token.dropLast()) + "0"
        for target in [
            "/", "//", "/metrics", "/events", "/\(token)", "/\(token)/x", "/\(token)/metrics/", "/\(token)/?a",
            "/\(token)//", "/\(token)x/", "/\(token.dropLast())/", "/\(other)/", "/\(token.uppercased())/",
            "//\(token)/",
            "/./\(token)/", "/%30\(token.dropFirst())/", "/\(token)%2f",
        ] {
            #expect(verdict(target) == .refused(404), "\(target)")
            #expect(verdict(target, method: "POST") == .refused(404), "\(target)")
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"])
    func `issue 26: methods that are not GET or HEAD are refused`(method: String) {
        #expect(verdict("/\(token)/", method: method) == .refused(405))
    }

    @Test func `issue 26: Host is this machine's loopback with the port, or nothing is answered`() {
        for host in ["127.0.0.1:4711", "localhost:4711", "LocalHost:4711", "[::1]:4711"] {
            #expect(verdict("/\(token)/", hosts: [host]) == .resource(.page, hasBody: true), "\(host)")
        }
        for host in [
            "", "127.0.0.1", "localhost", "127.0.0.1:80", "evil.test:4711", "evil.test", "127.0.0.1.evil.test:4711",
            "localhost.:4711", "127.0.0.2:4711", "0.0.0.0:4711", "[::]:4711", "::1:4711", "127.1:4711",
            "2130706433:4711", "user@127.0.0.1:4711", "127.0.0.1:04711", "127.0.0.1:4711:",
        ] {
            #expect(verdict("/\(token)/", hosts: [host]) == .refused(403), "\(host)")
            #expect(verdict("/", hosts: [host]) == .refused(403), "\(host)")
        }
        #expect(verdict("/\(token)/", hosts: []) == .refused(403))
        #expect(verdict("/\(token)/", hosts: ["127.0.0.1:4711", "127.0.0.1:4711"]) == .refused(403))
        let request = WatchRequest(method: "GET", target: "/\(token)/", hosts: ["localhost"])
        #expect(WatchGate(token: token, port: 80).verdict(request) == .resource(.page, hasBody: true))
    }

    @Test func `issue 26: a secret has 128 bits in hexadecimal digits, and each is another one`() {
        let tokens = (0..<1000).map { _ in WatchToken.make() }
        #expect(Set(tokens).count == 1000)
        #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
        #expect(WatchToken.isEqual([1, 2], [1, 2]) && WatchToken.isEqual([], [UInt8]()))
        #expect(!WatchToken.isEqual([1, 2], [1, 3]) && !WatchToken.isEqual([1], [1, 2]))
    }

    @Test func `issue 26: every answer has the fields that keep it to its reader, and none for other origins`() {
        let answers = [
            WatchResponse.content([], type: "text/html", hasBody: true), WatchResponse.events,
            WatchResponse.refusal(403), WatchResponse.refusal(404), WatchResponse.refusal(405),
        ]
        for answer in answers {
            let text = String(decoding: answer, as: UTF8.self)
            for field in [
                "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
                "Cross-Origin-Resource-Policy: same-origin", "Content-Security-Policy: default-src 'none'; ",
                "Connection: close",
            ] { #expect(text.contains("\r\n\(field)"), "\(field)") }
            #expect(!text.contains("Access-Control") && !text.contains("unsafe"))
        }
        #expect(String(decoding: WatchResponse.refusal(405), as: UTF8.self).contains("\r\nAllow: GET, HEAD\r\n"))
        #expect(WatchResponse.refusal(404, hasBody: false).suffix(4).elementsEqual("\r\n\r\n".utf8))
    }

    @Test func `issue 26: data of an event never begins another field or event`() {
        func text(_ data: String) -> String {
            String(decoding: ServerSentEvents.event("progress", Array(data.utf8)), as: UTF8.self)
        }
        #expect(text("{}") == "event: progress\ndata: {}\n\n")
        #expect(
            text("a\nevent: end\r\ndata\rid: 1\n\n") == """
                event: progress
                data: a
                data: event: end
                data: data
                data: id: 1
                data:\u{20}
                data:\u{20}


                """)
        #expect(text("") == "event: progress\ndata: \n\n")
        #expect(ServerSentEvents.event("a\nb", []).elementsEqual("event: ab\ndata: \n\n".utf8))
    }

    @Test func `issue 26: a client that reads slowly is dropped when 256 KiB wait for it`() {
        var connection = WatchConnection(at: 0)
        let progress = connection.receive(Array("GET".utf8))
        #expect(progress == nil && connection.deadline == 30_000_000_000)
        connection.stream([1])
        #expect(connection.deadline == nil)
        let event = [UInt8](repeating: 0, count: 1 << 16)
        let fits = (0..<4).map { _ in connection.append(event) }
        #expect(fits == [true, true, true, false])
        let isOver = connection.sent(1 << 17, at: 5)
        #expect(!isOver && connection.pending.count == (1 << 16) + 1)
        let fitsAgain = connection.append(event)
        #expect(fitsAgain && connection.phase == .streaming)
        connection.answer([1, 2], at: 7)
        let partly = connection.sent(1, at: 8)
        let wholly = connection.sent(1, at: 9)
        #expect(!partly && wholly && connection.phase == .lingering && connection.deadline == 2_000_000_009)
    }
}
