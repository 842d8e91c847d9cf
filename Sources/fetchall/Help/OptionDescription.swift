import FetchSystem

/// An option or an argument of a command as its help describes it.
struct OptionDescription: Equatable, Sendable {
    /// What a value can be, for the completion of a shell.
    enum Value: Equatable, Sendable {
        /// One of these words.
        case words([String])
        /// The name of a file.
        case file
        /// The name of a folder.
        case directory
        /// Anything else.
        case text
    }

    /// All names with their hyphens, those of one letter first, as in the help; empty for an argument.
    var names: [String]
    /// What a value can be; nil for a flag.
    let value: Value?
    /// The name of the value in the help; nil for a flag.
    let valueName: String?
    /// The title of its group in the help; nil if it is in none.
    let group: String?
    /// What it does, without the values and the default that the parser adds.
    let abstract: String
    /// What it does, as in the help.
    let text: String
    /// Whether it may be given several times.
    let isRepeating: Bool

    /// The names and the value, as in the help: `-m, --max-time <time>`.
    var label: String {
        let value = valueName.map { "<\($0)>" }
        return names.isEmpty
            ? value ?? ""
            : ([names.joined(separator: ", ")] + [value].compactMap { $0 })
                .joined(separator: " ")
    }

    /// The first sentence of what it does, without the full stop.
    var summary: String {
        var end = abstract.endIndex
        for mark in [". ", "; ", " (default"] {
            if let range = abstract.range(ofText: mark), range.lowerBound < end { end = range.lowerBound }
        }
        let sentence = abstract[..<end]
        return String(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)
    }

    /// An option of the parser's dump; nil for what the help does not show.
    init?(_ dump: JSONValue) {
        guard dump["shouldDisplay"] != .bool(false) else { return nil }
        let all = dump["names"].elements.compactMap { name -> String? in
            guard let text = name["name"].text else { return nil }
            return (name["kind"].text == "long" ? "--" : "-") + text
        }
        names = all.filter { !$0.hasPrefix("--") } + all.filter { $0.hasPrefix("--") }
        let isFlag = dump["kind"].text == "flag"
        let words = dump["completionKind"]["list"]["values"].elements.compactMap(\.text)
        valueName = isFlag ? nil : dump["valueName"].text
        value = isFlag ? nil : Self.value(words: words, named: dump["valueName"].text ?? "")
        group = dump["sectionTitle"].text
        abstract = dump["abstract"].text ?? ""
        isRepeating = dump["isRepeating"] == .bool(true)
        let values = dump["allValues"].elements.compactMap(\.text)
        let defaults = [
            values.isEmpty ? nil : "values: " + values.joined(separator: ", "),
            dump["defaultValue"].text.map { "default: \($0)" },
        ].compactMap { $0 }.joined(separator: "; ")
        text = defaults.isEmpty ? abstract : "\(abstract) (\(defaults))"
    }

    /// What a value can be. The name of a value tells whether it is a file: `<file>`, `<name=value|file>`, `<dir>`.
    private static func value(words: [String], named name: String) -> Value {
        if !words.isEmpty { return .words(words) }
        let parts = name.split(separator: "|")
        if parts.contains("file") { return .file }
        return parts.contains("dir") ? .directory : .text
    }
}

extension JSONValue {
    /// The member of an object; null for anything else.
    fileprivate subscript(key: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.key == key }?.value ?? .null
    }

    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension CommandDescription {
    /// The options and arguments of a command in the parser's dump of it (`--experimental-dump-help`). A flag and its
    /// opposite, which has no text of its own, are one option.
    static func options(inDump dump: String) -> [OptionDescription] {
        guard let root = try? JSONValue.parse(Array(dump.utf8)[...]) else { return [] }
        var options: [OptionDescription] = []
        for option in root["command"]["arguments"].elements.compactMap(OptionDescription.init) {
            if option.abstract.isEmpty, option.value == nil, let last = options.last, last.value == nil {
                options[options.count - 1].names += option.names
            } else {
                options.append(option)
            }
        }
        return options
    }
}
