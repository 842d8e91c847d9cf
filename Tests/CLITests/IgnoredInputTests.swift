import FoundationEssentials
import TestSupport
import Testing

@Suite("Input that was accepted and ignored is used or refused", .timeLimit(.minutes(20)))
struct IgnoredInputTests {
    private static let json = #"{"name": "a"}"#

    // MARK: Cookies

    @Test(arguments: [
        ("[{\"domain\": \"127.0.0.1\", \"name\": \"a\", \"value\": \"b\"}]\n", "line 1", "JSON"),
        ("# Netscape HTTP Cookie File\n127.0.0.1 FALSE / FALSE 0 a b\n", "line 2", "blanks, not by tabs"),
        ("127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\n\n127.0.0.1\tFALSE\t/\n", "line 3", "seven fields"),
        ("#HttpOnly_127.0.0.1 FALSE / FALSE 0 a b\n", "line 1", "blanks"),
        ("a: b\n", "line 1", "blanks"), ("a\n", "line 1", "not a cookie"),
    ])
    func `issue 20.17: a cookie file that libcurl would skip is refused`(
        content: String, line: String, reason: String
    ) async throws {
        let scratch = try Scratch()
        let file = try scratch.write("cookies", content)
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for option in ["-b", "--cookie"] {
            let result = try await Tool.run([option, file, "\(server.baseURL)/"])
            #expect(result.exit == 2)
            #expect(result.stdout == "" && result.complaints.count == 1)
            for word in ["-b: \(file): ", line, reason, "Netscape format"] {
                #expect(result.stderr.contains(word), "\(result.stderr)")
            }
        }
        #expect(server.requestCount == 0)
    }

