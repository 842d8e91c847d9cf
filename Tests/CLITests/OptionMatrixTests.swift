import TestSupport
import Testing

@Suite("issue 20.17: each option works in a command or is refused there", .timeLimit(.minutes(30)))
struct OptionMatrixTests {
    /// A command line whose only request the server gets.
    private static func base(_ command: String, _ url: String, _ scratch: Scratch) throws -> [String] {
        switch command {
        case "check":
            // A sound link has no record; one that is not checked has, and is no failure.
            [
                "check", "\(url)/page", "--no-robots", try scratch.write("links.html", "<a href='tel:1'>=1</a>"),
                "--show-skipped",
            ]
        case "crawl": ["crawl", "\(url)/page", "--no-robots"]
        case "github": ["github", "octocat"]
        case "gather": ["gather", "a=\(url)/page"]
        case "map": ["map", "--url-template", "\(url)/page/{id}", "1"]
        default: ["fetch", "\(url)/page"]
        }
    }

    private func run(
        _ command: String, _ arguments: [String], answer: @escaping @Sendable (Int) -> LoopbackServer.Reply?
    ) async throws -> OptionMatrix.Seen {
        let count = Shared(0)
        let github = GitHubServer([GitHubAccount("octocat", id: 1, name: "=Octo", publicRepos: 8, followers: 20)])
        let server = try LoopbackServer { request in
            let number = count.update { count in
                count += 1
                return count
            }
            if let reply = answer(number) { return reply }
            return command == "github" ? github.reply(request) : .json(#"{"name": "a page"}"#)
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = arguments.map {
            $0.replacing("DIR", with: scratch.path).replacing("PORT", with: "\(server.port)")
        }
        let result = try await Tool.run(
            try Self.base(command, server.baseURL, scratch) + arguments, environment: ["GITHUB_API_URL": server.baseURL]
        )
        return OptionMatrix.Seen(result: result, log: server.log, peak: server.peakInFlight, scratch: scratch)
    }

    @Test(arguments: OptionMatrix.effects.indices)
    func `an option that is accepted does what it says in every command`(index: Int) async throws {
        let effect = OptionMatrix.effects[index]
        for command in effect.commands {
            let seen = try await run(command, effect.arguments, answer: effect.answer)
            #expect(
                effect.isSeen(seen),
                "\(command) \(effect.arguments): exit \(seen.result.exit), \(seen.log.map(\.target)), \(seen.text.prefix(500))"
            )
        }
    }

    @Test(arguments: OptionMatrix.refusals.indices)
    func `an option that a command could only ignore is refused, and nothing is sent`(index: Int) async throws {
        let refusal = OptionMatrix.refusals[index]
        for command in refusal.commands {
            let seen = try await run(command, refusal.arguments) { _ in nil }
            #expect(seen.result.exit == 2, "\(command) \(refusal.arguments)")
            #expect(seen.result.complaints.count == 1, "\(seen.result.stderr)")
            #expect(seen.result.stdout == "" && seen.log.isEmpty)
            let options = refusal.arguments.filter { $0.hasPrefix("-") }
            #expect(options.contains { seen.result.stderr.contains($0) }, "\(command): \(seen.result.stderr)")
        }
    }

    @Test(arguments: OptionMatrix.commands)
    func `every shared option of a command's help is in the table`(command: String) async throws {
        let help = try await Tool.run([command, "--help"]).stdout
        let own = Self.ownOptions[command] ?? []
        let effects = OptionMatrix.effects.filter { $0.commands.contains(command) }.flatMap(\.options)
        let refused = OptionMatrix.refusals.filter { $0.commands.contains(command) }.flatMap(\.arguments)
        let known = Set(effects + refused + OptionMatrix.shownElsewhere + own)
        var count = 0
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            let names = HelpTests.names(in: String(line))
            count += 1
            #expect(!known.isDisjoint(with: names), "\(command): no row of the table has \(names)")
        }
        #expect(count > 50)
    }

    /// The options that one command has and others have not; HelpTests sees to it that its tests use them.
    private static let ownOptions = [
        "fetch": [
            "-g", "--resume", "--dedupe", "--print", "-i", "-f", "-D", "--each-line", "--allow-files",
            "--proto-default", "--out-null", "--fail-with-body", "--no-buffer",
        ],
        "crawl": [
            "--max-depth", "--max-pages", "--max-pages-host", "--scope", "--include", "--exclude", "--extra-hops",
            "--no-robots", "--robots-agent", "--no-traps", "--meta-robots", "--sitemap", "--sitemap-only", "--delay",
            "--requisites",
            "--check",
            "--show-skipped", "--state", "--fresh", "--explain",
        ],
        "check": [
            "--scope", "--max-depth", "--max-pages", "--include", "--exclude", "--exclude-path", "--root-dir",
            "--base-url", "--offline", "--dump", "--fragments", "--check-https", "--strict", "--show-skipped",
            "--no-robots", "--robots-agent", "--delay", "--state",
        ],
        "github": ["--input", "--fields", "--repos", "--via", "--token-file", "--api-url", "--resume"],
        "gather": ["--optional", "--timing", "--var", "--each", "--csv", "--column"],
        "map": ["--url-template", "--pick", "--each", "--csv", "--column"],
    ]
}
