/// Makes text from outside safe for a terminal: no control character takes effect, and the width is known.
package enum TerminalText {
    /// The text with every character escaped that a terminal would interpret: `\n`, `\x1b`, `\u202e`.
    ///
    /// These are C0, DEL, C1, line separators, and the bidirectional controls. A backslash is not escaped: the result
    /// is for reading, not for parsing.
    package static func escaped(_ text: String) -> String { escaped(text, keeping: []) }

    /// Like ``escaped(_:)``, but leaves some controls unchanged.
    package static func escaped(_ text: String, keeping kept: [UInt32]) -> String {
        if PlainRun.isPlain(text) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if isObeyed(scalar.value), !kept.contains(scalar.value) {
                result += escape(scalar.value)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text cut to a number of columns, the last of them `…` if something is missing; never inside a character.
    ///
    /// - Parameter width: The columns; nil for no limit.
    package static func cut(_ text: String, to width: Int?) -> String {
        guard let width, DisplayWidth.of(text) > width else { return text }
        guard width > 0 else { return "" }
        return prefix(text, width - 1) + "…"
    }

    /// The longest beginning that takes at most a number of columns.
    package static func prefix(_ text: String, _ width: Int) -> Substring {
        var used = 0
        for index in text.indices {
            used += DisplayWidth.of(text[index])
            if used > width { return text[..<index] }
        }
        return text[...]
    }

    /// The text, escaped and cut, for messages that quote a server or a file.
    package static func fit(_ text: String, to width: Int?) -> String { cut(escaped(text), to: width) }

    /// Whether a terminal interprets the character instead of showing it.
    static func isObeyed(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func escape(_ scalar: UInt32) -> String {
        switch scalar {
        case 0x09: return "\\t"
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        default:
            let digits = String(scalar, radix: 16)
            let width = scalar < 0x100 ? 2 : 4
            return (scalar < 0x100 ? "\\x" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
        }
    }
}
