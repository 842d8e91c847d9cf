import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.3: the command line before the folder's file, and that before the user's", .timeLimit(.minutes(20)))
struct ConfigRunTests {
    private func server() throws -> LoopbackServer { try LoopbackServer { _ in .ok("text") } }

    @Test func `the user's file sets options, and the command line replaces them`() async throws {
        let server = try server()
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: """
                user-agent = "from-file"
                header = ["X-A: 1", "X-B: 2"]
                compressed = false
                jsonl = true
                """)
        let plain = try await folder.run(["\(server.baseURL)/"])
        #expect(try Row.only(plain).ok)
        let other = try await folder.run([
            "-A", "from-line", "-H", "X-C: 3", "--compressed", "--format", "csv", "\(server.baseURL)/",
        ])
        #expect(other.exit == 0 && other.lines.count == 2, "\(other.stderr)")
        let none = try await folder.run(["--no-config", "\(server.baseURL)/"])
        #expect(none.exit == 0 && !none.stdout.hasPrefix("{"))
        let log = server.log
        try #require(log.count == 3)
        #expect(log.map { $0.header("User-Agent") } == ["from-file", "from-line", "fetchall/0.1.0"])
        #expect(log.map { $0.header("X-A") } == ["1", nil, nil] && log.map { $0.header("X-B") } == ["2", nil, nil])
        #expect(log.map { $0.header("X-C") } == [nil, "3", nil])
        #expect(log.map { $0.header("Accept-Encoding") != nil } == [false, true, true])
    }

    @Test func `an alias, a short name and another option of the same group replace a setting`() async throws {
        let folder = try ConfigFolder(user: "parallel-max = 3\nhttp2 = true\nquiet = true\nformat = \"json\"\n")
        for arguments in [
            ["-j", "4"], ["--max=4"], ["--http1.1"], ["-v"], ["--curl"], ["--jsonl"], ["-w", "x"], ["-i"],
        ] {
            let plan = arguments == ["--curl"] ? [] : ["--dry-run"]
            let result = try await folder.run(arguments + plan + ["http://127.0.0.1:1/"])
            #expect(result.exit == 0, "\(arguments): \(result.stderr)")
        }
    }

    @Test func `the folder's file is before the user's, and the command line before both`() async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: "accept = \"200\"\njson = true\nretry = 0\n", folder: "accept = \"404\"\nformat = \"jsonl\"\n")
        let both = try await folder.run(["\(server.baseURL)/"])
        #expect(both.exit == 0 && both.stdout.hasPrefix("{"), "\(both.stdout)\(both.stderr)")
        let line = try await folder.run(["--accept", "x", "\(server.baseURL)/"])
        #expect(line.isMistake(["--accept"]) && !line.stderr.contains(".toml"), "\(line.stderr)")
        let strict = try await folder.run(["--accept", "200", "--json", "\(server.baseURL)/"])
        #expect(strict.exit == 1 && strict.stdout.hasPrefix("["), "\(strict.stderr)")
        let without = try await folder.run(["--no-config", "\(server.baseURL)/"])
        #expect(without.exit == 1)
        #expect(server.requestCount == 3)
    }

    @Test func `sections are for their commands, and above them is what a command has`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/"
                ? .response(
                    headers: [("Content-Type", "text/html")], body: Array("<a href=/a/>a</a><a href=/b/>b</a>".utf8))
                : .ok("text")
        }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: """
                jsonl = true
                include = false
                body = false
                accept = "200,404"
                [crawl]
                exclude = "/b/"
                no-robots = true
                [check]
                user-agent = "checker"
                [github]
                repos = true
                """)
        let crawl = try await folder.run(["crawl", "\(server.baseURL)/"])
        #expect(crawl.exit == 0, "\(crawl.stderr)")
        #expect(server.log.map(\.path).sorted() == ["/", "/a/"])
        let check = try await folder.run(["crawl", "--check", "\(server.baseURL)/"])
        #expect(check.exit == 0, "\(check.stderr)")
        // What is excluded from a crawl is checked once all the same.
        #expect(server.log.suffix(3).map(\.path).sorted() == ["/", "/a/", "/b/"])
        #expect(server.log.map { $0.header("User-Agent") }.filter { $0 == "checker" }.count == 3)
        let github = try await folder.run(["github", "--dry-run", "octocat"])
        #expect(github.exit == 0, "\(github.stderr)")
        let map = try await folder.run(["map", "--dry-run", "--url-template", "\(server.baseURL)/{id}", "1"])
        #expect(map.exit == 0, "\(map.stderr)")
        let gather = try await folder.run(["gather", "--dry-run", "a=\(server.baseURL)/"])
        #expect(gather.exit == 0, "\(gather.stderr)")
    }

    @Test func `--config, FETCHALL_CONFIG and the two folders of the specification name the file`() async throws {
        let folder = try ConfigFolder(user: "json = true\n")
        let url = "http://127.0.0.1:1/"
        let home = ["XDG_CONFIG_HOME": "", "HOME": folder.scratch("home")]
        try FileManager.default.createDirectory(
            atPath: folder.scratch("home/.config"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: folder.scratch("xdg/fetchall"), toPath: folder.scratch("home/.config/fetchall"))
        let path = folder.scratch("home/.config/fetchall/config.toml")
        let lines = try folder.scratch.write("lines.toml", "jsonl = true\n")
        try ConfigFolder.setMode(lines, 0o600)
        #expect(try await folder.run(["--dry-run", url], environment: home).stdout.hasPrefix("["))
        #expect(try await folder.run(["config", "path"], environment: home).stdout == path + "\n")
        let relative = ["XDG_CONFIG_HOME": "home/.config", "HOME": "/nonexistent"]
        #expect(try await folder.run(["--dry-run", url], environment: relative).stdout.hasPrefix("GET"))
        let folders = ["XDG_CONFIG_HOME": "", "HOME": "home"]
        #expect(try await folder.run(["--dry-run", url], environment: folders).stdout.hasPrefix("GET"))
        let variable = home.merging(["FETCHALL_CONFIG": lines]) { $1 }
        #expect(try await folder.run(["--dry-run", url], environment: variable).stdout.hasPrefix("{"))
        #expect(try await folder.run(["config", "path"], environment: variable).stdout == lines + "\n")
        let option = try await folder.run(["--config", path, "--dry-run", url], environment: variable)
        #expect(option.stdout.hasPrefix("["), "\(option.stderr)")
        #expect(try await folder.run(["--dry-run", "--config=\(lines)", url], environment: home).stdout.hasPrefix("{"))
        // The value of another option is no option.
        let value = try await folder.run(["--dry-run", "-d", "--no-config", url], environment: home)
        #expect(value.stdout.hasPrefix("["), "\(value.stderr)")
        let off = ["FETCHALL_CONFIG": "/dev/null"]
        #expect(try await folder.run(["--dry-run", url], environment: off).stdout.hasPrefix("GET"))
        #expect(try await folder.run(["config", "path"], environment: off).exit == 2)
    }
}
