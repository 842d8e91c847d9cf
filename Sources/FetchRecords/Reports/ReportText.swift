import FetchHTTP
import FetchSystem

/// Texts from pages and servers as a report writes them: they are data there, never markup.
package enum ReportText {
    /// The text with every character escaped that would not be shown as itself: controls, line breaks, bidirectional
    /// controls, and the noncharacters that XML 1.0 §2.2 does not allow. Bytes that are not UTF-8 are `\xFC`.
    package static func visible(_ text: String) -> String {
        let shown = TerminalText.escaped(ByteText.shown(text))
        guard shown.unicodeScalars.contains(where: { isHidden($0.value) }) else { return shown }
        var result = ""
        for scalar in shown.unicodeScalars {
            if isHidden(scalar.value) {
                result += "\\u" + String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text for HTML and XML, between tags and in quoted attributes.
    package static func markup(_ text: String) -> String {
        let text = visible(text)
        guard text.utf8.contains(where: { "<>&\"'".utf8.contains($0) }) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text as a code span of Markdown, where nothing of it is markup, a link or a mention; also in a cell of a table.
    /// Backticks and bars, which would end the span or the cell, are escaped visibly; no text is a dash.
    static func markdown(_ text: String, longest: Int = 300) -> String {
        var text = visible(text)
        if text.count > longest { text = text.prefix(longest) + "…" }
        guard text.unicodeScalars.contains(where: { $0 != " " }) else { return "–" }
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "|") }) else {
            return "`\(text)`"
        }
        return "`" + text.replacing(text: "`", with: "\\x60").replacing(text: "|", with: "\\x7c") + "`"
    }

    /// JSON text for a `<script>` element: without the characters that could end the element or begin a comment (HTML
    /// §13.1.2.6). They occur in strings of JSON only.
    static func scriptData(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count + json.count / 16)
        for byte in json {
            switch byte {
            case UInt8(ascii: "<"): result += "\\u003c".utf8
            case UInt8(ascii: ">"): result += "\\u003e".utf8
            case UInt8(ascii: "&"): result += "\\u0026".utf8
            default: result.append(byte)
            }
        }
        return result
    }

    /// Whether a text may be a link: an http or https URL from which nothing was hidden.
    static func isLink(_ url: String) -> Bool {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains(text: "***") else { return false }
        return url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Milliseconds with three decimals, as HAR and the attributes of JUnit have them in their units: `12.345`.
    static func thousandths(_ value: Int64) -> String {
        let (whole, rest) = max(0, value).quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        return "\(whole).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }

    /// A point in time in ISO 8601, with milliseconds and in UTC.
    static func time(_ milliseconds: Int64) -> String {
        var writer = TimestampWriter()
        var bytes: [UInt8] = []
        writer.append(milliseconds, into: &bytes)
        return ByteText.text(of: bytes)
    }

    /// Characters that a terminal shows and a report does not: no-width marks, and what XML does not allow.
    private static func isHidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x200B...0x200D, 0x2060...0x2065, 0xFEFF, 0xFFF9...0xFFFB, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
