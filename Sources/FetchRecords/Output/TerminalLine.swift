import FetchSystem

/// One line for a terminal, made of parts in different colours. It can be cut to a width that does not count the
/// colours.
package struct TerminalLine {
    /// The style of a part where colours are used.
    package enum Style: String {
        case plain = ""
        case green = "32"
        case yellow = "33"
        case red = "31"
        case bold = "1"
        case dim = "2"
    }

    private var parts: [(text: String, style: Style)] = []

    /// An empty line.
    package init() {}

    /// A line of one plain part.
    package init(_ text: String) { append(text) }

    /// Appends a part. Its text must be escaped already (``TerminalText/escaped(_:)``).
    package mutating func append(_ text: String, _ style: Style = .plain) { parts.append((text, style)) }

    /// The line without line break.
    ///
    /// - Parameters:
    ///   - width: The maximum columns; nil for no limit. A cut line ends in `…`.
    ///   - color: Whether the styles are written.
    package func rendered(width: Int?, color: Bool) -> String {
        let total = parts.reduce(0) { $0 + DisplayWidth.of($1.text) }
        guard let width, total > width else {
            return parts.map { Self.painted($0.text, $0.style, color: color) }.joined()
        }
        guard width > 0 else { return "" }
        var result = ""
        var room = width - 1
        for part in parts {
            let columns = DisplayWidth.of(part.text)
            guard columns > room else {
                result += Self.painted(part.text, part.style, color: color)
                room -= columns
                continue
            }
            return result + Self.painted(TerminalText.prefix(part.text, room) + "…", part.style, color: color)
        }
        return result
    }

    private static func painted(_ text: String, _ style: Style, color: Bool) -> String {
        guard color, style != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}
