import FetchGitHub
import FetchHTTP
import FetchRecords
import FetchSystem
import FetchArgumentParser

/// The options of `fetchall github` only.
struct GitHubOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read logins from this file, one per line; - reads standard input.", valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp(
            "Write these fields: login,name,public_repos,… (default: all; in a table the main five)", valueName: "list"),
        transform: GitHubOptions.columns)
    var fields: [GitHubColumn]?

    @Flag(help: "Fetch each user's public repositories too, sorted by stars.")
    var repos = false

    @Option(
        help: ArgumentHelp(
            "Use this API: rest, graphql, or auto, which costs fewer requests. (default: auto)", valueName: "way"),
        completion: .list(["auto", "rest", "graphql"]), transform: GitHubOptions.way)
    var via = GitHubVia.auto

    @Option(
        help: ArgumentHelp("Read the token from this file if GH_TOKEN and GITHUB_TOKEN are not set.", valueName: "file")
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Send requests to the API at this URL. (default: GITHUB_API_URL or https://api.github.com)",
            valueName: "url"))
    var apiUrl: String?

    func validate() throws {
        if via == .graphql, let column = fields?.first(where: \.isOnlyInREST) {
            throw ValidationError("--via graphql: the field \(column.name) is available over REST only")
        }
    }

    /// The token from the environment, else from the file.
    func token(_ console: Console) throws -> GitHubToken? {
        for name in ["GH_TOKEN", "GITHUB_TOKEN"] {
            guard let value = console.environment(name) else { continue }
            return try Self.valid(name, value)
        }
        guard let tokenFile else { return nil }
        if tokenFile == "-", input == "-" { throw ValidationError("standard input (-) can be read only once") }
        do {
            return try Self.valid("--token-file", String(decoding: try WholeFile.read(tokenFile), as: UTF8.self))
        } catch let failure as InputFailure {
            throw ValidationError("--token-file: \(failure.message)")
        }
    }

    /// The URL of the API, and what it comes from.
    func base(_ console: Console) throws -> (name: String, url: String) {
        let (name, url) =
            apiUrl.map { ("--api-url", $0) } ?? console.environment("GITHUB_API_URL").map { ("GITHUB_API_URL", $0) }
            ?? ("", GitHubAPI.publicURL)
        if ByteText.holdsBytes(url) { throw ValidationError("\(name) is not UTF-8") }
        return (name, url)
    }

    /// The API that the options describe.
    ///
    /// - Parameter base: Its URL, and what that comes from.
    func api(_ base: (name: String, url: String), _ token: GitHubToken?, fields: HeaderFields) throws -> GitHubAPI {
        do {
            let api = try GitHubAPI(url: base.url, token: token, headers: fields)
            if via == .graphql, !api.isAuthenticated {
                throw ValidationError("--via graphql needs a token: set GH_TOKEN or use --token-file")
            }
            return api
        } catch let failure as ParseFailure {
            throw ValidationError("\(base.name): \(failure.message)")
        }
    }

    /// The logins of `--input`.
    func readInput(_ console: Console) throws -> [String] {
        guard let input else { return [] }
        if input == "-", console.stdinWasClosed { throw ValidationError("standard input is closed") }
        do throws(InputFailure) {
            return try GitHubLoginFile.read(input)
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// The options of the client.
    ///
    /// - Parameter isCached: Whether a cache is used. Users are then requested one by one over REST, because a 304
    ///   costs nothing of the limit and GraphQL has no conditional requests.
    func clientOptions(isAuthenticated: Bool, isCached: Bool) throws -> GitHubClient.Options {
        var options = GitHubClient.Options()
        options.via = via
        options.wantsRepositories = repos
        options.prefersREST = isCached || fields?.contains(where: \.isOnlyInREST) ?? false
        return options
    }

    /// The table of `--sqlite`; nil without that option.
    func table(_ output: OutputOptions) throws(InputFailure) -> GitHubUserTable? {
        guard let path = output.sqlite else { return nil }
        return try GitHubUserTable(
            path: path, table: output.sqliteTable ?? "users", columns: fields, hasRepositories: repos)
    }

    /// The formatter for the selected format.
    func formatter(_ output: OutputOptions, console: Console) throws -> any GitHubFormatter {
        switch output.chosenFormat {
        case .json, .jsonl:
            let isLines = output.chosenFormat == .jsonl
            let json = GitHubJSONFormatter(columns: fields, isLines: isLines)
            return output.jq.map { JQFormatter($0, on: json, isLineWise: isLines) } ?? json
        case .csv, .tsv:
            return GitHubCSVFormatter(
                output.chosenFormat == .csv ? .csv : .tsv, columns: fields, hasRepositories: repos,
                guardsFormulas: !output.noCsvGuard)
        case .table, .github, nil:
            let isTerminal = output.output == nil && console.stdoutIsTerminal
            return GitHubTableFormatter(
                columns: fields, width: isTerminal ? console.width : nil, color: output.usesColor(isTerminal, console))
        }
    }

    private static func valid(_ name: String, _ text: String) throws -> GitHubToken {
        do {
            return try GitHubToken(text)
        } catch {
            throw ValidationError("\(name): \(error.message)")
        }
    }

    private static func way(_ text: String) throws -> GitHubVia {
        guard let via = GitHubVia(rawValue: text) else { throw ValidationError("must be rest, graphql or auto") }
        return via
    }

    private static func columns(_ text: String) throws -> [GitHubColumn] {
        do throws(ParseFailure) {
            return try GitHubColumn.list(text)
        } catch {
            throw ValidationError(error.message)
        }
    }
}
