import FetchSystem

/// What `-h` writes: the options used most, three examples, and where the rest is. It fits 80 columns and 40 rows.
enum ShortHelp {
    /// An option by one of its names, and what it does in a few words.
    private typealias Row = (option: String, text: String)

    /// The twenty options used most.
    private static let fetch: [Row] = [
        ("--max", "Maximum concurrent requests (10)."),
        ("--rate", "Maximum requests in every period: 5/s, 100/m."),
        ("--max-time", "Maximum time of one attempt (30s)."),
        ("--retry", "Maximum retries after the first attempt (2)."),
        ("--header", "Send this header."),
        ("--data", "Send this body with POST; @FILE reads a file."),
        ("--user", "Send these credentials."),
        ("--insecure", "Do not verify certificates."),
        ("--print", "Write answers, not records: body, headers, both (-i)."),
        ("--verbose", "Show requests and responses on standard error."),
        ("--json", "Write one JSON array."),
        ("--jsonl", "Write one JSON line per record."),
        ("--jq", "Apply a jq program to the JSON."),
        ("--body", "Include the body in the record."),
        ("--output", "Write records to this file."),
        ("--output-dir", "Save bodies to files in this directory."),
        ("--remote-name", "Save bodies to files here."),
        ("--failed-to", "Write the inputs that failed to this file."),
        ("--resume", "Record progress; run it again to resume."),
        ("--dry-run", "Write the requests, and send nothing."),
    ]

    private static let crawl: [Row] =
        [
            ("--max-depth", "Maximum links between a seed and a page (5)."),
            ("--max-pages", "Maximum pages to fetch (10000)."),
            ("--scope", "page, prefix, host, domain or any (host)."),
            ("--include", "Fetch only URLs that match this pattern."),
            ("--exclude", "Do not fetch URLs that match this pattern."),
            ("--sitemap", "Fetch the URLs of this sitemap, or auto."),
            ("--delay", "Pause between requests to one host."),
            ("--check", "Check all links and write the broken ones."),
            ("--requisites", "Fetch images, scripts and style sheets too."),
            ("--state", "Record the crawl; run it again to resume."),
        ] + fetch.filter { ["--max", "--rate", "--json", "--jsonl", "--output-dir", "--dry-run"].contains($0.option) }

    private static let check: [Row] =
        [
            ("--scope", "page, prefix, host, domain or any (host)."),
            ("--max-depth", "Maximum links to a page that is read."),
            ("--include", "Check only links that match this pattern."),
            ("--exclude", "Do not check links that match this pattern."),
            ("--exclude-path", "Leave out files that match this pattern."),
            ("--root-dir", "Resolve /x in files against this folder."),
            ("--base-url", "Check relative links of files at this URL."),
            ("--offline", "Send nothing: check files only."),
            ("--no-fragments", "Do not check fragments (#x)."),
            ("--strict", "Count warnings as errors."),
            ("--show-skipped", "Write links that were not checked too."),
            ("--dump", "List the links of files, and check nothing."),
        ] + fetch.filter { ["--max", "--retry", "--json", "--jsonl", "--output", "--failed-to"].contains($0.option) }

    private static let github: [Row] =
        [
            ("--fields", "Write these fields: login,name,…"),
            ("--repos", "Fetch each user's public repositories too."),
            ("--token-file", "Read the token from this file."),
            ("--sqlite", "Write records to a table of this file too."),
        ] + fetch.filter { ["--max", "--json", "--jsonl", "--jq", "--output", "--resume"].contains($0.option) }

    private static let ids: [Row] =
        [
            ("--each", "Read ids from this file, one per line."), ("--csv", "Read ids from this CSV file."),
            ("--column", "The column of --csv that has the ids."),
        ]
        + fetch.filter {
            ["--max", "--rate", "--retry", "--header", "--jsonl", "--output", "--dry-run"].contains($0.option)
        }

