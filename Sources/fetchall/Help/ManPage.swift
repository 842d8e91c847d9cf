/// The man page of a command, in man(7), for groff and mandoc.
struct ManPage {
    let command: CommandDescription
    /// All commands that have a page.
    let all: [CommandDescription]

    /// The commands that have a page; `fetch` is what the page of `fetchall` describes.
    static func documented(_ root: CommandDescription) -> [CommandDescription] {
        root.all.filter { $0.path != ["fetch"] }
    }

    /// The page, without the line break at its end.
    var text: String {
        var lines = [
            #".\" Written by: fetchall man"# + command.path.map { " " + $0 }.joined(),
            ".TH \(command.page.uppercased()) 1 \"\" \"fetchall \(Fetchall.version)\" \"User Commands\"",
            ".SH NAME", "\(Roff.text(command.page)) \\- \(Roff.text(lowercased(command.abstract)))",
            ".SH SYNOPSIS", ".nh", Roff.usage(command.usage), ".hy",
        ]
        let discussion = Roff.paragraphs(command.discussion)
        lines += [".SH DESCRIPTION"] + (discussion.isEmpty ? [Roff.text(command.abstract)] : discussion)
        lines += commandLines + optionLines
        if command.path.isEmpty { lines += Self.endings + Self.variables }
        if let examples = ShortHelp.examples[command.name] { lines += exampleLines(examples) }
        return (lines + seeAlso).joined(separator: "\n")
    }

    private var commandLines: [String] {
        guard !command.commands.isEmpty else { return [] }
        return [".SH COMMANDS"]
            + command.commands.filter { $0.path != ["fetch"] }.flatMap { below in
                [".TP", ".B \(Roff.text(below.name))", Roff.text(below.abstract)]
            }
    }

    /// The arguments and options by groups, in the order of the help.
    private var optionLines: [String] {
        var groups: [(title: String, lines: [String])] = [("Arguments", command.arguments.flatMap(item))]
        var others: [String] = []
        for option in command.options {
            guard let title = option.group else {
                others += item(option)
                continue
            }
            if let index = groups.firstIndex(where: { $0.title == title }) {
                groups[index].lines += item(option)
            } else {
                groups.append((title, item(option)))
            }
        }
        groups.append(("Options", others))
        // As in the help.
        groups =
            groups.filter { !$0.title.hasPrefix("Details of ") } + groups.filter { $0.title.hasPrefix("Details of ") }
        return [".SH OPTIONS"]
            + groups.filter { !$0.lines.isEmpty }.flatMap { [".SS \(Roff.text($0.title))"] + $0.lines }
    }

    private func item(_ option: OptionDescription) -> [String] {
        let names = option.names.map { "\\fB\(Roff.text($0))\\fR" }.joined(separator: ", ")
        let value = option.valueName.map { "\\fI\(Roff.text($0))\\fR" } ?? ""
        let text = option.text.isEmpty ? "See above." : option.text
        return [".TP", names + (names.isEmpty || value.isEmpty ? "" : " ") + value, Roff.text(text)]
    }

    private func exampleLines(_ examples: [String]) -> [String] {
        [".SH EXAMPLES", ".nf"] + examples.map(Roff.text) + [".fi"]
    }

    private var seeAlso: [String] {
        let pages = all.filter { $0.path != command.path && ($0.path.count < 2 || $0.path.first == command.path.first) }
        let names = pages.map { ".BR \(Roff.text($0.page)) (1)" }
        return [".SH SEE ALSO"] + names.dropLast().map { $0 + " ," } + names.suffix(1)
    }

    /// A sentence as the description of a name: whatis(1) shows it behind the name.
    private func lowercased(_ sentence: String) -> String {
        let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The exit codes; ``ExitStatus`` has them, the README too.
    private static let endings =
        [".SH EXIT STATUS"]
        + [
            ("0", "All records are ok."),
            ("1", "At least one record is not ok."),
            ("2", "The command line is not valid, or a source is not a list; nothing was sent."),
            (
                "3",
                "Output cannot be written, a list cannot be read to its end, or this machine has no room for connections."
            ),
            ("4", "All failures are rejected authentication (401)."),
            ("5", "A server asked for a longer wait than --max-wait."),
            ("124", "--deadline has passed."),
            ("129, 130, 131, 143", "SIGHUP, SIGINT, SIGQUIT or SIGTERM; what was written is complete and valid."),
        ].flatMap { [".TP", ".B \(Roff.text($0))", Roff.text($1)] }

    private static let variables =
        [".SH ENVIRONMENT"]
        + [
            ("http_proxy, https_proxy, all_proxy, no_proxy", "The proxy, as in curl."),
            ("CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR", "The certificates to trust without --cacert."),
            (
                "GH_TOKEN, GITHUB_TOKEN, GITHUB_API_URL",
                "The token and the API of fetchall github, and of check for links to github.com."
            ),
            ("XDG_CACHE_HOME", "The folder of the cache of --cache."),
            ("COLUMNS", "The width of the help."),
            ("NO_COLOR", "If it is set, no colours are used."),
        ].flatMap { [".TP", ".B \(Roff.text($0))", Roff.text($1)] }
}
