import FetchSystem

/// A word of a command line for a POSIX shell: bytes, and variables of the environment whose values are secret.
package struct ShellWord: Sendable {
    private enum Part: Sendable {
        case bytes([UInt8])
        case variable(String)
    }

    private var parts: [Part] = []

    /// Makes a word of a text.
    package init(_ text: String = "") { append(ByteText.bytes(of: text)) }

    /// Appends bytes.
    package mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        guard case .bytes(let before) = parts.last else { return parts.append(.bytes(bytes)) }
        parts[parts.count - 1] = .bytes(before + bytes)
    }

    /// Appends the value of a variable. The shell ends with a message if it is not set.
    package mutating func append(variable: String) { parts.append(.variable(variable)) }

    /// Appends another word.
    package mutating func append(_ word: ShellWord) {
        for part in word.parts {
            switch part {
            case .bytes(let bytes): append(bytes)
            case .variable(let name): append(variable: name)
            }
        }
    }

    /// A command that ends the shell unless all variables of the word are set, with `&&`; empty without variables.
    package var checks: [UInt8] {
        let names = parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
        return names.isEmpty ? [] : Array((": " + names.map { "\"${\($0):?}\"" }.joined(separator: " ") + " && ").utf8)
    }

    /// Whether the word fits on a line as it is: it has no control character, and no shell or system limits its size.
    package var fitsOnLine: Bool {
        parts.allSatisfy { part in
            guard case .bytes(let bytes) = part else { return true }
            guard bytes.count <= 100_000, let text = String(validating: bytes, as: UTF8.self) else { return false }
            return TerminalText.escaped(text) == text
        }
    }

    /// The word, quoted where it has to be.
    package var quoted: [UInt8] {
        // No terminal that shows the line obeys it.
        guard fitsOnLine else { return Array("\"$(".utf8) + printed + Array(")\"".utf8) }
        var out: [UInt8] = []
        for part in parts {
            switch part {
            case .bytes(let bytes) where bytes.allSatisfy(Self.isPlain): out += bytes
            case .bytes(let bytes):
                out.append(UInt8(ascii: "'"))
                for byte in bytes { out += byte == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [byte] }
                out.append(UInt8(ascii: "'"))
            case .variable(let name): out += Array("\"${\(name):?}\"".utf8)
            }
        }
        return out.isEmpty ? Array("''".utf8) : out
    }

    /// A command that writes the word, whatever its bytes are.
    package var printed: [UInt8] {
        var format: [UInt8] = []
        var arguments: [UInt8] = []
        for part in parts {
            switch part {
            case .bytes(let bytes):
                for byte in bytes {
                    switch byte {
                    case UInt8(ascii: "%"): format += Array("%%".utf8)
                    case UInt8(ascii: "\\"): format += Array(#"\\"#.utf8)
                    case UInt8(ascii: "'"): format += Array(#"'\''"#.utf8)
                    case 0x20..<0x7F: format.append(byte)
                    default: format += Array((#"\"# + Self.octal(byte)).utf8)
                    }
                }
            case .variable(let name):
                format += Array("%s".utf8)
                arguments += Array(" \"${\(name):?}\"".utf8)
            }
        }
        // A hyphen at the beginning would be an option of printf.
        if format.first == UInt8(ascii: "-") { format.replaceSubrange(0..<1, with: Array("\\055".utf8)) }
        return Array("printf '".utf8) + format + Array("'".utf8) + arguments
    }

    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// Whether no shell gives the byte a meaning, anywhere in a word.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIIWordByte || "-./:,@%+=".utf8.contains(byte)
    }
}

extension UInt8 {
    fileprivate var isASCIIWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
