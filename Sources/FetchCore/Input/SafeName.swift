/// Makes names of files that no URL can misuse: to leave the folder, to hide, to look like an option, to break a
/// terminal or a shell.
enum SafeName {
    /// The most bytes of one component, by the limit of every common file system.
    static let componentLimit = 255
    /// The most bytes of a whole path; systems end at 4,096 with the folder in front.
    static let pathLimit = 2_048

    /// One component of a path: never empty, without a leading dot or dash, at most 255 bytes.
    static func component(_ text: some StringProtocol) -> String {
        var scalars = String.UnicodeScalarView(text.unicodeScalars.map { isSafe($0) ? $0 : "_" })
        // Windows and people overlook them at the end.
        while let last = scalars.last, last == "." || last == " " { scalars.removeLast() }
        if let first = scalars.first, first == "." || first == "-" || first == " " {
            scalars.replaceSubrange(scalars.startIndex...scalars.startIndex, with: ["_"])
        }
        let name = scalars.isEmpty ? "_" : String(scalars)
        return name.utf8.count <= componentLimit ? name : suffixed(name, "")
    }

    /// A path of safe components. Empty ones are dropped; of a path that is too long the end is kept.
    static func path(_ text: some StringProtocol) -> String {
        var components = text.split(separator: "/").map { component($0) }
        var length = components.reduce(0) { $0 + $1.utf8.count + 1 }
        while length > pathLimit, components.count > 1 {
            length -= components.removeFirst().utf8.count + 1
        }
        return components.isEmpty ? "_" : components.joined(separator: "/")
    }

    /// The name with something put before its extension, shortened before it so that all fits.
    static func suffixed(_ name: String, _ suffix: String) -> String {
        let dotExtension = self.dotExtension(of: name)
        let room = componentLimit - suffix.utf8.count - dotExtension.utf8.count
        var stem = name.unicodeScalars.dropLast(dotExtension.utf8.count)
        while Substring(stem).utf8.count > room { stem.removeLast() }
        return String(Substring(stem)) + suffix + dotExtension
    }

    /// The extension with its dot, if what follows the last dot looks like one; otherwise nothing.
    static func dotExtension(of name: String) -> String {
        let end = name.utf8.suffix(17)
        guard let dot = end.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        let letters = end[end.index(after: dot)...]
        guard !letters.isEmpty, letters.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit }) else { return "" }
        return "." + String(decoding: letters, as: UTF8.self)
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F: false
        case 0x2F, 0x3A, 0x5C: false
        // Marks that turn the direction of text, separators of lines, and characters without any width.
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: false
        default: true
        }
    }
}
