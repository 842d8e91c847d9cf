import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("Output that cannot be written is exit 3 and a message", .timeLimit(.minutes(20)))
struct OutputErrorTests {
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
    func `row 109: a disk that is full ends the run`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "-o", "/dev/full", "\(server.baseURL)/[1-100000]"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("/dev/full: No space left on device"))
        #expect(result.stdout == "")
        #expect(server.requestCount < 50_000)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
    func `row 109: stdout that is full, and a failed list that is full, are the same`() async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let stdout = try await Tool.shell("exec \"$0\" --jsonl \"$1\" >/dev/full", ["\(server.baseURL)/"])
        #expect(stdout.exit == 3)
        #expect(stdout.stderr == "fetchall: cannot write standard output: No space left on device\n")
        let failed = try await Tool.run(["--jsonl", "--failed-to", "/dev/full", "\(server.baseURL)/"])
        #expect(failed.exit == 3)
        #expect(failed.stderr.contains("/dev/full: No space left on device"))
    }

    @Test func `row 109: a file that may grow no further ends the run`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            "ulimit -f 100; exec \"$0\" --jsonl -o \"$1\" \"$2\"", [scratch("out"), "\(server.baseURL)/[1-100000]"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write \(scratch("out")): File too large\n")
        #expect(server.requestCount < 50_000)
    }

    @Test(arguments: ["--output", "--failed-to"])
    func `row 111: a file that cannot be made is told before anything is sent`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", option, "/nonexistent/file", "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write /nonexistent/file: No such file or directory\n")
        #expect(result.stdout == "")
        #expect(server.requestCount == 0)
    }

    @Test func `row 111: a folder that cannot be written is told before anything is sent`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let file = try scratch.write("file", "")
        // /proc is read-only for everybody, root too.
        for folder in [file, file + "/a/b", "/proc/self", "/proc/self/a/b"] {
            let result = try await Tool.run(["--jsonl", "--output-dir", folder, "\(server.baseURL)/"])
            #expect(result.exit == 3, "\(folder)")
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains(folder))
            #expect(result.stdout == "")
        }
        #expect(server.requestCount == 0)
    }

    @Test(arguments: ["--jsonl", "--json", "--format=table"])
    func `row 108: stdout that is closed is told, and the run ends`(format: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell("exec \"$0\" \"$1\" \"$2\" >&-", [format, "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write standard output: standard output is closed\n")
    }

    @Test func `row 127: stderr that is closed does no harm`() async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let result = try await Tool.shell("exec \"$0\" --jsonl -v --summary \"$1\" 2>&-", ["\(server.baseURL)/[1-20]"])
        #expect(result.exit == 1)
        #expect(try Row.lines(result).count == 20)
    }

    @Test func `row 11: a body that failed leaves no file, whole ones stand beside it`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/cut": .raw("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n\(String(repeating: "x", count: 5000))")
            case "/reset": .raw("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\nxxxx", then: .reset)
            case "/missing": .status(404)
            case "/large": .stream(length: 100_000, of: [0x61])
            default: .ok("whole")
            }
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--json", "--retry", "0", "--max-filesize", "50k", "--output-dir", scratch("out"),
            "\(server.baseURL)/{cut,reset,missing,large,good}",
        ])
        #expect(result.exit == 1)
        let rows = try Row.array(result)
        #expect(rows.prefix(3).map(\.kind) == ["truncated", "connection-reset", "http-status"])
        #expect(rows.dropFirst(3).map(\.kind) == ["too-large", nil])
        #expect(rows.map(\.filenameEffective) == [nil, nil, nil, nil, scratch("out/good")])
        #expect(try scratch.names("out") == ["good"])
        #expect(try scratch.text("out/good") == "whole")
    }

    @Test func `row 74: an attempt that was cut leaves nothing in the file of the next`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            request.number == 1 ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nPARTIAL PARTIAL") : .ok("good")
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry-delay", "1ms", "--output-dir", scratch("out"), "\(server.baseURL)/file",
        ])
        #expect(result.exit == 0)
        #expect(try scratch.text("out/file") == "good")
    }

    @Test func `an interrupted run leaves no part of a file`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            guard request.path == "/endless" else { return .ok("good") }
            return .raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nxxxx", then: .silence)
        }
        defer { server.stop() }
        let folder = scratch("out")
        let result = try await Tool.start(["--json", "--output-dir", folder, "\(server.baseURL)/{good,endless}"]) {
            tool in
            #expect(await server.waitUntil { $0.requestCount == 2 && $0.inFlight == 1 })
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        #expect(try Row.array(result).map(\.kind) == [nil, "cancelled"])
        #expect(try scratch.names("out") == ["good"])
    }
}
