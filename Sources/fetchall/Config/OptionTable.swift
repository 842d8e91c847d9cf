import FetchArgumentParser
import FetchSystem

/// The options of a command as its parser describes them, by name.
struct OptionTable: Sendable {
    /// The options in the order of the help.
    let options: [OptionDescription]
    /// Where each name is in ``options``, with its hyphens.
    private let indices: [String: Int]

    /// - Parameter command: The type of the command.
    init(_ command: any ParsableCommand.Type) {
        self.init(CommandDescription.options(inDump: command._dumpHelp()))
    }

    init(_ options: [OptionDescription]) {
        var joined: [OptionDescription] = []
        for option in options where !option.names.isEmpty {
            // The parser lists a flag and its opposite one after the other, with the same text.
            if let last = joined.last, last.value == nil, option.value == nil, last.abstract == option.abstract,
                option.names == last.names.map({ $0.hasPrefix("--") ? "--no-" + $0.dropFirst(2) : $0 })
            {
                joined[joined.count - 1].names += option.names
            } else {
                joined.append(option)
            }
        }
        self.options = joined
        var indices: [String: Int] = [:]
        for (index, option) in self.options.enumerated() { for name in option.names { indices[name] = index } }
        self.indices = indices
    }

    /// The option of a name such as `--max` or `-j`.
    subscript(name: String) -> OptionDescription? { indices[name].map { options[$0] } }

    /// The key that is nearest to a mistyped one; nil if none is near.
    func nearest(to key: String) -> String? {
        Self.nearest(to: key, among: options.filter(ConfigKey.mayBeSet).flatMap(\.keys))
    }

    /// What some words mean that are not near in letters.
    private static let meant = [
        "timeout": ["max-time"], "max-time": ["timeout"], "j": ["max"], "token": ["token-file", "bearer"],
        "concurrency": ["max"], "password": ["user"], "retries": ["retry"],
    ]

    static func nearest(to text: String, among words: [String]) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let plain = text.lowercased().replacing(text: "_", with: "-")
        if let word = Self.meant[plain]?.first(where: words.contains) { return word }
        let all = words.map { (word: $0, distance: ParserMessage.distance(plain, $0)) }
        guard let best = all.min(by: { $0.distance < $1.distance }),
            best.distance <= ParserMessage.farthestSuggestion, best.distance < best.word.count
        else { return nil }
        return best.word
    }
}

extension OptionDescription {
    /// The long names without their hyphens.
    var keys: [String] { names.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) } }

    /// The long name that stands for the option in rules.
    var key: String { keys.first ?? "" }

    /// The name that turns a flag off; nil if it has none.
    var opposite: String? {
        names.first { $0.hasPrefix("--no-") && names.contains("--" + $0.dropFirst("--no-".count)) }
    }

    /// Whether both are the same option, in the help of one command and of another.
    func isSame(as other: OptionDescription) -> Bool {
        names == other.names && (value == nil) == (other.value == nil) && isRepeating == other.isRepeating
    }
}
