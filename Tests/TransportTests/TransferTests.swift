import FetchHTTP
import FetchTransport
import Foundation
import TestSupport
import Testing

/// What a good answer gives.
@Suite(.timeLimit(.minutes(20))) struct TransferTests {
    @Test func keepsABodyInMemory() async throws {
        try await Fetcher.run(answering: { .ok("hello from \($0.path)") }) { fetcher in
            let result = await fetcher.get("/a")
            #expect(result.error == nil)
            #expect(result.text == "hello from /a")
            let response = try #require(result.response)
            #expect(response.status == 200)
            #expect(response.size == 13)
            #expect(response.httpVersion == "1.1")
            #expect(response.remoteIP == "127.0.0.1")
            #expect(response.remotePort == fetcher.server.port)
            #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(response.headers["CONTENT-LENGTH"] == "13")
        }
    }

    @Test func countsABodyThatIsDropped() async throws {
        try await Fetcher.run(answering: { _ in .stream(length: 3_000_001, of: Array("abc".utf8)) }) { fetcher in
            let result = await fetcher.get(into: .discard)
            #expect(result.error == nil)
            #expect(result.response?.body == .discarded)
            #expect(result.response?.size == 3_000_001)
        }
    }

    @Test func writesABodyIntoAFile() async throws {
        let path = NSTemporaryDirectory() + "fetchall-transfer-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try await Fetcher.run(answering: { _ in .stream(length: 1_000_003, of: Array("abcd".utf8)) }) { fetcher in
            let result = try await fetcher.get(into: .file(.at(file.fileDescriptor)))
            #expect(result.error == nil)
            #expect(result.response?.body == .file)
            #expect(result.response?.size == 1_000_003)
        }
        try file.close()
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.count == 1_000_003)
        #expect(bytes.prefix(6) == Data("abcdab".utf8))
    }

    @Test func saysWhenAFileCannotTakeTheBody() async throws {
        let file = try #require(FileHandle(forReadingAtPath: "/dev/null"))
        defer { try? file.close() }
        try await Fetcher.run(answering: { _ in .ok("hello") }) { fetcher in
            let result = try await fetcher.get(into: .file(.at(file.fileDescriptor)))
            #expect(result.error?.kind == .io)
            #expect(result.error?.curlCode == .writeError)
        }
    }

    @Test func measuresTimesThatOnlyGrow() async throws {
        try await Fetcher.run(answering: { _ in .ok("late", after: .milliseconds(50)) }) { fetcher in
            let timing = try #require(await fetcher.get().timing)
            #expect(timing.nameLookup <= timing.connect)
            #expect(timing.connect <= timing.startTransfer)
            #expect(timing.startTransfer <= timing.total)
            #expect(timing.connect > .zero)
            #expect(timing.appConnect == .zero)
            #expect(timing.startTransfer >= .milliseconds(49))
        }
    }

    @Test func usesAConnectionAgain() async throws {
        try await Fetcher.run(answering: { _ in .ok("x") }) { fetcher in
            var connects: [Int] = []
            for _ in 0..<5 { connects.append(await fetcher.get().response?.connects ?? -1) }
            #expect(connects == [1, 0, 0, 0, 0])
            #expect(fetcher.server.connectionCount == 1)
        }
    }

    @Test func noticesThatAnIdleConnectionWasClosed() async throws {
        let handler: Fetcher.Handler = { _ in .response(body: [0x61], then: .keep).closing(after: .milliseconds(20)) }
        try await Fetcher.run(answering: handler) { fetcher in
            #expect(await fetcher.get().text == "a")
            #expect(await fetcher.server.waitUntil { $0.openConnections == 0 || $0.inFlight == 0 })
            try await Task.sleep(for: .milliseconds(60))
            #expect(await fetcher.get().text == "a")
            #expect(fetcher.server.connectionCount == 2)
        }
    }

    @Test func sendsMethodFieldsAndBody() async throws {
        try await Fetcher.run(answering: { .ok("\($0.method) \(String(decoding: $0.body, as: UTF8.self))") }) {
            fetcher in
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                let request = try fetcher.request(
                    method: method, headers: HeaderFields([("X-A", "1"), ("Content-Type", "text/x")]),
                    body: Array("b\n".utf8))
                let result = await fetcher.transport.send(request, into: .memory, limits: .test)
                #expect(result.text == "\(method) b\n")
            }
            #expect(fetcher.server.log.allSatisfy { $0.header("x-a") == "1" && $0.header("content-type") == "text/x" })
            // The next request inherits nothing.
            #expect(await fetcher.get().text == "GET ")
            #expect(fetcher.server.log.last?.header("x-a") == nil)
            #expect(fetcher.server.log.last?.header("content-type") == nil)
        }
    }

    @Test func sendsAnEmptyBodyAsOne() async throws {
        try await Fetcher.run(answering: { .ok("\($0.method) \($0.header("content-length") ?? "none")") }) { fetcher in
            let request = try fetcher.request(method: "POST", body: [])
            #expect(await fetcher.transport.send(request, into: .memory, limits: .test).text == "POST 0")
        }
    }

    @Test func waitsForNoBodyWhereThereIsNone() async throws {
        let handler: Fetcher.Handler = { request in
            switch request.path {
            case "/head": .ok("never sent")
            case "/204": .raw("HTTP/1.1 204 No Content\r\n\r\n", then: .keep)
            default: .raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", then: .keep)
            }
        }
        try await Fetcher.run(answering: handler) { fetcher in
            let head = await fetcher.transport.send(
                try fetcher.request("/head", method: "HEAD"), into: .memory, limits: .test)
            #expect(head.error == nil)
            #expect(head.text == "")
            #expect(head.response?.headers["content-length"] == "10")
            for status in [204, 304] {
                let result = await fetcher.get("/\(status)")
                #expect(result.error == nil)
                #expect(result.response?.status == status)
                #expect(result.response?.size == 0)
            }
            #expect(await fetcher.get("/204").error == nil)
        }
    }

    @Test(arguments: ["100 Continue", "103 Early Hints"]) func skipsWhatComesBeforeTheAnswer(_ line: String)
        async throws
    {
        let answer = "HTTP/1.1 \(line)\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok"
        try await Fetcher.run(answering: { _ in .raw(answer, then: .keep) }) { fetcher in
            let result = await fetcher.get()
            #expect(result.response?.status == 200)
            #expect(result.text == "ok")
            #expect(result.response?.headers.fields.map(\.name) == ["X-Late", "Content-Length"])
        }
    }

    @Test func takesExactlyTheDeclaredBytes() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"
        let handler: Fetcher.Handler = { $0.number == 1 ? .raw(answer, then: .keep) : .ok("good") }
        try await Fetcher.run(answering: handler) { fetcher in
            let first = await fetcher.get()
            #expect(first.text == "hello")
            #expect(await fetcher.get().text == "good")
        }
    }

    @Test func sendsTheCredentialsOfAURLAndHidesThem() async throws {
        try await Fetcher.run(answering: { .ok($0.header("authorization") ?? "none") }) { fetcher in
            let url = try FetchURL.parse("http://user:p%40ss@127.0.0.1:\(fetcher.server.port)/")
            let result = await fetcher.transport.send(Request(url), into: .memory, limits: .test)
            #expect(result.text == Credentials(pair: "user:p@ss").basic)
            let given = Request(url, headers: HeaderFields([("authorization", "Bearer x")]))
            #expect(await fetcher.transport.send(given, into: .memory, limits: .test).text == "Bearer x")
            #expect(await fetcher.get().text == "none")
        }
    }
}

extension LoopbackServer.Reply {
    /// The same, and then the end of the connection without a word in front.
    fileprivate func closing(after pause: Duration) -> Self {
        Self(steps + [.wait(pause), .close])
    }
}
