import Subprocess
import TestSupport
import Testing

/// Programs that give a value of `[hosts]`, and runs that end before them.
@Suite struct ConfigProgramTests {
    /// A server, and a file whose program for it writes its process number and runs for a minute.
    private static func slow(_ server: LoopbackServer, _ scratch: Scratch) throws -> ConfigFolder {
        let program = try scratch.write("slow", "#!/bin/sh\necho $$ > \"$0.pid\"\nsleep 60 & wait\n")
        try ConfigFolder.setMode(program, 0o700)
        return try ConfigFolder(user: "[hosts.\"http://127.0.0.1:\(server.port)\"]\nbearer = \"cmd:\(program)\"\n")
    }

    /// Whether the program and what it started are gone.
    private static func isGone(_ scratch: Scratch) async throws -> Bool {
        let number = try scratch.text("slow.pid").filter(\.isNumber)
        for _ in 0..<100 {
            let script = "ps -e -o pgid=,stat= | awk -v group=$1 '$1 == group && $2 !~ /^Z/'"
            if try await Tool.shell(script, [number]).stdout.isEmpty { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    @Test(arguments: [
        ["fetch"], ["crawl"], ["gather"], ["map", "--url-template"],
    ])
    func `the deadline ends a run whose program is slow, and the program`(command: [String]) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let folder = try Self.slow(server, scratch)
        let url = "\(server.baseURL)/"
        let arguments = command + [command == ["gather"] ? "a=\(url)" : command.count > 1 ? "\(url){id}" : url]
        let start = ContinuousClock.now
        let result = try await folder.run(arguments + (command.count > 1 ? ["1"] : []) + ["--deadline", "1s"])
        #expect(result.exit == 124, "\(result.stderr)")
        #expect(ContinuousClock.now - start < .seconds(8))
        #expect(server.requestCount == 0)
        #expect(try await Self.isGone(scratch))
    }

    @Test(arguments: [("fetch", Signal.interrupt, 130), ("fetch", .terminate, 143), ("crawl", .interrupt, 130)])
    func `a signal ends a run whose program is slow, and the program`(
        command: String, signal: Signal, exit: Int
    ) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let folder = try Self.slow(server, scratch)
        let result = try await Tool.start(
            [command, "\(server.baseURL)/"], environment: folder.environment, directory: folder.scratch.path
        ) { running in
            while (try? scratch.text("slow.pid"))?.last != "\n" { try await Task.sleep(for: .milliseconds(5)) }
            try running.send(signal)
        }
        #expect(result.exit == exit, "\(result.stderr)")
        #expect(server.requestCount == 0)
        #expect(try await Self.isGone(scratch))
    }

    @Test func `a domain below which anyone can have a host gets no credentials`() async throws {
        for (host, isRefused) in [
            ("*.com", true), ("*.co.uk", true), ("*.github.io", true), ("*.example.com", false), ("*.corp", false),
            ("http://*.com", true),
        ] {
            let folder = try ConfigFolder(user: "[hosts.\"\(host)\"]\nbearer = \"token\"\n")
            let result = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
            if isRefused {
                #expect(result.isMistake(["config.toml:1:", "anyone"]), "\(host): \(result.stderr)")
            } else {
                #expect(result.exit == 0, "\(host): \(result.stderr)")
            }
            let pace = try ConfigFolder(user: "[hosts.\"\(host)\"]\nrate = \"5/s\"\n")
            #expect(try await pace.run(["--dry-run", "http://127.0.0.1:1/"]).exit == 0)
        }
    }

    @Test func `one line warns about a file of secrets that every user can read`() async throws {
        for (text, isSecret) in [
            ("[hosts.\"a.test\"]\nbearer = \"token\"\n", true), ("header = \"Authorization: Bearer x\"\n", true),
            ("[hosts.\"a.test\"]\nbearer = \"env:TOKEN\"\n", false), ("max = 3\n", false),
        ] {
            let folder = try ConfigFolder(user: text)
            for (mode, isOpen) in [(0o600, false), (0o644, true)] {
                try ConfigFolder.setMode(folder.file, mode)
                let result = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
                #expect(result.exit == 0, "\(result.stderr)")
                #expect(result.stderr.contains("can be read by every user") == (isSecret && isOpen), "\(text)")
            }
            #expect(try await !folder.run(["-q", "--dry-run", "http://127.0.0.1:1/"]).stderr.contains("every user"))
        }
    }
}