    @Test(arguments: ["/nonexistent/cookies", "@/nonexistent/cookies", "session", "@a=b", "/tmp", "a b"])
    func `issue 20.17: a cookie file that cannot be read is told, in every command`(cookie: String) async throws {
        for command in [["fetch"], ["crawl"], ["github"]] {
            let result = try await Tool.run(command + ["-b", cookie, "http://127.0.0.1:1/"])
            #expect(result.exit == 2)
            #expect(result.stdout == "" && result.complaints.count == 1)
            #expect(
                result.stderr.contains("-b: ") && result.stderr.contains("a text without = names a file of cookies"))
        }
    }

    @Test func `issue 20.17: what curl reads as cookies is sent`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let lines = [
            "# Netscape HTTP Cookie File\r\n\r\n127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\r\n": "a=b",
            "#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb": "a=b", "127.0.0.1\tFALSE\tFALSE\t0\ta\tb\n": "a=b",
            "127.0.0.1\tFALSE\t/\tFALSE\t0\tempty\t\n": "empty=",
            "Set-Cookie: a=b; Domain=127.0.0.1\n": "a=b",
        ]
        for (index, (content, sent)) in lines.enumerated() {
            let file = try scratch.write("cookies \(index)", content)
            for name in [file, "@" + file] {
                let result = try await Tool.run(["-b", name, "\(server.baseURL)/"])
                #expect(result.exit == 0, "\(content) \(result.stderr)")
                #expect(server.log.last?.header("cookie") == sent, "\(content)")
            }
        }
        let before = server.requestCount
        // A pipe can be read once only: it is left to libcurl.
        let piped = try await Tool.shell(
            "cat \"$1\" | \"$0\" -b /dev/stdin \"$2\"",
            [try scratch.write("p", "Set-Cookie: p=q; Domain=127.0.0.1\n"), server.baseURL])
        #expect(piped.exit == 0, "\(piped.stderr)")
        #expect(server.log.last?.header("cookie") == "p=q")
        #expect(server.requestCount == before + 1)
        let empty = try await Tool.run(["-b", "", "\(server.baseURL)/"])
        #expect(empty.exit == 0)
    }

    // MARK: The format of -w

    @Test func `issue 20.17: -w @FILE reads the format as curl does`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let format = try scratch.write("format", "%{http_code}\r\n \n@\n%{method}\\n\n")
        let url = "\(server.baseURL)/"
        for arguments in [
            ["-w", "@" + format, url], ["fetch", "--write-out", "@" + format, url],
            ["map", "-w", "@" + format, "--url-template", url + "{id}", "1"],
            ["gather", "-w", "@" + format, "a=" + url],
            ["crawl", "--no-robots", "-w", "@" + format, url],
        ] {
            let result = try await Tool.run(arguments)
            #expect(result.stdout == "200 @GET\n", "\(arguments): \(result.stderr)")
        }
        let piped = try await Tool.run(["-w", "@-", url], stdin: "@%{http_code}\n")
        #expect(piped.stdout == "@200")
        let literal = try await Tool.run(["-w", "x@%{http_code}", url])
        #expect(literal.stdout == "x@200")
    }

    @Test func `issue 20.17: a format that cannot be read is told before anything is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let wrong = try scratch.write("wrong", "%{nothing}")
        let bytes = try scratch.write("bytes", [0x25, 0xFF])
        let url = "\(server.baseURL)/"
        for (arguments, message) in [
            (["-w", "@/nonexistent", url], "-w: /nonexistent: no such file"), (["-w", "@" + wrong, url], "%{nothing}"),
            (["-w", "@" + bytes, url], "is not UTF-8"),
            (["-w", "@-", "-"], "standard input (-) can be read only once"),
            (["-w", "@-", "-d", "@-", url], "standard input (-) can be read only once"),
            (["-d", "@-", "-"], "standard input (-) can be read only once"),
            (["map", "-d", "@-", "--url-template", url + "{id}", "-"], "can be read only once"),
            (["gather", "-d", "@-", "--each", "-", "a=\(url){id}"], "can be read only once"),
            (["github", "-b", "-", "--input", "-"], "can be read only once"),
            (["-w", "@" + (try scratch.write("fields", "%{http_code}")), "--body", url], "--body"),
        ] as [([String], String)] {
            let result = try await Tool.run(arguments)
            #expect(result.exit == 2, "\(arguments)")
            #expect(result.complaints.count == 1 && result.stderr.contains(message), "\(result.stderr)")
        }
        #expect(server.requestCount == 0)
    }

    // MARK: Fields without a place

    @Test(arguments: ["--body", "--include-headers"])
    func `issue 20.17: a field that the output has no place for is refused`(option: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .json(Self.json) }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        for format in [[], ["--format", "table"], ["--format", "csv"], ["--format", "tsv"], ["-w", "%{url}"]] {
            for command in [["fetch", url], ["crawl", "--no-robots", url]] {
                let result = try await Tool.run(command + [option] + format)
                #expect(result.exit == 2, "\(command) \(format)")
                #expect(result.complaints.count == 1 && result.stderr.contains("\(option): "), "\(result.stderr)")
            }
        }
        #expect(server.requestCount == 0)
        for format in [["--json"], ["--jsonl"], ["-w", "%{json}"]] {
            let result = try await Tool.run([url, option] + format)
            #expect(result.exit == 0)
            #expect(result.stdout.contains(option == "--body" ? "\"json\":{" : "\"headers\":{"), "\(format)")
        }
        let rows = try await Tool.run([url, option, "--format", "csv", "--sqlite", scratch("rows.db")])
        #expect(rows.exit == 0, "\(rows.stderr)")
    }

    @Test func `issue 20.17: a jq program is told what the records do not have`() async throws {
        let server = try LoopbackServer { _ in .json(Self.json) }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        for (arguments, message) in [
            (["--jq", ".[].json"], "fetchall: --jq: a record has .json with --body only\n"),
            (["--jsonl", "--jq", "{url, body}"], "fetchall: --jq: a record has .body with --body only\n"),
            (["--jq", ".[0].headers.etag"], "fetchall: --jq: a record has .headers with --include-headers only\n"),
            (["--body", "--jq", ".[].json"], ""), (["--include-headers", "--jq", ".[].headers"], ""),
            (["-q", "--jq", ".[].json"], ""), (["--jq", "map(.url)[0] | .[0:4]"], ""),
        ] as [([String], String)] {
            let result = try await Tool.run(arguments + [url])
            #expect(result.exit == 0)
            #expect(result.stderr == message, "\(arguments)")
        }
        let map = try await Tool.run(["map", "--url-template", url + "{id}", "--jq", ".[\"1\"].json", "1"])
        #expect(map.stderr == "")
    }

    // MARK: Help and version

    @Test(arguments: ["crawl", "check", "github", "gather", "map", "cache", "fetch"])
    func `issue 20.17: help that is asked for before the command is the command's`(command: String) async throws {
        let behind = try await Tool.run([command, "--help"])
        for name in ["--help", "-h"] {
            let before = try await Tool.run([name, command])
            #expect(before.exit == 0 && before.stderr == "")
            #expect(before.stdout == (try await Tool.run([command, name])).stdout, "\(name)")
        }
        #expect(behind.stdout.contains("fetchall \(command == "fetch" ? "[<options>]" : command)"))
        let version = try await Tool.run(["--version"])
        #expect(version.stdout.hasPrefix("fetchall "))
        for arguments in [[command, "--version"], ["--version", command], [command, "-V"], ["-V", command]] {
            let result = try await Tool.run(arguments)
            #expect(result.exit == 0 && result.stdout == version.stdout, "\(arguments): \(result.stderr)")
        }
    }

    @Test func `issue 20.17: the help of a command's command may be asked for first too`() async throws {
        let behind = try await Tool.run(["cache", "stats", "--help"])
        #expect(behind.stdout.contains("as JSON"))
        #expect(try await Tool.run(["--help", "cache", "stats"]).stdout == behind.stdout)
        let version = try await Tool.run(["cache", "stats", "-V"])
        #expect(version.exit == 0 && version.stdout.hasPrefix("fetchall "))
    }

    @Test(arguments: [["--help"], ["crawl", "--help"], ["--help", "map"], ["help", "github"]])
    func `issue 20.20: help is as wide as the terminal`(arguments: [String]) async throws {
        func widest(_ columns: String) async throws -> Int {
            let environment = columns.isEmpty ? [:] : ["COLUMNS": columns]
            let result = try await Tool.run(arguments, environment: environment)
            #expect(result.exit == 0)
            // A line of usage and a default that is one word are not wrapped.
            return result.stdout.split(separator: "\n").filter { $0.hasPrefix("   ") }.map(\.count).max() ?? 0
        }
        let (narrow, usual, wide) = (try await widest("64"), try await widest(""), try await widest("120"))
        #expect((50...64).contains(narrow) && (90...100).contains(usual) && (105...120).contains(wide))
        #expect(try await widest("500") == wide)
        #expect(try await widest("wide") == usual)
    }

    @Test func `issue 20.20: a terminal's own width is used`() async throws {
        guard try await Terminal.isThere() else { return }
        let screen = try await Terminal.screen("\"$FETCHALL\" --help", url: "")
        let lines = screen.stdout.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("   ") }
        // The default of --retry-on is one word, which is not wrapped.
        #expect((45...62).contains(lines.map(\.count).max() ?? 0))
    }

    // MARK: Suggestions

    @Test(
        arguments: [
            ("--maxx", "--max"), ("--retyr", "--retry"), ("--jsno", "--json"), ("--retries", nil), ("--max-xyz", nil),
            ("--foo", "--form"), ("--qqq", "--jq"), ("--qqqq", nil),
        ] as [(String, String?)])
    func `issue 20.20: an option is suggested if at most two letters differ`(
        given: String, suggestion: String?
    ) async throws {
        for command in [["fetch"], ["crawl"]] {
            let result = try await Tool.run(command + [given, "3", "http://127.0.0.1:1/"])
            #expect(result.exit == 2)
            let advice = suggestion.map { ". Did you mean '\($0)'?" } ?? ""
            #expect(result.stderr == "fetchall: Unknown option '\(given)'\(advice)\n")
        }
    }

    @Test func `issue 20.20: sizes and statuses are taken in every notation that the program prints`() async throws {
        let server = try LoopbackServer {
            $0.path == "/large" ? .ok(String(repeating: "x", count: 1001)) : .status(502)
        }
        defer { server.stop() }
        let large = try await Tool.run(["--jsonl", "--max-filesize", "1kB", "--retry", "0", "\(server.baseURL)/large"])
        #expect(try Row.only(large).kind == "too-large")
        let fits = try await Tool.run(["--jsonl", "--max-filesize", "1KiB", "\(server.baseURL)/large"])
        #expect(try Row.only(fits).ok)
        for list in ["5xx", "500..599", "418,500-503", "timed-out,5xx"] {
            let before = server.requestCount
            let result = try await Tool.run([
                "--jsonl", "--retry", "1", "--retry-delay", "1ms", "--retry-on", list, "\(server.baseURL)/busy",
            ])
            #expect(try Row.only(result).numRetries == 1, "\(list)")
            #expect(server.requestCount == before + 2)
        }
        let result = try await Tool.run(["--retry-on", "5xx,", "\(server.baseURL)/"])
        #expect(result.exit == 2 && result.stderr.contains("5xx, connection-refused"))
    }
}

