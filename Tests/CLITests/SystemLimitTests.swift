import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("Limits of the system and of memory cost no record", .timeLimit(.minutes(20)))
struct SystemLimitTests {
    /// Runs the command and gives the most memory it had, in MiB.
    private func measured(_ arguments: [String]) async throws -> (result: ToolResult, peak: Int) {
        let result = try await Tool.shell(
            """
            exec python3 -c 'import resource, subprocess, sys
            code = subprocess.call(sys.argv[1:])
            print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(code)' "$0" "$@"
            """, arguments)
        let line = try #require(result.complaints.last { $0.hasPrefix("PEAK ") }, "\(result.stderr)")
        return (result, (Int(line.dropFirst(5)) ?? 0) / 1024)
    }

    static func hasPython() async throws -> Bool { try await Tool.shell("command -v python3").exit == 0 }

    /// What one small answer needs.
    private func base() async throws -> Int {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        return try await measured(["--jsonl", "\(server.baseURL)/"]).peak
    }

    private static let chunk = [UInt8](repeating: 0x61, count: 65_536)
    /// 1 GiB in 1 MiB.
    private static let bomb = LoopbackServer.gzip([UInt8](repeating: 0, count: 1 << 20), times: 1024)

    @Test(
        .enabled("no python3") { try await hasPython() },
        arguments: ["bomb", "body", "chunks", "fields", "field", "1xx"], [[], ["--body"], ["--output-dir"]])
    func `rows 21, 31, 32: what has no end stops at the limit, and memory stays where it was`(
        form: String, into: [String]
    ) async throws {
        // Made before anybody looks at a clock.
        #expect(Self.bomb.count < 2 << 20)
        let server = try LoopbackServer { _ in
            let ok = "HTTP/1.1 200 OK\r\n"
            return switch form {
            case "bomb": .response(headers: [("Content-Encoding", "gzip")], body: Self.bomb)
            case "body": .init([.text(ok + "\r\n"), .flood(Self.chunk, times: nil)])
            case "chunks":
                .init([
                    .text(ok + "Transfer-Encoding: chunked\r\n\r\n"),
                    .flood(Array("10000\r\n".utf8) + Self.chunk + Array("\r\n".utf8), times: nil),
                ])
            case "fields": .init([.text(ok), .flood(Array("X-Field: abcdefghijklmnop\r\n".utf8), times: nil)])
            case "field": .init([.text(ok + "X: "), .flood(Self.chunk, times: nil)])
            default: .init([.flood(Array("HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n".utf8), times: nil)])
            }
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let limit = 2 << 20
        let options = into == ["--output-dir"] ? into + [scratch("out")] : into
        let (result, peak) = try await measured(
            ["--jsonl", "--retry", "0", "--max-filesize", "\(limit)"] + options + ["\(server.baseURL)/x"])
        let row = try Row.only(result)
        #expect(row.kind == "too-large", "\(row)")
        // Two seconds of an idle machine.
        #expect((row.timeTotal ?? 99) < 20)
        #expect((row.sizeDownload ?? 0) <= limit + (1 << 20))
        let base = try await base()
        #expect(peak - base <= 30, "\(peak) MiB, \(base) at rest")
        #expect((try? scratch.names("out")) ?? [] == [])
    }

    @Test(
        .enabled("no python3") { try await hasPython() }, arguments: [[], ["--body"], ["--output-dir"]])
    func `row 14: a length of 10^15 is believed by nobody`(into: [String]) async throws {
        let server = try LoopbackServer { _ in
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\nhello")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let options = into == ["--output-dir"] ? into + [scratch("out")] : into
        let (result, peak) = try await measured(["--jsonl", "--retry", "0"] + options + ["\(server.baseURL)/x"])
        // A file system that could take it is not there.
        let kinds = [[]: "truncated", ["--body"]: "too-large", ["--output-dir"]: "io"]
        #expect(result.exit == (into == ["--output-dir"] ? 3 : 1))
        #expect(try Row.only(result).kind == kinds[into])
        let base = try await base()
        #expect(peak - base <= 10, "\(peak) MiB, \(base) at rest")
        #expect((try? scratch.names("out")) ?? [] == [])
    }

    @Test(.enabled("no python3") { try await hasPython() })
    func `row 50: thousands of hosts cost little memory each`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        var peaks: [Int] = []
        for count in [500, 5000] {
            let (result, peak) = try await measured(
                ["--jsonl", "--max", "50", "http://h[1-\(count)].localhost:\(server.port)/"])
            #expect(result.exit == 0)
            let rows = try Row.lines(result)
            #expect(rows.count == count)
            #expect(rows.allSatisfy { $0.ok })
            peaks.append(peak)
        }
        try #require(peaks.count == 2)
        // 4,500 hosts more, of less than 8 KiB each.
        #expect(peaks[1] - peaks[0] <= 36, "\(peaks) MiB")
        #expect(server.peakConnections <= 2000)
    }

    @Test func `row 123: 64 descriptors and a hundred at once lose nothing`() async throws {
        let server = try LoopbackServer { _ in .ok(after: .milliseconds(5)) }
        defer { server.stop() }
        for options in ["--jsonl", "--jsonl --output-dir out"] {
            let scratch = try Scratch()
            let result = try await Tool.shell(
                "ulimit -n 64; exec \"$0\" --max 100 --retry 0 \(options) \"$1\"", ["\(server.baseURL)/[1-200]"],
                directory: scratch.path)
            #expect(result.exit == 0, "\(result.stderr)")
            let rows = try Row.lines(result)
            #expect(rows.count == 200)
            #expect(rows.allSatisfy { $0.ok })
            // Said once.
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains("ulimit -n"))
        }
    }

