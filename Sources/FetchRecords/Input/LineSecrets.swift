import FetchHTTP
import FetchSystem

/// What is shown of a line that is not a URL: a field or a command of curl may stand there, with a secret.
enum LineSecrets {
    /// The options of curl whose value is one: letters, and long names without their hyphens.
    private static let letters = Array("uUb".utf8)
    private static let options = [
        "user", "proxy-user", "cookie", "bearer", "oauth2-bearer", "pass", "proxy-pass",
    ].map { Array($0.utf8) }

    /// The line up to the first name that suggests a secret, before a colon, or up to such an option, and `***` for the rest.
    static func hidden(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        // A little more than is kept, so that the cut is seen and made between characters.
        let line = line.prefix(LineSplitter.keptLength + 4)
        var index = line.startIndex
        while index < line.endIndex {
            let word = line[index...].prefix(while: isWord)
            guard !word.isEmpty else {
                index += 1
                continue
            }
            if isOption(word, in: line) || isName(word, in: line) { return line[..<index] + Array("***".utf8) }
            index = word.endIndex
        }
        return line
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isName(_ word: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) -> Bool {
        // As in ``JSONRequestLine``: whatever quotes are around the name.
        let next = line[word.endIndex...].first { !"\"'\\ \t".utf8.contains($0) }
        return next == UInt8(ascii: ":") && SecretName.occurs(in: ByteText.text(of: Array(word)))
    }

    /// Whether an option begins behind a blank; the value of a short one may follow without one.
    private static func isOption(_ word: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) -> Bool {
        let name = word.drop { $0 == UInt8(ascii: "-") }
        guard let letter = name.first, word.endIndex < line.endIndex || name.count > 1 else { return false }
        if word.startIndex > line.startIndex, ![0x20, 0x09].contains(line[word.startIndex - 1]) { return false }
        switch word.count - name.count {
        case 1: return letters.contains(letter)
        case 2: return options.contains { name.elementsEqual($0) }
        default: return false
        }
    }
}