@Suite(
    "issue 20.17: the environment names whom to trust, in curl's order", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct TrustEnvironmentTests {
    private func isTrusted(
        _ server: TLSServer, _ environment: [String: String], _ arguments: [String] = []
    ) async throws -> Bool {
        let result = try await Tool.run(
            ["--jsonl", "--retry", "0"] + arguments + [server.url], environment: environment)
        let row = try Row.only(result)
        #expect(row.ok || row.kind == "tls-failed")
        return row.ok
    }

    @Test func `a bundle, a directory and a file are trusted; --cacert and -k come first`() async throws {
        try await TLSServer.run { server in
            let scratch = try Scratch()
            let made = try await Tool.shell(
                "mkdir hashed && cp \"$1\" \"hashed/$(openssl x509 -noout -hash -in \"$1\").0\" && mkdir empty",
                [server.certificate], directory: scratch.path)
            try #require(made.exit == 0, "\(made.stderr)")
            let (good, other) = (server.certificate, server.clientCertificate)
            let (hashed, empty) = (scratch("hashed"), scratch("empty"))
            #expect(try await !isTrusted(server, [:]))
            #expect(try await isTrusted(server, ["CURL_CA_BUNDLE": good]))
            #expect(try await isTrusted(server, ["SSL_CERT_FILE": good]))
            #expect(try await isTrusted(server, ["SSL_CERT_DIR": hashed]))
            // The directory and the file count together, the bundle counts alone, and what is empty is not set.
            #expect(try await isTrusted(server, ["SSL_CERT_DIR": hashed, "SSL_CERT_FILE": other]))
            #expect(try await isTrusted(server, ["SSL_CERT_DIR": empty, "SSL_CERT_FILE": good]))
            #expect(try await !isTrusted(server, ["CURL_CA_BUNDLE": other, "SSL_CERT_FILE": good]))
            #expect(try await !isTrusted(server, ["CURL_CA_BUNDLE": other, "SSL_CERT_DIR": hashed]))
            #expect(try await isTrusted(server, ["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": good]))
            #expect(try await isTrusted(server, ["CURL_CA_BUNDLE": other], ["--cacert", good]))
            #expect(try await !isTrusted(server, ["CURL_CA_BUNDLE": good], ["--cacert", other]))
            #expect(try await isTrusted(server, ["CURL_CA_BUNDLE": "/nonexistent"], ["-k"]))
            #expect(try await !isTrusted(server, ["SSL_CERT_FILE": "/nonexistent"]))
        }
    }
}
