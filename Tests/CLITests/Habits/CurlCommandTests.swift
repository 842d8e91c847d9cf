import TestSupport
import Testing

@Suite("issue 23.2: --curl", .timeLimit(.minutes(20)))
struct CurlCommandTests {
    /// What a server sees of a request, without the order of the fields.
    private struct Sight: Equatable, CustomStringConvertible {
        let line: String
        let fields: [String]
        let body: [UInt8]
        var description: String { "\(line) \(fields) \(String(decoding: body, as: UTF8.self))" }

        init(_ request: LoopbackServer.Request) {
            line = "\(request.method) \(request.target)"
            // A form with files has another boundary each time.
            let type = request.header("Content-Type") ?? ""
            let boundary = type.firstRange(of: "boundary=").map { String(type[$0.upperBound...]) } ?? "\0"
            fields = request.headers.map {
                "\($0.name.lowercased()): \($0.value.replacing(boundary, with: "BOUNDARY"))"
            }.sorted()
            body = Array(String(decoding: request.body, as: UTF8.self).replacing(boundary, with: "BOUNDARY").utf8)
        }
    }

    private static let variables = [
        "FETCHALL_AUTHORIZATION": "Basic bWU6czNjcjN0LXBhc3M=", "FETCHALL_X_API_KEY": "k3y-k3y-k3y",
        "FETCHALL_COOKIE": "sid=c00kie-c00kie", "FETCHALL_PASSWORD": "hunter2-hunter2",
    ]

    @Test(arguments: [
        [], ["-X", "DELETE"], ["-X", "POST"], ["-I"], ["-d", "a=1&b=it's \"$HOME\" `x` \\n %s"], ["-d", ""],
        ["-d", "@BODY"], ["-X", "PUT", "-d", "@-starts"], ["-X", "GET", "-d", "x"],
        ["-H", "X-A: it's 'quoted'", "-H", "Accept:", "-H", "X-Empty;", "-H", "User-Agent:"],
        ["-A", "agent/1 (x; y)", "--no-compressed"], ["-A", ""],
        ["-u", "me:s3cr3t-pass", "-H", "X-Api-Key: k3y-k3y-k3y", "-b", "sid=c00kie-c00kie"],
        ["-d", "user=me&password=hunter2-hunter2&x=1"], ["-d", "{\"password\": \"hunter2-hunter2\", \"a\": [1]}"],
        ["-T", "BODY"], ["-X", "POST", "-T", "BODY"], ["-F", "a=1", "-F", "f=@BODY", "-F", "b=<BODY;type=text/plain"],
        ["-F", "a=it's", "--form-string", "b=@x"], ["-H", "X-A: 1", "-r", "0-9"],
        ["-m", "20s", "--connect-timeout", "1500ms", "-4", "--http1.1"],
    ])
    func `issue 23.2: a shell that runs the lines sends what fetchall sends`(options: [String]) async throws {
        let scratch = try Scratch()
        try scratch.write("BODY", "\u{1}b\\0% 'ü\u{7F}")
        let options = options.map {
            $0 == "@-starts" ? "a@b" : $0.replacing("BODY", with: scratch("BODY"))
        }
        let server = try LoopbackServer { _ in .ok("") }
        defer { server.stop() }
        let urls = ["\(server.baseURL)/a?b=c%20d&e='f'$g", "\(server.baseURL)/[1-2]", "\(server.baseURL)/%7Bx%7D"]
        let planned = try await Tool.run(["--curl"] + options + urls)
        #expect(planned.exit == 0, "\(planned.stderr)")
        #expect(server.requestCount == 0)
        #expect(planned.lines.count == 4)
        #expect(planned.lines.allSatisfy { $0.contains("curl ") })
        for (name, value) in Self.variables where planned.stdout.contains(name) {
            #expect(!planned.stdout.contains(value) && planned.stderr.contains(name))
        }
        let shell = try await Tool.shell("set -e; " + planned.stdout, environment: Self.variables)
        #expect(shell.exit == 0, "\(planned.stdout) \(shell.stderr)")
        let curl = server.log.map(Sight.init)
        let own = try await Tool.run(["--max", "1", "--jsonl"] + options + urls)
        #expect(own.exit == 0, "\(own.stderr)")
        let sent = server.log.dropFirst(curl.count).map(Sight.init)
        #expect(curl.count == 4)
        #expect(curl == Array(sent), "\(planned.stdout)")
    }

