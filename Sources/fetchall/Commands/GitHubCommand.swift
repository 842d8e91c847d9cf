import FetchGitHub
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// `fetchall github LOGIN…`: fetches GitHub users and organisations.
struct GitHubCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "github", abstract: "Fetch GitHub users and organisations with as few requests as possible.",
        usage: "fetchall github [<options>] <login> ...",
        discussion: """
            With a token (GH_TOKEN, GITHUB_TOKEN or --token-file) one request fetches up to 100 logins, and GitHub allows \
            5000 requests per hour; without a token one request fetches one login, and GitHub allows 60. The token is \
            sent to the API's origin only.
            """)

    @Argument(help: ArgumentHelp("The login of a user or an organisation.", valueName: "login"))
    var logins: [String] = []

    @OptionGroup(title: "GitHub") var github: GitHubOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "State") var resume: ResumeArguments

    func validate() throws {
        if logins.isEmpty, github.input == nil {
            throw ValidationError(
                "no login is given: name a login, or a file of logins with --input (see fetchall github --help)")
        }
        try OptionRules.check(.github, options, output)
        try OptionRules.checkStandardInput(
            options, output, listIsThere: github.input == "-" || github.tokenFile == "-")
        try OptionRules.checkFiles(
            options, output, others: [("--resume", resume.file)], inputs: [github.input, github.tokenFile])
        try resume.check(output, others: [github.input, github.tokenFile])
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let token = try github.token(console)
        let base = try github.base(console)
        let scope = try options.scope(
            for: [base].compactMap { FetchURL($0.url) }, output, console, usesNetrc: token == nil)
        if options.config.failures.isEnded { return .deadline }
        let fields = FetchURL(base.url).map { scope.fields(for: $0, home: $0.origin) } ?? scope.plain
        let api = try github.api(base, token, fields: fields)
        let all = try logins + github.readInput(console)
        var (network, scheduler) = try options.plan(.github, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        scheduler = GitHubClient.plan(scheduler)
        if network.userAgent.isEmpty {
            throw ValidationError("-A: GitHub refuses requests without a User-Agent; leave out -A ''")
        }
        let cacheFile = try options.cache.file { console.environment($0) }
        let client = try github.clientOptions(isAuthenticated: api.isAuthenticated, isCached: cacheFile != nil)
        let run = GitHubUserRun(
            logins: all, api: api, client: client, output: output, console: console,
            secrets: Self.secrets(token, fields), formatter: try github.formatter(output, console: console),
            cacheFile: cacheFile, openTable: { () throws(InputFailure) in try github.table(output) },
            openJournal: {
                try resume.journal(
                    ResumeIdentity.values(output, options.request, options.retry, github, api), output, console)
            })
        if output.onlyPlans {
            let scheduler = Scheduler(transport: UnusedTransport(), options: scheduler)
            let client = GitHubClient(scheduler: scheduler, api: api, options: run.client)
            let inputs = client.firstRequests(for: all).enumerated().map { index, request in
                Input(index: index, text: (try? request.get().url.redacted) ?? "", request: request)
            }
            return try await DryRun(options, output, console).run(SequenceSource(inputs))
        }
        return try await run.run(network, scheduler)
    }
}

extension GitHubCommand {
    /// The secrets that no output may contain: the token, and the value of the user's own Authorization header.
    private static func secrets(_ token: GitHubToken?, _ fields: HeaderFields) -> [GitHubToken] {
        let own = fields.values(of: "authorization").flatMap { $0.split(separator: " ").dropFirst() }
        return [token].compactMap { $0 } + own.compactMap { try? GitHubToken($0) }
    }
}

/// Sends nothing; it replaces the network for `--dry-run`.
private struct UnusedTransport: Transport {
    func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        TransferResult(error: FetchError(.cancelled, "nothing is sent"))
    }
}
