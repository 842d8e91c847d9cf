import TestSupport
import Testing

@Suite("issue 24: what is given for a host is secret whatever its name", .timeLimit(.minutes(20)))
struct FieldSecretTests {
    @Test func `no log shows the value of a field for a host, nor that of a proxy`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let folder = try ConfigFolder(user: "[hosts.\"\(server.baseURL)\"]\nheader = \"X-Team: env:TEAM\"\n")
        let result = try await folder.run(
            [
                "-vv", "--trace", scratch("trace"), "--header-for", "127.0.0.1:\(server.port):X-Place:hunter-place",
                "\(server.baseURL)/",
            ], environment: ["TEAM": "hunter-team"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.map { $0.values("X-Team") + $0.values("X-Place") } == [["hunter-team", "hunter-place"]])
        for text in [result.stdout, result.stderr, try scratch.text("trace")] {
            #expect(!text.contains("hunter"), "\(text)")
        }
        #expect(result.stderr.contains("X-Team: ***") && result.stderr.contains("X-Place: ***"), "\(result.stderr)")
        let curl = try await Tool.run(
            ["--curl", "--header-for", "127.0.0.1:\(server.port):X-Place:hunter-place", "\(server.baseURL)/"])
        #expect(curl.exit == 0 && !curl.stdout.contains("hunter"), "\(curl.stdout)")
        #expect(curl.stdout.contains("FETCHALL_X_PLACE"), "\(curl.stdout)")
        for format in [[], ["--jsonl"]] {
            let plan = try await Tool.run(
                ["--dry-run", "--header-for", "127.0.0.1:\(server.port):X-Place:hunter-place", "\(server.baseURL)/"]
                    + format)
            #expect(plan.exit == 0 && !plan.stdout.contains("hunter"), "\(plan.stdout)")
        }
    }

