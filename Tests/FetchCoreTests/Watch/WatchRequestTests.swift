import TestSupport
import Testing

@testable import FetchWatch

@Suite("issue 26: the head of a request to the live page")
struct WatchRequestTests {
    private static func read(_ text: String, step: Int = .max) -> WatchRequestReader.Progress {
        var reader = WatchRequestReader()
        let bytes = Array(text.utf8)
        var progress = WatchRequestReader.Progress.incomplete
        for start in stride(from: 0, to: bytes.count, by: min(step, max(1, bytes.count))) {
            progress = reader.feed(bytes[start..<min(bytes.count, start + min(step, bytes.count))])
        }
        return progress
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `issue 26: a head is read whatever pieces it arrives in`(step: Int) {
        let head = "GET /a/events HTTP/1.1\r\nHost:  127.0.0.1:80\t\r\nAccept: */*\r\nX-Ä: é\r\n\r\nbody"
        let plain = "GET /a/events HTTP/1.1\r\nHost:  127.0.0.1:80\t\r\nAccept: é\r\n\r\nbody"
        #expect(Self.read(head, step: step) == .refused(400), "a name is ASCII")
        #expect(
            Self.read(plain, step: step)
                == .complete(WatchRequest(method: "GET", target: "/a/events", hosts: ["127.0.0.1:80"])))
        #expect(
            Self.read("HEAD / HTTP/1.0\nhost:a\nHOST:b\n\n", step: step)
                == .complete(WatchRequest(method: "HEAD", target: "/", hosts: ["a", "b"])))
    }

    @Test(arguments: [
        "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n",
        "GET * HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: \0\r\n\r\n",
        "GET /é HTTP/1.1\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n", "GET / http/1.1\r\n\r\n", "\r\n\r\n",
    ])
    func `issue 26: a head that is not valid is refused`(head: String) {
        #expect(Self.read(head) == .refused(400))
        #expect(Self.read(head, step: 1) == .refused(400))
    }

    @Test func `issue 26: another version is refused as such, and so is a head of more than 8 KiB`() {
        #expect(Self.read("GET / HTTP/2.0\r\n\r\n") == .refused(505))
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let largest = start + String(repeating: "x", count: 8192 - start.utf8.count - 4) + "\r\n\r\n"
        #expect(largest.utf8.count == 8192)
        #expect(Self.read(largest) == .complete(WatchRequest(method: "GET", target: "/", hosts: ["a"])))
        #expect(Self.read(String(largest.dropLast(2)) + "x\r\n\r\n") == .refused(431))
        #expect(Self.read(String(repeating: "x", count: 8192)) == .incomplete)
        #expect(Self.read(String(repeating: "x", count: 8193), step: 100) == .refused(431))
        #expect(Self.read(String(repeating: "x", count: 1 << 20)) == .refused(431))
    }

    @Test func `issue 26: whatever arrives, the answer is the same in one piece and byte by byte`() {
        var random = SeededRandom(seed: 26)
        for _ in 0..<3000 {
            let parts = ["GET /", " HTTP/1.1", "\r\n", "Host:", "\n", "127.0.0.1:80", ": ", "POST "]
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                text +=
                    Bool.random(using: &random)
                    ? parts.randomElement(using: &random) ?? "" : random.text(alphabet: "GET /:HTTP1.\r\n", upTo: 9)
            }
            let whole = Self.read(text)
            #expect(Self.read(text, step: 1) == whole && Self.read(text, step: 5) == whole, "\(text.debugDescription)")
        }
    }
}
