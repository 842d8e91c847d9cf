import FetchSystem

/// The groups of a command's help: what stands below a line like `PACE:`, up to the next empty line.
struct HelpGroups {
    /// The groups in the order of the help; each text begins with the line of its title.
    private let groups: [(title: String, text: String)]

    /// - Parameter help: The whole help of the command.
    init(help: String) {
        groups = help.parts(separatedByText: "\n\n").compactMap { block in
            guard let line = block.split(separator: "\n").first, line.hasSuffix(":"), line == line.uppercased()[...]
            else { return nil }
            return (line.dropLast().lowercased(), String(block.suffix(from: line.startIndex)))
        }
    }

    /// The titles in small letters.
    var titles: [String] { groups.map(\.title) }

    /// The group of a title, or of the only title that begins so; capital letters do not matter.
    ///
    /// - Throws: ``ParseFailure`` that names the groups.
    func text(_ name: String) throws(ParseFailure) -> String {
        let wanted = name.lowercased()
        if let group = groups.first(where: { $0.title == wanted }) { return trimmed(group.text) }
        let matches = groups.filter { $0.title.hasPrefix(wanted) }
        if let group = matches.first, matches.count == 1 { return trimmed(group.text) }
        let given = TerminalText.escaped(name)
        guard matches.isEmpty || wanted.isEmpty else {
            throw ParseFailure(
                "--help: '\(given)' is the beginning of several groups: \(matches.map(\.title).joined(separator: ", "))"
            )
        }
        throw ParseFailure(
            "--help: '\(given)' is not a command or a group of options; the groups are \(titles.joined(separator: ", "))"
        )
    }

    /// The help of a command with the groups that few runs need (`DETAILS OF …`) behind all others.
    static func withDetailsLast(_ help: String) -> String {
        let text = help.reversed().drop { $0.isNewline }.reversed()
        let blocks = String(text).parts(separatedByText: "\n\n")
        let details = blocks.filter { $0.hasPrefix("DETAILS OF ") }
        guard !details.isEmpty else { return help }
        let others = blocks.filter { !$0.hasPrefix("DETAILS OF ") }
        return (others + details).joined(separator: "\n\n") + help.suffix(help.count - text.count)
    }

    private func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0.isWhitespace }.reversed())
    }
}