    @Test func `a value that the file itself has is hidden by its name, everywhere alike`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: "[hosts.\"\(server.baseURL)\"]\nheader = [\"X-Team: team-a\", \"X-Api-Key: k3y-a\"]\n")
        let trace = folder.scratch("trace")
        for arguments in [
            ["-v", "--trace", trace, "\(server.baseURL)/"], ["--curl", "\(server.baseURL)/"],
            ["--dry-run", "\(server.baseURL)/"], ["config", "show"],
        ] {
            let result = try await folder.run(arguments)
            #expect(result.exit == 0, "\(result.stderr)")
            let texts =
                [result.stdout + result.stderr] + (arguments.contains(trace) ? [try folder.scratch.text("trace")] : [])
            for text in texts { #expect(text.contains("team-a") && !text.contains("k3y-a"), "\(arguments): \(text)") }
        }
    }

    @Test func `a plan in JSON leaves out what is not known or secret, and says so once`() async throws {
        let folder = try ConfigFolder(
            user:
                "[hosts.\"http://127.0.0.1:1\"]\nheader = [\"X-Team: env:TEAM\", \"X-Plain: 1\"]\nbearer = \"cmd:false\"\n"
        )
        for format in ["--json", "--jsonl"] {
            let result = try await folder.run(
                [
                    "--dry-run", format, "http://127.0.0.1:1/[1-2]?a=1&token=s3cret",
                    "http://u:p4ss@h.test/?token=s3cret",
                ])
            #expect(result.exit == 0 && result.complaints.count == 2, "\(result.stderr)")
            #expect(
                result.stderr.contains("fields left out: Authorization, X-Team; give them again"), "\(result.stderr)")
            #expect(result.stderr.contains("URLs with *** do not work as input"), "\(result.stderr)")
            #expect(result.stdout.contains("X-Plain") && !result.stdout.contains("X-Team"), "\(result.stdout)")
            for secret in ["s3cret", "p4ss"] { #expect(!result.stdout.contains(secret), "\(result.stdout)") }
        }
        let plain = try await folder.run(["--dry-run", "--json", "-q", "http://h.test/"])
        #expect(plain.exit == 0 && plain.stderr.isEmpty, "\(plain.stderr)")
    }

    @Test func `the cache keeps the answers of two such values apart`() async throws {
        let server = try LoopbackServer { request in
            .response(
                headers: [("Cache-Control", "max-age=1000")], body: Array((request.header("X-Place") ?? "none").utf8))
        }
        defer { server.stop() }
        let scratch = try Scratch()
        var bodies: [String] = []
        for value in ["one", "two", "one", nil] {
            let rule = value.map { ["--header-for", "127.0.0.1:\(server.port):X-Place:\($0)"] } ?? []
            let result = try await Tool.run(
                ["--cache=" + scratch("c"), "--print", "body", "\(server.baseURL)/"] + rule)
            #expect(result.exit == 0, "\(result.stderr)")
            bodies.append(result.stdout)
        }
        #expect(bodies == ["one", "two", "one", "none"])
        #expect(server.requestCount == 3)
    }

    @Test func `a cookie without a domain goes to no host: a file with one is exit 2, of a pipe it is left out`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        for line in ["Set-Cookie: sess=hunter; Path=/", "\tFALSE\t/\tFALSE\t0\tsess\thunter"] {
            let file = try scratch.write("cookies", "127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\n\(line)\n")
            let result = try await Tool.run(["-b", file, "\(server.baseURL)/", "http://127.0.0.1:1/"])
            #expect(result.isMistake(["-b: ", "line 2: the cookie has no domain", "Domain=HOST"]), "\(result.stderr)")
            #expect(!result.stderr.contains("hunter") && server.requestCount == 0)
        }
        let file = try scratch.write(
            "piped", "Set-Cookie: sess=hunter\n127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\nSet-Cookie: c=hunter; Domain=.\n")
        let piped = try await Tool.shell("cat \"$1\" | \"$0\" -b /dev/stdin \"$2\"", [file, "\(server.baseURL)/"])
        #expect(piped.exit == 0, "\(piped.stderr)")
        #expect(server.log.map { $0.values("cookie") } == [["a=b"]])
    }

    @Test func `a line that is not a URL is shown up to its secret only`() async throws {
        let scratch = try Scratch()
        let list = """
            id\t{"url":"http://a/","headers":{"Authorization":"hunter2"}}
            Authorization: Bearer hunter2
            curl -H 'Authorization: hunter2' http://a/
            curl -u me:hunter2 http://a/

            """
        for format in ["--jsonl", "--format=csv", "-v"] {
            let result = try await Tool.run([format, "--failed-to", scratch("failed"), "-"], stdin: list)
            #expect(result.exit == 1)
            #expect(!(result.stdout + result.stderr + (try scratch.text("failed"))).contains("hunter2"), "\(format)")
            #expect(try scratch.text("failed").split(separator: "\n").count == 4)
        }
    }

    @Test func `a deadline before the first input is exit 124`() async throws {
        let result = try await Tool.shell("sleep 3 | \"$0\" --deadline 300ms --json -")
        #expect(result.exit == 124 && result.stdout == "[]\n", "\(result.exit) \(result.stdout)\(result.stderr)")
    }

    /// Letters of another option's value are not options.
    @Test(arguments: [
        ["-Pweb", "-u", "me:hunter2"], ["-wb", "-u", "me:hunter2"], ["-Aub", "--bearer", "hunter2"],
        ["-Pmenu", "-H", "Authorization: hunter2"], ["-qu", "me:hunter2"], ["-qume:hunter2"],
        ["-Ahunt", "-bsid=hunter2"],
    ])
    func `the list of processes does not show it behind joined values`(options: [String]) async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { server.stop() }
        let scratch = try Scratch()
        let mark = "\(server.baseURL)/mark"
        _ = try await Tool.start(options + ["--max-time", "0", mark], directory: scratch.path) { _ in
            #expect(await server.waitUntil(requests: 1))
            let lines = SecretOutputTests.commandLines(with: mark)
            #expect(lines.count == 1)
            for line in lines {
                let text = String(decoding: line, as: UTF8.self)
                #expect(!text.contains("hunter2"), "\(text)")
            }
            gate.open()
        }
    }
}