    @Test func `issue 23.2: without its variables a command sends nothing`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let planned = try await Tool.run(["--curl", "-u", "me:s3cr3t-pass", server.baseURL])
        #expect(try await Tool.shell(planned.stdout).exit != 0)
        #expect(server.requestCount == 0)
    }

    @Test func `issue 23.2: a secret field goes to no other host, so such a command follows no redirect, and says so`()
        async throws
    {
        let plain = try await Tool.run(["--curl", "http://a.test/"])
        #expect(plain.stdout.contains(" -L --max-redirs 10 "))
        for options in [["-H", "X-Api-Key: k3y-k3y"], ["--no-location"]] {
            let result = try await Tool.run(["--curl"] + options + ["http://a.test/"])
            #expect(!result.stdout.contains("-L"))
            #expect(
                result.stderr.contains("without -L, which would send X-Api-Key to other hosts") == (options[0] == "-H"))
        }
        #expect(try await Tool.run(["--curl", "-H", "X-A: 1", "http://a.test/"]).stdout.contains(" -L "))
        let repeated = try await Tool.run(["--curl", "-X", "DELETE", "http://a.test/"])
        #expect(
            !repeated.stdout.contains("-L") && repeated.stderr.contains("curl would repeat DELETE after a redirect"))
    }

    @Test func `issue 23.2: what curl has too is in its command`() async throws {
        let options = ["-i", "-D", "heads", "-f", "--limit-rate", "2M", "--max-filesize", "1k"]
        let result = try await Tool.run(["--curl"] + options + ["http://a.test/"])
        #expect(result.exit == 0 && result.stderr.isEmpty)
        for words in [" -i ", " -D heads ", " -f ", " --limit-rate 2097152 ", " --max-filesize 1024 "] {
            #expect(result.stdout.contains(words), "\(result.stdout)")
        }
        let heads = try await Tool.run(["--curl", "--print", "headers", "http://a.test/"])
        #expect(heads.stdout.contains(" -D - -o /dev/null "))
    }

    @Test(arguments: [["-F", "password=hunter2", "-F", "f=@BODY"], ["-F", "f=@BODY", "-F", "g=@GONE"]])
    func `issue 23.2: a pipe without its variable or its file sends nothing`(options: [String]) async throws {
        let scratch = try Scratch()
        try scratch.write("BODY", "x")
        try scratch.write("GONE", "y")
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let planned = try await Tool.run(["--curl"] + options + [server.baseURL], directory: scratch.path)
        _ = try await Tool.shell("rm GONE", directory: scratch.path)
        #expect(try await Tool.shell(planned.stdout, directory: scratch.path).exit != 0, "\(planned.stdout)")
        #expect(server.requestCount == 0)
    }

    @Test
    func `issue 23.2: the cookies of a file and of the command line are one field, and -T takes names as they are`()
        async throws
    {
        let scratch = try Scratch()
        try scratch.write("{x}[1]", "odd")
        try scratch.write("jar", "127.0.0.1\tFALSE\t/\tFALSE\t0\tq\t1\n")
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let options = ["-b", "jar", "-b", "z=2", "-T", "{x}[1]"]
        let planned = try await Tool.run(["--curl"] + options + [server.baseURL + "/y"], directory: scratch.path)
        let shell = try await Tool.shell(
            planned.stdout, environment: ["FETCHALL_COOKIE": "z=2"], directory: scratch.path)
        #expect(shell.exit == 0, "\(planned.stdout)\(shell.stderr)")
        _ = try await Tool.run(options + [server.baseURL + "/y"], directory: scratch.path)
        let log = server.log
        #expect(log.count == 2)
        for request in log {
            #expect(request.headers.filter { $0.name.lowercased() == "cookie" }.map(\.value) == ["q=1; z=2"])
            #expect(request.body == Array("odd".utf8))
        }
    }

    @Test(arguments: [["--json"], ["--jsonl"], ["--format", "csv"], ["--dry-run"], ["-w", "x"]])
    func `issue 23.2: --curl and another form contradict each other`(options: [String]) async throws {
        let result = try await Tool.run(["--curl"] + options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("--curl and \(options[0]) "))
    }
}