    @Test(.enabled("no python3") { try await hasPython() })
    func `row 48: a thousand connections that a server holds are all there, at a few KB each`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in
            LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps)
        }
        defer { server.stop() }
        let count = 1000
        let opener = Task {
            // The run may have to wait for its turn.
            _ = await server.waitUntil(timeout: .seconds(900)) { $0.inFlight == count }
            gate.open()
        }
        let (result, peak) = try await measured(
            [
                "--jsonl", "--retry", "0", "-m", "5m", "--connect-timeout", "2m", "--max", "\(count)",
                "\(server.baseURL)/[1-\(count)]",
            ])
        opener.cancel()
        await opener.value
        #expect(result.exit == 0)
        #expect(try Row.lines(result).allSatisfy { $0.ok })
        #expect(server.peakInFlight == count)
        #expect(server.peakConnections <= count)
        let base = try await base()
        #expect(peak - base <= 60, "\(peak) MiB, \(base) at rest")
    }

    @Test func `row 124: too little memory ends with a message or a record, and not in silence`() async throws {
        let server = try LoopbackServer { _ in .stream(length: 64 << 20, of: Self.chunk) }
        defer { server.stop() }
        // Enough to start in, too little for bodies of 64 MB.
        let result = try await Tool.shell(
            "ulimit -v 1200000; exec \"$0\" --jsonl --max 4 \"$1\"", ["\(server.baseURL)/[1-8]"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try Row.lines(result).count == 8)
        // Less than the release build's own 101 MB, and the kernel ends it before it can say anything.
        for kilobytes in [150_000, 200_000, 400_000] {
            let little = try await Tool.shell(
                "ulimit -v \(kilobytes); exec timeout -s KILL 30 \"$0\" --jsonl \"$1\"", ["\(server.baseURL)/"])
            #expect(little.exit != 0 && little.exit != 137 && little.exit < 1000, "\(little.exit)")
            #expect(!little.stderr.isEmpty)
            #expect(little.stdout == "")
        }
    }

    @Test(.enabled("no python3") { try await hasPython() })
    func `row 103: a line of a hundred megabytes is one record in bounded memory`() async throws {
        let result = try await Tool.shell(
            """
            head -c 104857600 /dev/zero | tr '\\0' a | python3 -c 'import resource, subprocess, sys
            code = subprocess.call(sys.argv[1:])
            print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(code)' "$0" --jsonl -
            """)
        let row = try Row.only(result)
        #expect(row.kind == "invalid-url")
        #expect(row.url.utf8.count <= 2048)
        #expect(result.stdout.utf8.count < 8192)
        let peak = try #require(result.complaints.last?.split(separator: " ").last.flatMap { Int($0) })
        #expect(peak < 100 << 10, "\(peak) KiB")
    }

    /// Behind a host that never answers others are looked for, but not without end.
    @Test(.enabled("no python3") { try await hasPython() })
    func `an endless list of a dead host is read a bounded way ahead`() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            yes "$1" | python3 -c 'import resource, subprocess, sys
            code = subprocess.call(sys.argv[1:])
            print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(code)' "$0" -w '%{urlnum}\\n' --deadline 4s -
            """, ["\(server.baseURL)/"])
        #expect(result.exit == 124)
        // What came after the deadline has its records too: only memory shows how far it was read before.
        let peak = try #require(result.complaints.last?.split(separator: " ").last.flatMap { Int($0) })
        #expect(peak < 100 << 10, "\(peak) KiB")
    }

    @Test(.enabled("no python3") { try await hasPython() })
    func `row 104: an endless list is read as it is needed`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            yes "$1" | python3 -c 'import resource, subprocess, sys
            code = subprocess.call(sys.argv[1:])
            print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(code)' "$0" -w '%{http_code}\\n' --deadline 3s -
            """, ["\(server.baseURL)/"])
        #expect(result.exit == 124)
        #expect(result.lines.contains("200"))
        let peak = try #require(result.complaints.last?.split(separator: " ").last.flatMap { Int($0) })
        #expect(peak < 300 << 10, "\(peak) KiB")
    }

    /// libdispatch ends the process with SIGILL where it gets no descriptor.
    @Test(arguments: [4, 9, 13, 16, 20, 24])
    func `few descriptors end in records or in one line, never in a crash`(count: Int) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for options in ["", "--cache=cache", "--sqlite table", "--resume journal", "--dedupe", "-o out"] {
            let scratch = try Scratch()
            let result = try await Tool.shell(
                "ulimit -n \(count); exec \"$0\" --jsonl --max 4 --max-wait 1s \(options) \"$1\"",
                ["\(server.baseURL)/[1-8]"], directory: scratch.path)
            #expect([0, 1, 2, 3].contains(result.exit), "\(options): \(result)")
            #expect(result.exit == 0 || !result.stderr.isEmpty, "\(options): \(result)")
        }
    }
}
