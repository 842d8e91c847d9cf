import FetchSystem

/// Text as roff source, which groff and mandoc show as it is.
enum Roff {
    /// One line of text. Its hyphens are those of the keyboard, so that an option can be copied, and what is not ASCII is
    /// named by its code point, because groff reads Latin-1.
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            case "\n": result += " "
            case _ where !scalar.isASCII:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        // A line that begins with a full stop would be a request.
        return result.hasPrefix(".") ? "\\&" + result : result
    }

    /// The paragraphs of a text that are separated by empty lines.
    static func paragraphs(_ text: String) -> [String] {
        let paragraphs = text.parts(separatedByText: "\n\n").map { Roff.text(String($0)) }
        return Array(paragraphs.map { [$0] }.joined(separator: [".PP"]))
    }

    /// A synopsis: the names in bold, each `<value>` in italics.
    static func usage(_ usage: String) -> String {
        usage.split(separator: " ").map { word in
            let name = word.drop { "[<".contains($0) }.prefix { !">]".contains($0) }
            guard !name.isEmpty else { return text(String(word)) }
            let (before, after) = (word[..<name.startIndex], word[name.endIndex...])
            let font = before.contains("<") ? "I" : name == "..." ? "R" : "B"
            let brackets = (before.filter { $0 == "[" }, after.filter { $0 != ">" })
            return "\(brackets.0)\\f\(font)\(text(String(name)))\\fR\(text(String(brackets.1)))"
        }.joined(separator: " ")
    }
}
