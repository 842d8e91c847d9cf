import FoundationEssentials
import TestSupport
import Testing

@Suite("The options of fetchall github", .timeLimit(.minutes(20)))
struct GitHubOptionTests {
    @Test(
        arguments: [
            ([], "name a login"),
            (["--fields", "login,stars", "a"], "'stars' is not a known field; known are login, id,"),
            (["--via", "soap", "a"], "must be rest, graphql or auto"), (["--via", "graphql", "a"], "needs a token"),
            (["--via", "graphql", "--fields", "email", "a"], "the field email is available over REST only"),
            (["--input", "/nonexistent", "a"], "/nonexistent: no such file"),
            (["--token-file", "/nonexistent", "a"], "--token-file: /nonexistent: no such file"),
            (["--token-file", "-", "--input", "-"], "standard input (-) can be read only once"),
            (["--token-file", "/dev/null", "a"], "--token-file: the token is empty"),
            (["--api-url", "nonsense", "a"], "--api-url: the API's address is not a valid URL"),
            (["--api-url", "https://user:pass@x/", "a"], "--api-url: the API's address must be a plain URL"),
            (["-X", "POST", "a"], "-X cannot be used with github"),
            (["-d", "x", "a"], "-d cannot be used with github"),
            (["-I", "a"], "-I cannot be used with github"), (["-w", "x", "a"], "-w cannot be used with github"),
            (["--body", "a"], "--body cannot be used with github"),
            (["--include-headers", "a"], "--include-headers cannot be used with github"),
            (["--output-dir", "/tmp/x", "a"], "--output-dir cannot be used with github"),
            (["--accept", "404", "a"], "--accept cannot be used with github"),
            (["-A", "", "a"], "without a User-Agent"), (["--json", "--jsonl", "a"], "cannot be used together"),
        ] as [([String], String)])
    func `a mistake is one line, and nothing is sent`(arguments: [String], message: String) async throws {
        let result = try await Tool.run(["github"] + arguments, environment: ["GITHUB_API_URL": "http://127.0.0.1:1"])
        #expect(result.exit == 2)
        #expect(result.stdout == "")
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains(message), "\(result.stderr)")
        #expect(!result.stderr.contains("pass"))
    }

    @Test func `issue 20.19: logins of old accounts are asked for, from arguments and files`() async throws {
        let logins = ["foo-", "-DNA-", "gil--", "0----0", "login_company", "name[bot]"]
        let github = try GitHubTool(logins.enumerated().map { GitHubAccount($1, id: $0 + 1) })
        let scratch = try Scratch()
        let file = try scratch.write("logins", logins.joined(separator: "\n"))
        for arguments in [["--"] + logins, ["--input", file]] {
            let before = github.server.requestCount
            let (rows, exit) = try await github.records(arguments)
            #expect(exit == 0)
            #expect(rows.map(\.login) == logins)
            #expect(github.server.requestCount == before + logins.count)
        }
        #expect(github.server.log.contains { $0.path == "/users/-DNA-" })
        let batch = try await github.records(["--"] + logins.dropLast(), token: GitHubTool.token)
        #expect(batch.exit == 0 && batch.rows.map(\.login) == logins.dropLast())
    }

    @Test(arguments: ["-DNA-", "-kino", "-0-", "-octocat-"])
    func `issue 20.19: a login that is taken for an option is told where it goes`(login: String) async throws {
        let github = try GitHubTool()
        let result = try await github.run(["octocat", login])
        #expect(result.exit == 2)
        #expect(
            result.stderr
                == "fetchall: '\(login)' is not an option; write a login that begins with a hyphen into a file or "
                + "after --: fetchall github -- \(login)\n")
        #expect(github.server.requestCount == 0)
        for option in ["--feilds", "-9"] {
            let wrong = try await github.run(["octocat", option])
            #expect(wrong.exit == 2 && wrong.stderr.contains("Unknown option '\(option)'"), "\(wrong.stderr)")
            #expect(!wrong.stderr.contains("begins with a hyphen"))
        }
    }

    @Test func `issue 20.19: a mention and the address of a profile are the login`() async throws {
        let github = try GitHubTool()
        let (rows, exit) = try await github.records([
            "@octocat", "https://github.com/torvalds", "github.com/octocat/", "octocat",
        ])
        #expect(exit == 0)
        #expect(rows.map(\.login) == ["octocat", "torvalds", "octocat", "octocat"])
        #expect(github.server.log.map(\.path) == ["/users/octocat", "/users/torvalds"])
        let other = try await github.records(["https://github.com/octocat/hello"])
        #expect(other.exit == 1 && other.rows.first?.error?.kind == "invalid-url")
    }

    @Test(arguments: ["http://ghe.example", "http://10.0.0.1:8080/api/v3"])
    func `a token is not sent in the clear`(url: String) async throws {
        let environment = ["GH_TOKEN": GitHubTool.token, "GITHUB_API_URL": url]
        let result = try await Tool.run(["github", "octocat"], environment: environment)
        #expect(result.exit == 2)
        #expect(result.stderr.contains("GITHUB_API_URL: the API's address is http"))
    }

    @Test func `GitHub Enterprise has its API below a path`() async throws {
        let github = try GitHubTool()
        for arguments in [["octocat"], ["octocat", "torvalds"]] {
            let result = try await github.run(
                ["--api-url", github.server.baseURL + "/api/v3/"] + arguments, token: GitHubTool.token)
            #expect(result.exit == 0)
        }
        #expect(github.server.log.map(\.path) == ["/api/v3/users/octocat", "/api/graphql"])
    }

    @Test func `every option of its own is in these tests`() async throws {
        let help = try await Tool.run(["github", "--help"])
        #expect(help.exit == 0)
        let fetch = Set(HelpTests.names(in: try await Tool.run(["fetch", "--help"]).stdout))
        let names = HelpTests.names(in: help.stdout).filter { !fetch.contains($0) }
        #expect(Set(names) == ["--input", "--fields", "--repos", "--via", "--token-file", "--api-url"])
        #expect(
            fetch.subtracting(HelpTests.names(in: help.stdout))
                == [
                    "-g", "--globoff", "--dedupe", "-i", "--include", "--print", "-D", "--dump-header", "--each-line",
                    "--allow-files", "--fail-with-body", "--proto-default", "--out-null", "--no-buffer",
                ])
    }

    @Test func `row 89: a second run with a token and the cache costs nothing of the limit`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let arguments = ["--cache=" + scratch("c.sqlite"), "--json", "octocat", "torvalds", "gvanrossum"]
        let first = try await github.run(arguments, token: GitHubTool.token)
        #expect(first.exit == 0)
        let second = try await github.run(arguments, token: GitHubTool.token)
        #expect(second.exit == 0)
        #expect(second.stdout == first.stdout)
        let log = github.server.log
        #expect(log.count == 6)
        #expect(log.suffix(3).allSatisfy { $0.header("If-None-Match") != nil })
    }

    @Test func `jq works on users, and a wrong program is told`() async throws {
        let github = try GitHubTool()
        for form in ["--json", "--jsonl"] {
            let program = form == "--json" ? ".[].login" : ".login"
            let result = try await github.run([form, "--jq", program, "octocat", "torvalds"], token: GitHubTool.token)
            #expect(result.exit == 0)
            #expect(Set(result.stdout.split(separator: "\n")) == ["octocat", "torvalds"])
        }
        let wrong = try await github.run(["--json", "--jq", ".[", "octocat"], token: GitHubTool.token)
        #expect(wrong.exit == 2)
        #expect(wrong.stdout == "")
        #expect(wrong.stderr.contains("not a valid jq program"))
    }
}