    private static let gather: [Row] =
        [("--var", "Give a name in the URLs these values."), ("--optional", "Do without this part if it fails.")] + ids

    private static let map: [Row] =
        [
            ("--url-template", "Fetch this URL, which has {id} in it."),
            ("--pick", "Take the result of this jq expression."),
        ] + ids

    /// Examples by the name of the command.
    static let examples = [
        "fetchall": [
            "fetchall --max 5 urls.txt", "fetchall --json -o records.json 'https://example.org/[1-100].html'",
            "fetchall --output-dir pages --failed-to failed.txt urls.txt",
        ],
        "crawl": [
            "fetchall crawl https://example.org", "fetchall crawl --check --max-depth 2 https://example.org",
            "fetchall crawl --state crawl.db --output-dir mirror https://example.org",
        ],
        "check": [
            "fetchall check https://example.org", "fetchall check --offline docs README.md",
            "fetchall check --format github docs",
        ],
        "github": [
            "fetchall github octocat torvalds", "fetchall github --repos --json octocat",
            "fetchall github --input logins.txt --sqlite users.db",
        ],
        "gather": [
            "fetchall gather a=https://example.org/a.json b=https://example.org/b.json",
            "fetchall gather --var id=1..50 'user=https://example.org/{id}.json'",
        ],
        "map": [
            "fetchall map --url-template 'https://example.org/{id}' --pick .price 1..50",
            "fetchall map --url-template 'https://example.org/{id}' - < ids.txt",
        ],
    ]

    /// The short help of a command; nil for one whose whole help is short.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - others: The names of the other commands.
    ///   - columns: The width to fill.
    static func text(_ command: CommandDescription, others: [String], columns: Int) -> String? {
        let name = command.path == ["fetch"] ? "fetchall" : command.name
        let rows: [Row]
        switch name {
        case "fetchall": rows = fetch
        case "crawl": rows = crawl
        case "check": rows = check
        case "github": rows = github
        case "gather": rows = gather
        case "map": rows = map
        default: return nil
        }
        let program = name == "fetchall" ? name : "fetchall \(name)"
        let options = rows.compactMap { row -> (label: String, text: String)? in
            command.options.first { $0.names.contains(row.option) }.map { (label($0, row.option), row.text) }
        }
        let indent = (options.map(\.label.count).max() ?? 0) + 4
        func plain(_ text: String) -> [String] { wrapped(text, behind: "", indent: 0, columns: columns) }
        var lines = plain(command.abstract) + [""] + plain("Usage: \(command.usage)") + ["", "Examples:"]
        lines += (examples[name] ?? []).map { "  " + $0 } + ["", "Options used most:"]
        lines += options.flatMap { wrapped($0.text, behind: "  " + $0.label, indent: indent, columns: columns) }
        lines += [""] + plain("\(program) --help writes all options, \(program) --help GROUP one group of them.")
        if name == "fetchall" { lines += plain("Commands (fetchall COMMAND -h): \(others.joined(separator: ", ")).") }
        return lines.joined(separator: "\n")
    }

    /// The short and the long name of an option and its value: `-m, --max-time <time>`.
    private static func label(_ option: OptionDescription, _ name: String) -> String {
        // -j is the short name of --max that fetchall has for good.
        let short = option.names.last { !$0.hasPrefix("--") }
        return (short.map { "\($0), " } ?? "    ") + name + (option.valueName.map { " <\($0)>" } ?? "")
    }

    /// Lines of at most so many columns; all but the first are indented.
    private static func wrapped(_ text: String, behind label: String, indent: Int, columns: Int) -> [String] {
        var lines = [label + String(repeating: " ", count: max(0, indent - label.count))]
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, lines[lines.count - 1].count + 1 + word.count > columns {
                lines.append(String(repeating: " ", count: indent))
                isEmpty = true
            }
            lines[lines.count - 1] += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines
    }
}
