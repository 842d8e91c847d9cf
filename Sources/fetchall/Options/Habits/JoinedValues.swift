import FetchGitHub

/// Short options with their value in the same argument, as curl allows it: `-XPOST`, `-sSo/dev/null`, `-m5`. The parser
/// knows `-X=POST` only.
enum JoinedValues {
    /// The letters of options without a value.
    static let flags = Set("sSLfZ#OJNRgIkqv46iGVhnp10")
    /// The letters of options with a value.
    private static let valued = Set("HXdAubcemjxCPowrzYyUEDFT")
    /// Long options whose value may begin with a hyphen and letters: the argument after them is left as it is.
    private static let longs: Set = [
        "--header", "--data", "--user", "--jq", "--pick", "--resolve", "--include", "--exclude", "--var", "--write-out",
        "--robots-agent", "--url", "--time-cond", "--header-for",
        "--bearer", "--oauth2-bearer", "--proxy-user", "--proxy-header", "--pass", "--connect-to",
        "--proxy-pass", "--tlsuser", "--tlspassword", "--proxy-tlsuser", "--proxy-tlspassword", "--proto",
        "--proto-redir",
        "--url-query",
    ]

    /// Those of them whose value may be `-http`.
    private static let schemes: Set = ["--proto", "--proto-redir"]

    /// Whether the next argument is a value of this one, though it may begin with a hyphen: `--data`, `-d`, `-sd`.
    static func awaitsValue(_ argument: String) -> Bool {
        if argument.hasPrefix("--") { return longs.contains(argument) }
        guard argument.hasPrefix("-"), let last = argument.last else { return false }
        return argument.dropFirst().firstIndex { !flags.contains($0) } == argument.indices.last && valued.contains(last)
    }

    /// The arguments as the parser knows them.
    static func written(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var written: [String] = []
        written.reserveCapacity(arguments.count)
        var isValue = false
        for argument in arguments[..<end] {
            if isValue {
                // The parser would take -http for -h among other letters.
                if let option = written.last, schemes.contains(option), argument.hasPrefix("-") {
                    written[written.count - 1] = "\(option)=\(argument)"
                } else {
                    written.append(argument)
                }
                isValue = false
                continue
            }
            isValue = longs.contains(argument)
            // The parser takes --proxy= for an option whose value follows, and would take the next argument for it.
            if argument.hasPrefix("--"), argument.utf8.count > 3,
                argument.utf8.firstIndex(of: UInt8(ascii: "=")) == argument.utf8.indices.last
            {
                written += [String(argument.dropLast()), ""]
                continue
            }
            guard argument.hasPrefix("-"), !argument.hasPrefix("--"), argument.utf8.count > 1 else {
                written.append(argument)
                continue
            }
            let value = argument.dropFirst().firstIndex { !flags.contains($0) }
            // A login such as -octocat- must not become the file of -o: the parser refuses it.
            let isLogin = arguments.first == "github" && GitHubClient.isLogin(argument)
            guard let value, valued.contains(argument[value]), !isLogin else {
                written.append(argument)
                continue
            }
            let rest = argument[argument.index(after: value)...]
            if rest.isEmpty || rest.first == "=" {
                isValue = rest.isEmpty
                written.append(argument)
                continue
            }
            let before = argument[..<value]
            if before != "-" { written.append(String(before)) }
            written.append("-\(argument[value])=\(rest)")
        }
        return written + arguments[end...]
    }
}
