import TestSupport
import Testing

@Suite("issue 23.4: tasks of curl's manual run by their habits, or fail with the right name", .timeLimit(.minutes(20)))
struct CurlHabitTests {
    @Test(arguments: tasks.indices)
    func `a task of curl's manual`(index: Int) async throws { try await Self.tasks[index].check() }

    private static let tasks: [HabitTask] = [
        HabitTask("a script's -fsSL follows redirects and is silent", ["-fsSL", "--jsonl", "BASE/moved"]) { seen in
            seen.result.exit == 0 && seen.result.stderr.isEmpty && seen.log.map(\.path) == ["/moved", "/page"]
                && seen.result.stdout.contains(#""num_redirects":1"#)
        },
        HabitTask("-f fails on a 404", ["-f", "--jsonl", "BASE/missing"]) { seen in
            seen.result.exit == 1 && seen.result.stdout.contains("http-status")
        },
        HabitTask("-sv shows details although it is silent", ["-sv", "--jsonl", "BASE/page"]) { seen in
            seen.result.exit == 0 && seen.result.stderr.contains("libcurl")
        },
        HabitTask("-XPOST joins the method to its letter", ["-XPOST", "-da=1", "-HX-A: b", "BASE/page"]) { seen in
            seen.result.exit == 0 && seen.log.first?.method == "POST" && seen.log.first?.body == Array("a=1".utf8)
                && seen.log.first?.header("X-A") == "b"
        },
        HabitTask("-m5 joins a time, behind flags too", ["-sSm5", "-Z", "--jsonl", "BASE/page"]) { seen in
            seen.result.exit == 0 && seen.result.stderr.isEmpty
        },
        HabitTask("-e sends a referer", ["-e", "http://from.test/", "BASE/page"]) { seen in
            seen.result.exit == 0 && seen.log.first?.header("Referer") == "http://from.test/"
        },
        HabitTask("-r asks for a range", ["-r", "0-3", "--jsonl", "--body", "BASE/part"]) { seen in
            seen.result.exit == 0 && seen.log.first?.header("Range") == "bytes=0-3"
                && seen.result.stdout.contains(#""body":"0123""#)
                && seen.result.stdout.contains(#""response_code":206"#)
        },
        HabitTask("-r refuses what is not a range", ["-r", "5-2", "BASE/part"]) {
            $0.refusal?.contains("-r: '5-2' is not a valid range") == true
        },
        HabitTask("-z with a date is ok when nothing is newer", ["-z", "2024-12-31", "--jsonl", "BASE/old"]) { seen in
            seen.result.exit == 0 && seen.log.first?.header("If-Modified-Since") == "Tue, 31 Dec 2024 00:00:00 GMT"
                && seen.result.stdout.contains(#""ok":true,"response_code":304"#)
        },
        HabitTask("-z - asks for older ones", ["-z", "-Sun, 06 Nov 1994 08:49:37 GMT", "BASE/page"]) { seen in
            seen.result.exit == 0
                && seen.log.first?.header("If-Unmodified-Since") == "Sun, 06 Nov 1994 08:49:37 GMT"
        },
        HabitTask("-z takes the time of a file", ["-z", "mine", "BASE/page"], files: ["mine": "x"]) { seen in
            seen.result.exit == 0 && seen.log.first?.header("If-Modified-Since")?.hasSuffix(" GMT") == true
        },
        HabitTask("-z refuses what is neither", ["-z", "yesterday", "BASE/page"]) {
            $0.refusal?.contains("-z: 'yesterday' is neither a date") == true
        },
        HabitTask(
            "--url names URLs and lists", ["--jsonl", "--url", "BASE/a", "--url", "@list"], files: ["list": "BASE/b\n"]
        ) { seen in seen.result.exit == 0 && Set(seen.log.map(\.path)) == ["/a", "/b"] && seen.result.lines.count == 2
        },
        HabitTask("-c keeps cookies", ["-c", "jar", "BASE/cookie"]) { seen in
            try seen.result.exit == 0 && seen.scratch.text("jar").contains("seen")
        },
        HabitTask("-c with a number is not the concurrency", ["-c", "5", "BASE/page"]) {
            $0.refusal?.contains("-c is curl's cookie jar; use -j 5") == true
        },
        HabitTask("--create-dirs makes the folders of -o", ["--create-dirs", "--jsonl", "-o", "a/b/out", "BASE/page"]) {
            seen in try seen.result.exit == 0 && seen.scratch.text("a/b/out").contains("/page")
        },
        HabitTask("-w @file is a format", ["-s", "-w", "@format", "BASE/page"], files: ["format": "%{http_code}\\n\n"])
        {
            $0.result.exit == 0 && $0.result.stdout == "200\n" && $0.result.stderr.isEmpty
        },
        HabitTask("-# and -S change nothing where no terminal is", ["-#", "-S", "--jsonl", "BASE/page"]) {
            $0.result.exit == 0 && $0.result.stderr.isEmpty
        },
        HabitTask("-K is refused with what to type", ["-K", "curl.rc", "BASE/page"], files: ["curl.rc": "url = x\n"]) {
            $0.refusal?.contains("curl's file of options") == true && $0.refusal?.contains("urls.txt") == true
        },
        HabitTask("--http3 is named as not there", ["--http3", "BASE/page"]) {
            $0.refusal?.contains("'--http3' is not an option: libcurl is built without HTTP/3") == true
        },
        HabitTask("--path-as-is says why not", ["--path-as-is", "BASE/page"]) {
            $0.refusal?.contains("URLs are normalised as browsers do it") == true
        },
        HabitTask("-O saves under the name of the URL", ["-sSfLO", "BASE/file.txt"]) { seen in
            try seen.result.exit == 0 && seen.scratch.text("file.txt") == "content of /file.txt\n"
        },
        HabitTask(
            "-o /dev/null beside -w drops the body", ["-sSL", "-o", "/dev/null", "-w", "%{http_code}\\n", "BASE/moved"]
        ) {
            $0.result.exit == 0 && $0.result.stdout == "200\n" && $0.result.stderr.isEmpty
        },
        HabitTask("-o twice is not a file for each", ["-o", "a.html", "-o", "b.html", "BASE/a", "BASE/b"]) {
            $0.refusal?.contains("-o is given twice") == true && $0.refusal?.contains("--output-dir") == true
        },
        HabitTask("-o with #1 names the template", ["-o", "page_#1.txt", "BASE/{a,b}"]) {
            $0.refusal?.contains("--filename-template '{1}'") == true
        },
        HabitTask("-o with #1 and another ending does too", ["-o", "page_#1.json", "BASE/{a,b}"]) {
            $0.refusal?.contains("--filename-template '{1}'") == true
        },
        HabitTask(
            "-o /dev/null for each URL beside -w",
            ["-s", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{http_code} ", "BASE/a", "BASE/b"]
        ) {
            $0.result.exit == 0 && $0.result.stdout == "200 200 "
        },
        HabitTask("-v shows no secret of a query in a failure", ["-v", "--jsonl", "BASE/missing?token=s3cr3t7"]) {
            $0.result.exit == 1 && !$0.result.stderr.contains("s3cr3t7")
                && $0.result.stderr.contains("token=***: http-status")
        },
        HabitTask("-o page.html is not a list of pages", ["-o", "page.html", "BASE/[1-3]"]) {
            $0.refusal?.contains("to save bodies use --output-dir") == true
        },
        HabitTask("several -b are sent together", ["-b", "a=1", "-b", "b=2", "--jsonl", "BASE/page"]) {
            $0.result.exit == 0 && $0.log.first?.header("Cookie") == "a=1; b=2"
        },
        HabitTask("the record of one URL in a pipe names --print", ["BASE/page"]) {
            $0.result.exit == 0 && $0.result.complaints.count == 1 && $0.result.stderr.contains("--print body")
        },
        HabitTask("a body that is asked for has no such line", ["-s", "--print", "body", "BASE/page"]) {
            $0.result.stdout == "content of /page\n" && $0.result.stderr.isEmpty
        },
        HabitTask("--cache FILE is not a list", ["--cache", "c.db", "BASE/page"]) {
            $0.refusal?.contains("--cache=c.db") == true
        },
        HabitTask("-e with a password is refused", ["-e", "http://a:s3cr3t@h/", "BASE/page"]) {
            $0.refusal?.contains("a Referer has no user name") == true && !$0.result.stderr.contains("s3cr3t")
        },
        HabitTask("-e '' sends none", ["-e", "", "--jsonl", "BASE/page"]) {
            $0.result.exit == 0 && $0.log.first?.header("Referer") == nil
        },
        HabitTask("-X HEAD has no body", ["-X", "HEAD", "-d", "x", "BASE/page"]) {
            $0.refusal?.contains("-X HEAD requests headers only") == true
        },
        HabitTask("-H @FILE is not a header", ["-H", "@fields", "BASE/page"]) {
            $0.refusal?.contains("-H: @FILE is not supported") == true
        },
        HabitTask("a proxy's port has a limit", ["-x", "http://127.0.0.1:99999", "BASE/page"]) {
            $0.refusal?.contains("-x: 99999 is not a port") == true
        },
        HabitTask("a URL without its scheme shows no password", ["u:s3cr3t@127.0.0.1/x"]) {
            $0.refusal?.contains("a URL needs http://") == true && !$0.result.stderr.contains("s3cr3t")
        },
        HabitTask("wget's -t3 names --retry", ["-t3", "BASE/page"]) { $0.refusal?.contains("--retry") == true },
        HabitTask(
            "a cookie of -b and one that the server set are one field",
            ["-b", "a=1", "-c", "jar", "--max", "1", "--jsonl", "BASE/cookie", "BASE/page"]
        ) {
            $0.result.exit == 0
                && $0.log.last?.headers.filter { $0.name.lowercased() == "cookie" }.map(\.value) == ["seen=1; a=1"]
        },
        HabitTask("-L and --no-location contradict each other", ["-L", "--no-location", "BASE/page"]) {
            $0.refusal?.contains("-L and --no-location") == true
        },
        HabitTask("a value that looks like joined options stays one", ["--data", "-XPOST", "BASE/page"]) {
            $0.result.exit == 0 && $0.log.first?.body == Array("-XPOST".utf8)
        },
    ]

    @Test func `fail-early cancels what is in flight and starts nothing more`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.path == "/bad"
                ? LoopbackServer.Reply([.hold(gate), .text("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")])
                : LoopbackServer.Reply([.silence])
        }
        defer { server.stop() }
        let urls = ["\(server.baseURL)/bad", "\(server.baseURL)/silent[1-9]"]
        let result = try await Tool.start(
            ["--fail-early", "--jsonl", "--max", "3", "-m", "0", "--retry", "0"] + urls
        ) { _ in
            #expect(await server.waitUntil { $0.requestCount == 3 })
            gate.open()
        }
        #expect(result.exit == 1, "\(result.stderr)")
        let rows = try Row.lines(result)
        #expect(rows.count == 10)
        #expect(rows.count { $0.kind == "cancelled" } == 9)
        #expect(rows.count { $0.kind == "http-status" } == 1)
        #expect(server.requestCount == 3)
    }

    @Test func `one at a time, fail-early sends nothing after a failure that no retry follows`() async throws {
        let server = try LoopbackServer { $0.path == "/3" ? .status(500) : .ok() }
        defer { server.stop() }
        let arguments = ["--fail-early", "--jsonl", "--max", "1", "\(server.baseURL)/[1-9]"]
        let once = try await Tool.run(["--retry", "0"] + arguments)
        #expect(once.exit == 1)
        #expect(server.log.map(\.path) == ["/1", "/2", "/3"])
        let again = try await Tool.run(["--retry", "2", "--retry-delay", "10ms"] + arguments)
        #expect(again.exit == 1)
        #expect(server.log.dropFirst(3).filter { $0.path == "/3" }.count == 3)
        #expect(server.log.last?.path == "/3")
    }

    @Test func `fail-early ends a crawl with exit code 1`() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": .status(404)
            case "/": .html("<a href=/bad>x</a>")
            case "/bad": .status(410)
            default: .ok()
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--fail-early", "--jsonl", "\(server.baseURL)/"])
        #expect(result.exit == 1)
        #expect(result.lines.count == 2, "\(result.stdout)")
    }
}
