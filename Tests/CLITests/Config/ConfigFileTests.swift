import FoundationEssentials
import TestSupport
import Testing

@Suite(
    "issue 24.3: a mistake in a configuration file is one line with file, line and the nearest name",
    .timeLimit(.minutes(20)))
struct ConfigFileTests {
    /// A file, the line of its mistake, and words of the message.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let words: [String]
        var testDescription: String { String(text.prefix(40)) }

        init(_ text: String, _ line: Int, _ words: [String]) {
            self.text = text
            self.line = line
            self.words = words
        }
    }

    private static let mistakes = [
        Mistake("maxx = 5", 1, ["'maxx' is not a key", "did you mean 'max'?"]),
        Mistake("# a\n\nmax_host = 5", 3, ["did you mean 'max-host'?"]),
        Mistake("retry = 1\nmax-depth = 3", 2, ["'max-depth' is an option of crawl", "[crawl]"]),
        Mistake("[crwl]\nscope = \"page\"", 1, ["[crwl] is not a section", "did you mean [crawl]?"]),
        Mistake("[other]\na = 1", 1, ["[crawl], [github], [check], [hosts"]),
        Mistake("[crawl]\nscop = \"page\"", 2, ["'scop' is not a key in [crawl]", "did you mean 'scope'?"]),
        Mistake("max = ", 1, ["Error while parsing"]),
        Mistake("timeout = 5", 1, ["'timeout' is not a key; did you mean 'max-time'?"]),
        Mistake("j = 5", 1, ["did you mean 'max'?"]), Mistake("token = \"x\"", 1, ["did you mean 'bearer'?"]),
        Mistake("[github]\ntoken = \"x\"", 2, ["did you mean 'token-file'?"]),
        Mistake("[hosts.\"a.test\"]\nmax-time = 5", 2, ["did you mean 'timeout'?"]),
        Mistake("[hosts.\"a.test\"]\ntoken = \"x\"", 2, ["did you mean 'bearer'?"]),
        Mistake("compressed = no", 1, ["is not a valid value: true or false, a number, or a text in quotes"]),
        Mistake("user-agent = mybot", 1, ["is not a valid value: true or false"]),
        Mistake("max = 1\ndelay = 5s", 2, ["is not a valid value: true or false"]),
        Mistake("retry-on = [503]", 1, ["retry-on: takes one text: \"503,504\""]),
        Mistake("max = 5\nmax = 6", 2, ["'max'"]),
        Mistake("max = 5\nparallel-max = 6", 2, ["'parallel-max' and 'max' in line 1 are the same option"]),
        Mistake("max = [5]", 1, ["max: takes one value"]),
        Mistake("max = true", 1, ["max: needs a value"]),
        Mistake("json = 1", 1, ["json: must be true or false"]),
        Mistake("max-time = 1979-05-27", 1, ["in quotes"]),
        Mistake("header = [[\"a\"]]", 1, ["header: must be"]),
        Mistake("config = \"x\"", 1, ["'config'"]),
        Mistake("user = \"a\\u0000b\"", 1, ["user: the value contains a NUL"]),
        Mistake("header = \"Authorization: env:TOKEN\"", 1, ["values from env:", "[hosts"]),
        Mistake("proxy = \"cmd:x\"", 1, ["values from cmd:", "[hosts"]),
        Mistake("hosts = 5", 1, ["'hosts' is not a key"]),
        Mistake("[hosts.api.example.org]\nuser = \"a\"", 1, ["in quotes"]),
        Mistake("[hosts.\"a b\"]\nuser = \"a:b\"", 1, ["'a b' is not a valid host"]),
        Mistake("[hosts.\"*.1.2.3.4\"]\nuser = \"a:b\"", 1, ["[hosts]"]),
        Mistake("[hosts.\"http://h:1/\"]\nmax = 1", 1, ["[hosts]: a host has no path; write http://h:1"]),
        Mistake("[hosts.\"a.test/api\"]\nmax = 1", 1, ["[hosts]: a host has no path; write a.test"]),
        Mistake("[hosts.\"ftp://x\"]\nmax = 1", 1, ["the scheme of a host must be http:// or https://"]),
        Mistake("[hosts.\"::1\"]\nmax = 1", 1, ["write an IPv6 address in brackets: [::1]"]),
        Mistake("[hosts.\"*\"]\nmax = 1", 1, ["write a host, or *.DOMAIN for all hosts below a domain"]),
        Mistake("[hosts.\".example.net\"]\nmax = 1", 1, ["write *.example.net for all hosts below a domain"]),
        Mistake("[hosts.\"me:s3cret@h\"]\nmax = 1", 1, ["a host has no user and no password here"]),
        Mistake("[hosts.\"a.test\"]\nusr = \"a\"", 2, ["did you mean 'user'?"]),
        Mistake("[hosts.\"a.test\"]\nrate = \"5\"", 2, ["rate: ", "has no period"]),
        Mistake("[hosts.\"a.test\"]\nrate = 5", 2, ["rate: ", "5/s"]),
        Mistake("[hosts.\"a.test\"]\naccept = \"2yy\"", 2, ["accept: ", "200..299,404"]),
        Mistake("[hosts.\"a.test\"]\naccept = [200]", 2, ["accept: must be a text or a number"]),
        Mistake("[hosts.\"a.test\"]\nmax = 0", 2, ["max: ", "between 1 and 100000"]),
        Mistake("[hosts.\"a.test\"]\nmax = true", 2, ["max: must be a text or a number"]),
        Mistake("[hosts.\"a.test\"]\ntimeout = \"soon\"", 2, ["timeout: ", "500ms"]),
        Mistake("[hosts.\"a.test\"]\ntimeout = \"0.1ms\"", 2, ["timeout: must be at least 1ms"]),
        Mistake("[hosts.\"a.test\"]\ntimout = 5", 2, ["did you mean 'timeout'?"]),
        Mistake("[hosts.\"a.test\"]\nproxy = \"ftp://p\"", 2, ["proxy: ", "socks5h"]),
        Mistake("[hosts.\"a.test\"]\nproxy = \"http://p:70000\"", 2, ["proxy: 70000 is not a port"]),
        Mistake("[hosts.\"a.test\"]\nproxy = 5", 2, ["proxy: must be a text"]),
        Mistake("[hosts.\"a.test\"]\nproxy = \"env:PROXY\"", 2, ["values from env:", "header, user and bearer"]),
        Mistake("[hosts.\"a.test\"]\nproxy = \"http://p\\r\\nX: y\"", 2, ["control character"]),
        Mistake("[hosts.\"a.test\"]\ncert = \"client.pem\"", 2, ["cert: write the file as /PATH"]),
        Mistake("[hosts.\"a.test\"]\ncert = \"cmd:cat x\"", 2, ["values from cmd:"]),
        Mistake("[hosts.\"a.test\"]\ncert = \"/nonexistent/c.pem\"", 2, ["cert: /nonexistent/c.pem: no such file"]),
        Mistake("[hosts.\"a.test\"]\ncert = \"/dev/null\"", 2, ["not a regular file"]),
        Mistake("[hosts.\"http://a.test\"]\ncert = \"/nonexistent/c.pem\"", 2, ["cert: ", "over http"]),
        Mistake(
            "[hosts.\"a.test\"]\nmax = 1\n[hosts.\"https://a.test:443\"]\nmax = 2", 4,
            ["max: line 2 has it for the same host"]
        ),
        Mistake(
            "[hosts.\"http://a.test:81\"]\nrate = \"1/s\"\n[hosts.\"https://a.test:81\"]\nrate = \"2/s\"", 4,
            ["rate: line 2 has it for the same host"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"a:b\"\nbearer = \"c\"", 3, ["two credentials"]),
        Mistake("[hosts.\"a.test\"]\nheader = \"no colon\"", 2, ["'Name: value'"]),
        Mistake("[hosts.\"a.test\"]\nheader = [\"A: b\",\n \"B: c\\r\\nD: e\"]", 2, ["control character"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"cmd:\"", 2, ["cmd:PROGRAM"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"cmd:pass 'show\"", 2, ["quote"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"cmd:./pass\"", 2, ["PATH"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"file:secret\"", 2, ["file:/PATH"]),
        Mistake("[hosts.\"a.test\"]\nuser = \"env:A B\"", 2, ["env:NAME"]),
        // Values that the options themselves refuse.
        Mistake("retry = 1\nmax = 0\nrate = \"5/s\"", 2, ["max: ", "between 1 and 100000"]),
        Mistake("rate = \"5\"", 1, ["rate: ", "has no period"]),
        Mistake("[crawl]\nscope = \"world\"", 2, ["scope: ", "world"]),
        Mistake("[github]\nvia = \"soap\"", 2, ["via: ", "rest, graphql or auto"]),
        Mistake("json = true\njsonl = true", 1, ["cannot be used together"]),
        // Hostile texts.
        Mistake("a" + String(repeating: ".a", count: 100_000) + " = 1", 1, ["16"]),
        Mistake("a = " + String(repeating: "[", count: 10_000), 1, ["depth"]),
        Mistake("a = 5\u{FE7F}\"\u{E4}", 1, ["is not a valid value"]),
        Mistake("max = 5 \u{E4}", 1, ["Error while parsing"]),
        Mistake("\"\\u001B[31m\" = 1", 1, ["is not a key"]),
    ]

    @Test func `config check names file, line and what is near`() async throws {
        for mistake in Self.mistakes {
            let folder = try ConfigFolder(user: mistake.text)
            let result = try await folder.run(["config", "check", folder.file])
            #expect(
                result.isMistake(mistake.words + ["config.toml:\(mistake.line): "]),
                "\(mistake.testDescription): \(result.exit) \(result.stderr)")
            #expect(!result.stderr.contains("\u{1B}"))
        }
    }

    @Test func `a run says the same, and sends nothing`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let texts = ["maxx = 5", "max = ", "retry = 1\nmax = 0\nrate = \"5/s\"", "rate = \"5\""]
        for mistake in Self.mistakes where texts.contains(mistake.text) {
            let folder = try ConfigFolder(user: mistake.text)
            let result = try await folder.run(["\(server.baseURL)/"])
            #expect(
                result.isMistake(mistake.words + ["config.toml:\(mistake.line): "]),
                "\(mistake.testDescription): \(result.exit) \(result.stderr)")
        }
        #expect(server.requestCount == 0)
    }

    @Test func `a mistake of the command line is not blamed on a file, and help needs none`() async throws {
        let folder = try ConfigFolder(user: "retry = 1\n")
        let wrong = try await folder.run(["--max", "0", "http://127.0.0.1:1/"])
        #expect(wrong.isMistake(["--max"]) && !wrong.stderr.contains("config.toml"), "\(wrong.stderr)")
        let broken = try ConfigFolder(user: "max = \n")
        for arguments in [
            ["--help"], ["-h"], ["--json", "-h"], ["crawl", "-kh"], ["--version"], ["help", "crawl"],
            ["config", "path"],
            ["completions", "bash"], ["config", "--help"], ["--no-config", "--dry-run", "http://127.0.0.1:1/"],
        ] {
            let result = try await broken.run(arguments)
            #expect(result.exit == 0, "\(arguments): \(result.stderr)")
        }
    }

    @Test func `a right file has no mistake`() async throws {
        let folder = try ConfigFolder(
            user: """
                max = 7
                max-time = 1.5
                compressed = false
                cache = true
                retry-on = "503"
                header = ["X-A: \u{E4}", 'X-B: "c"']
                [crawl]
                scope = "prefix"
                include = ["/a/", "/b/"]
                [check]
                max-depth = 2
                [github]
                repos = true
                [hosts."api.example.org"]
                header = ["Accept: application/x", "X-Key: env:KEY"]
                bearer = "cmd:pass show 'api key'"
                [hosts."*.example.net:8443"]
                user = "file:~/secret"
                [hosts."[::1]:8080"]
                user = "a:b"
                """)
        let result = try await folder.run(["config", "check", folder.file])
        #expect(result.exit == 0 && result.stdout.isEmpty, "\(result.stderr)")
        #expect(result.stderr.contains("no mistake") && result.complaints.count == 1)
    }

    @Test func `a file that others may write, another file than a regular one, and a missing one are refused`()
        async throws
    {
        let folder = try ConfigFolder(user: "max = 5\n")
        let url = "http://127.0.0.1:1/"
        for mode in [0o620, 0o602, 0o666, 0o777] {
            try ConfigFolder.setMode(folder.file, mode)
            let result = try await folder.run(["--dry-run", url])
            #expect(result.isMistake(["config.toml", "others may write it", "chmod go-w"]), "\(result.stderr)")
        }
        try ConfigFolder.setMode(folder.file, 0o644)
        #expect(try await folder.run(["--dry-run", url]).exit == 0)
        for (name, words) in [
            (folder.scratch.path, ["not a regular file"]), ("/dev/zero", ["not a regular file"]),
            (folder.scratch("none"), ["none", "o such file"]),
        ] {
            let option = try await folder.run(["--config", name, "--dry-run", url])
            #expect(option.isMistake(words), "\(name): \(option.stderr)")
            let variable = try await folder.run(["--dry-run", url], environment: ["FETCHALL_CONFIG": name])
            #expect(variable.isMistake(words), "\(name): \(variable.stderr)")
        }
        for arguments in [["--config", ""], ["--config", "-"], ["--config", "x", "--no-config"]] {
            let result = try await folder.run(arguments + ["--dry-run", url])
            #expect(result.isMistake(["--config"]), "\(arguments): \(result.stderr)")
        }
        let large = try ConfigFolder(user: String(repeating: "# a comment\n", count: 100_000))
        #expect(try await large.run(["--dry-run", url]).isMistake(["larger than"]))
    }

    @Test func `another user's file is refused`() async throws {
        let folder = try ConfigFolder(user: "max = 5\n")
        // Only root can give a file away.
        guard try await Tool.shell("chown 4711 \"$1\" 2>/dev/null", [folder.file]).exit == 0 else { return }
        let result = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(result.isMistake(["belongs to another user"]), "\(result.stderr)")
    }

    @Test func `a pipe in the file's place does not hold the run up`() async throws {
        let folder = try ConfigFolder()
        let made = try await Tool.shell("mkfifo \"$1\" fetchall.toml", [folder.file], directory: folder.scratch.path)
        #expect(made.exit == 0)
        let user = try await folder.run(["--dry-run", "http://127.0.0.1:1/"])
        #expect(user.isMistake(["config.toml", "not a regular file"]), "\(user.stderr)")
        let other = try await folder.run(
            ["--dry-run", "http://127.0.0.1:1/"], environment: ["FETCHALL_CONFIG": "/dev/null"])
        #expect(other.isMistake(["fetchall.toml", "not a regular file"]), "\(other.stderr)")
    }
}
