import FetchSystem

/// The rules of an ignore file, in the syntax of gitignore(5): a rule a line, `#` for comments, `!` to include again, a slash
/// at the end for folders only, one before it to begin at the folder of the file.
struct IgnoreRules: Sendable {
    private struct Rule {
        let pattern: PathPattern
        let isNegated: Bool
        let isForFolders: Bool
    }

    /// The name of an ignore file.
    static let fileName = ".fetchallignore"

    private var rules: [Rule] = []

    /// Reads a file. A pattern that is not valid fits nothing, as in git.
    init(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        for line in bytes.split(separator: 0x0A) {
            if let rule = Self.rule(ByteText.text(of: Array(line))) { rules.append(rule) }
        }
    }

    /// Whether a path is left out; nil if no rule says so. The last rule that fits decides.
    ///
    /// - Parameters:
    ///   - path: The path from the folder of the file.
    ///   - isFolder: Whether it is a folder; what is in a folder that is left out is not looked at.
    func isLeftOut(_ path: some StringProtocol, isFolder: Bool) -> Bool? {
        rules.last { ($0.isForFolders ? isFolder : true) && $0.pattern.matches(path) }.map { !$0.isNegated }
    }

    private static func rule(_ line: String) -> Rule? {
        var text = Substring(line)
        if text.last == "\r" { text.removeLast() }
        while text.last == " ", !text.hasSuffix("\\ ") { text.removeLast() }
        guard let first = text.first, first != "#" else { return nil }
        let isNegated = first == "!"
        if isNegated { text.removeFirst() }
        let isForFolders = text.last == "/"
        if isForFolders { text.removeLast() }
        guard !text.isEmpty else { return nil }
        let isAnchored = text.utf8.contains(UInt8(ascii: "/"))
        if text.first == "/" { text.removeFirst() }
        guard let pattern = try? PathPattern(String(text), isAnchored: isAnchored, hasBraces: false) else { return nil }
        return Rule(pattern: pattern, isNegated: isNegated, isForFolders: isForFolders)
    }
}
