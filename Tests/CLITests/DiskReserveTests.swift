import TestSupport
import Testing

@Suite("issue 22.5: a disk without room is told before a body is begun", .timeLimit(.minutes(20)))
struct DiskReserveTests {
    private static func canMount() async throws -> Bool {
        try await Tool.shell("exec unshare -m sh -c 'mount -t tmpfs none /mnt'").exit == 0
    }

    /// Saves into a file system of a size, and lists what is there afterwards on stderr.
    private func save(_ url: String, size: String, _ options: [String] = []) async throws -> ToolResult {
        try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=\(size) none /mnt
            "$0" --json --retry 2 --retry-delay 1ms --output-dir /mnt/out "$@"
            code=$?; ls -A /mnt/out >&2; exit $code' "$0" "$@"
            """, (options.contains("--max") ? [] : ["--max", "1"]) + options + [url])
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `a length beyond what is free is io, and the others are saved`() async throws {
        let chunk = [UInt8](repeating: 0x61, count: 65_536)
        let server = try LoopbackServer { request in
            switch request.path {
            case "/large": .stream(length: 500 << 20, of: chunk)
            case "/reserve": .stream(length: 22 << 20, of: chunk)
            case "/fits": .stream(length: 12 << 20, of: chunk)
            default: .ok("small")
            }
        }
        defer { server.stop() }
        let result = try await save("\(server.baseURL)/{large,reserve,one,fits}", size: "24m")
        let rows = try Row.array(result)
        #expect(rows.map(\.kind) == ["io", "io", nil, nil], "\(rows)")
        #expect(rows.first?.error?.message == "524 MB wanted, 25.2 MB free")
        let second = rows.dropFirst().first?.error?.message
        #expect(second == "23.1 MB wanted, 25.2 MB free, of which 3.1 MB are the reserve")
        #expect(rows.map(\.sizeDownload) == [0, 0, 5, 12 << 20])
        // It would be the same the next time.
        #expect(rows.map(\.numRetries) == [0, 0, 0, 0])
        #expect(result.exit == 3)
        #expect(result.stderr == "fits\none\n")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `a body without a length stops at the reserve`() async throws {
        let chunk = Array("4000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x4000) + Array("\r\n".utf8)
        let server = try LoopbackServer { _ in
            LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .flood(chunk, times: nil),
            ])
        }
        defer { server.stop() }
        let result = try await save("\(server.baseURL)/endless", size: "72m")
        let row = try #require(try Row.array(result).first)
        #expect(row.kind == "io")
        #expect(row.error?.message.contains("less than the reserve of 9.4 MB") == true, "\(row)")
        #expect(result.exit == 3)
        #expect(result.stderr == "")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `two bodies that are begun at once do not count the same space`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(12 << 20)\r\n\r\n"
            let half = [UInt8](repeating: 0x61, count: 6 << 20)
            if request.number == 2 { gate.open() }
            return LoopbackServer.Reply([.text(head), .send(half), .hold(gate), .wait(.milliseconds(300)), .send(half)])
        }
        defer { server.stop() }
        let result = try await save("\(server.baseURL)/[1-2]", size: "24m", ["--max", "2"])
        let rows = try Row.array(result)
        #expect(rows.filter(\.ok).count == 1 && rows.compactMap(\.kind) == ["io"], "\(rows)")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `the segments of one file count its space once`() async throws {
        let content = ServedFile.bytes(44 << 20)
        let server = try LoopbackServer { ServedFile(content).reply(to: $0) }
        defer { server.stop() }
        let result = try await save("\(server.baseURL)/file", size: "64m", ["--max", "8", "--segments", "8"])
        let row = try #require(try Row.array(result).first)
        #expect(row.ok && row.numRetries == 0, "\(row)")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `many small bodies stop at the reserve too`() async throws {
        let server = try LoopbackServer { _ in
            .response(body: [UInt8](repeating: 0x61, count: 1_000_000))
        }
        defer { server.stop() }
        let result = try await save("\(server.baseURL)/[1-100]", size: "72m", ["--max", "2"])
        let rows = try Row.array(result)
        #expect(rows.contains { $0.error?.message.contains("less than the reserve of 9.4 MB") == true }, "\(rows.last)")
        #expect(rows.allSatisfy { $0.error?.message.contains("No space") != true })
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `max-filesize is looked at first, and what is not saved needs no room`() async throws {
        let chunk = [UInt8](repeating: 0x61, count: 65_536)
        let server = try LoopbackServer { request in
            .stream(length: 30 << 20, of: chunk, status: request.path == "/gone" ? 404 : 200)
        }
        defer { server.stop() }
        let large = try await save("\(server.baseURL)/a", size: "24m", ["--max-filesize", "1M"])
        #expect(try Row.array(large).map(\.kind) == ["too-large"])
        let gone = try await save("\(server.baseURL)/gone", size: "24m")
        #expect(try Row.array(gone).map(\.kind) == ["http-status"])
    }
}
