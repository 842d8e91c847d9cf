import FetchGitHub
import FetchHTTP
import FetchSystem

/// What the argument parser says about a command line, as one line for the user.
enum ParserMessage {
    /// The maximum number of changed, added and removed letters between a mistyped option and the one that is suggested.
    static let farthestSuggestion = 2

    /// The line.
    ///
    /// - Parameters:
    ///   - message: The parser's message.
    ///   - arguments: The arguments of the process.
    static func line(_ message: String, arguments: [String]) -> String {
        var line = message.split(separator: "\n").joined(separator: " ")
        if let range = distantSuggestion(in: line) { line.removeSubrange(range) }
        if let advice = HabitAdvice.line(for: line) { return advice }
        if let login = loginTakenForOption(line, arguments) {
            return "'\(login)' is not an option; write a login that begins with a hyphen into a file or after --: "
                + "fetchall github -- \(login)"
        }
        // A URL may have become the value of an option that was written without its own.
        return line.contains(text: "//") ? PrintableURL.hidingCredentials(in: line) : line
    }

    /// The number of changed, added and removed characters between two texts (Levenshtein).
    static func distance(_ left: some StringProtocol, _ right: some StringProtocol) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }

    /// The range of `. Did you mean '--retry'?` if that is not what was meant. The parser suggests whatever differs in up
    /// to three letters (swift-argument-parser 1.7, UsageGenerator.swift), which is any option for a short one.
    private static func distantSuggestion(in line: String) -> Range<String.Index>? {
        guard let range = line.range(ofText: ". Did you mean '"), line.hasSuffix("'?") else { return nil }
        let suggestion = line[range.upperBound...].dropLast(2)
        guard line.hasPrefix("Unknown option '"), line[..<range.lowerBound].hasSuffix("'") else { return nil }
        let given = line[..<range.lowerBound].dropFirst("Unknown option '".count).dropLast()
        return distance(given, suggestion) > farthestSuggestion ? range.lowerBound..<line.endIndex : nil
    }

    /// The argument that the parser took for an option and that is a login: `-DNA-`.
    private static func loginTakenForOption(_ line: String, _ arguments: [String]) -> String? {
        guard arguments.first == "github" else { return nil }
        return arguments.dropFirst().prefix { $0 != "--" }.first { argument in
            // The parser names the letter of a cluster that it does not know, with one hyphen or two.
            let isNamed =
                line.contains(text: "'\(argument)'")
                || argument.hasSuffix("-") && line.contains(text: "Unknown option '--'")
            return argument.hasPrefix("-") && !argument.hasPrefix("--") && argument.utf8.count > 2 && isNamed
                && GitHubClient.isLogin(argument)
        }
    }
}
