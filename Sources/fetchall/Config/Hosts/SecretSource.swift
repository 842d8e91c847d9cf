import FetchHTTP
import FetchSystem

/// Where the value of a host comes from. Making one reads and runs nothing.
enum SecretSource: Equatable, Sendable {
    /// The text of the file itself.
    case literal(String)
    /// `env:NAME`: a variable of the environment.
    case environment(String)
    /// `file:PATH`: the content of a file.
    case file(String)
    /// `cmd:PROGRAM ARGUMENT …`: what a program writes to standard output.
    case command([String])

    private static let kinds = ["env:", "file:", "cmd:"]

    /// `env:`, `file:` or `cmd:`, if a text begins with it.
    static func kind(of text: some StringProtocol) -> String? { kinds.first { text.hasPrefix($0) } }

    /// `env:`, `file:` or `cmd:`, if a word behind the first one begins with it and goes on.
    static func kind(inside text: some StringProtocol) -> String? {
        let blank: Character = " "
        return text.split(separator: blank).dropFirst().lazy.compactMap { word in
            kind(of: word).flatMap { word.utf8.count > $0.utf8.count ? $0 : nil }
        }.first
    }

    /// Parses the value of a key.
    ///
    /// - Parameter home: The user's folder, for `~/`; nil if it is unknown.
    init(_ text: String, home: String?) throws(ParseFailure) {
        guard let kind = Self.kind(of: text) else {
            self = .literal(text)
            return
        }
        let rest = text.dropFirst(kind.count)
        switch kind {
        case "env:":
            let isName = rest.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F }
            guard isName, !rest.isEmpty else { throw ParseFailure("write env:NAME, with the name of a variable") }
            self = .environment(String(rest))
        case "file:":
            let path = Self.expanded(String(rest), home)
            guard path.hasPrefix("/") else { throw ParseFailure("write file:/PATH or file:~/PATH") }
            self = .file(path)
        default:
            var words = try Self.words(rest)
            guard let program = words.first, !program.isEmpty else {
                throw ParseFailure("write cmd:PROGRAM ARGUMENT …; no shell reads it")
            }
            words[0] = Self.expanded(program, home)
            guard words[0].hasPrefix("/") || !words[0].contains("/") else {
                throw ParseFailure("the program must be a name that is on the PATH, or /PATH or ~/PATH")
            }
            self = .command(words)
        }
    }

    /// What is shown: a reference as it is, a literal value not at all.
    var isSecret: Bool {
        if case .literal = self { true } else { false }
    }

    /// A path whose `~/` is the user's folder.
    static func expanded(_ path: String, _ home: String?) -> String {
        guard path.hasPrefix("~/"), let home else { return path }
        return home + path.dropFirst(1)
    }

    /// The words of a command: separated by blanks, which quotes of either kind keep together, and a backslash outside of
    /// single quotes. Nothing is expanded.
    private static func words(_ text: Substring) throws(ParseFailure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case ("\\", let quote) where quote != "'":
                guard let next = characters.next() else { throw ParseFailure("the command ends with a backslash") }
                word = (word ?? "") + String(next)
            case (let character, let open?) where character == open: quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case (" ", nil), ("\t", nil), ("\n", nil):
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { throw ParseFailure("a quote of the command is not closed") }
        if let word { words.append(word) }
        return words
    }
}
