package import FetchHTTP
package import FetchSystem

/// A list of checksums as coreutils' `sha256sum` and BSD's `sha256` write it: names, or URLs, with their digests.
package struct ChecksumList: Sendable {
    private struct Entry {
        let checksum: Checksum
        let line: Int
    }

    /// The entries by name; a URL without credentials and fragment.
    private var entries: [String: Entry] = [:]
    /// The checksums by the last component of the names of files; nil where several files have different ones.
    private var lastComponents: [String: Checksum?] = [:]

    /// Reads a file; `-` is standard input.
    ///
    /// - Throws: ``InputFailure`` for a file that cannot be read, or that is not such a list.
    package static func read(_ path: String) throws(InputFailure) -> ChecksumList {
        try ChecksumList(WholeFile.read(path), name: path)
    }

    /// Parses a list.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file: one checksum in each line; blank lines and comments (`#`) do not count.
    ///   - name: The name of the file, for messages.
    /// - Throws: ``InputFailure`` with file and line for a line that is not a checksum, and for a name with two
    ///   different checksums.
    package init(_ bytes: [UInt8], name: String) throws(InputFailure) {
        let file = name == "-" ? "standard input" : TerminalText.escaped(name)
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var number = 0
        for var line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            if line.last == 0x0D { line.removeLast() }
            line = line.drop { $0 == 0x20 || $0 == 0x09 }
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            do throws(ParseFailure) {
                let (name, checksum) = try ChecksumLine.parse(line)
                try add(name, Entry(checksum: checksum, line: number))
            } catch {
                throw InputFailure("\(file):\(number): \(error.message)")
            }
        }
        guard !entries.isEmpty else { throw InputFailure("\(file): it contains no checksum") }
    }

    private mutating func add(_ name: String, _ entry: Entry) throws(ParseFailure) {
        let url = Self.url(name)
        if let known = entries.updateValue(entry, forKey: url?.requestString ?? name),
            known.checksum != entry.checksum
        {
            throw ParseFailure(
                "\(ParseFailure.quoted(name)) has another checksum in line \(known.line); remove one of the two")
        }
        guard url == nil else { return }
        let last = Self.lastComponent(name)
        guard !last.isEmpty else { throw ParseFailure("\(ParseFailure.quoted(name)) does not name a file") }
        guard let other = lastComponents[last] else {
            lastComponents[last] = .some(entry.checksum)
            return
        }
        if other != entry.checksum { lastComponents[last] = .some(nil) }
    }

    /// The checksum of a URL: that of the URL itself, else that of the file that it is saved as, else that of the file
    /// that it names.
    ///
    /// - Parameter savedName: The path of the saved file; nil where there is none.
    /// - Returns: nil for a URL that the list does not have, and for a name that stands in several folders of the list
    ///   with different checksums, none of which is at the end of the URL's path.
    package func checksum(of url: FetchURL, savedAs savedName: String?) -> Checksum? {
        if let entry = entries[url.requestString] { return entry.checksum }
        if let savedName, let checksum = checksum(ofFile: savedName) { return checksum }
        let path = url.path.utf8.dropFirst()
        if let text = String(validating: PercentEncoding.decode(Array(path)[...]), as: UTF8.self),
            let checksum = checksum(ofFile: text)
        {
            return checksum
        }
        return checksum(ofFile: String(Substring(path)))
    }

    /// The checksum of a file: that of the longest name which the path ends with, else the only one of that file name.
    package func checksum(ofFile path: String) -> Checksum? {
        var rest = path[...]
        while true {
            if let entry = entries[String(rest)] { return entry.checksum }
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { break }
            rest = rest[rest.utf8.index(after: slash)...]
        }
        return lastComponents[Self.lastComponent(path)] ?? nil
    }

    private static func url(_ name: String) -> FetchURL? {
        let lower = name.prefix("https://".count).lowercased()
        return lower.hasPrefix("http://") || lower == "https://" ? FetchURL(name) : nil
    }

    private static func lastComponent(_ path: String) -> String {
        let bytes = path.utf8
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[bytes.index(after: slash)...])
    }
}

/// One line of a ``ChecksumList``.
private enum ChecksumLine {
    /// `HEX  name`, `HEX *name`, or `SHA256 (name) = HEX`; with a backslash in front the name has escapes.
    static func parse(_ line: ArraySlice<UInt8>) throws(ParseFailure) -> (name: String, checksum: Checksum) {
        guard let text = String(validating: line, as: UTF8.self) else { throw ParseFailure("the line is not UTF-8") }
        let isEscaped = line.first == UInt8(ascii: "\\")
        let content = isEscaped ? text.dropFirst() : text[...]
        let (rawName, checksum) = if let found = try tagged(content) { found } else { try plain(content) }
        var name = isEscaped ? try unescaped(rawName) : String(rawName)
        while name.hasPrefix("./") { name.removeFirst(2) }
        return (name, checksum)
    }

    /// `SHA256 (name) = HEX`, also as `openssl dgst` writes it, `SHA2-256(name)= HEX`; nil for another line.
    private static func tagged(
        _ text: Substring
    ) throws(ParseFailure) -> (name: Substring, checksum: Checksum)? {
        guard let open = text.firstIndex(of: "("), let algorithm = DigestAlgorithm(name: trimmed(text[..<open])),
            let equals = text.lastIndex(of: "="), let close = text[..<equals].lastIndex(of: ")"), open < close,
            text[text.index(after: close)..<equals].allSatisfy({ $0 == " " })
        else { return nil }
        let digits = trimmed(text[text.index(after: equals)...])
        return (text[text.index(after: open)..<close], try Checksum(algorithm, hexadecimal: digits))
    }

    /// `HEX  name`; the second blank may be the `*` of a binary file, or missing.
    private static func plain(_ text: Substring) throws(ParseFailure) -> (name: Substring, checksum: Checksum) {
        let digits = text.prefix { $0 != " " && $0 != "\t" }
        var name = text[digits.endIndex...].dropFirst()
        if let mark = name.first, mark == " " || mark == "*" { name.removeFirst() }
        guard let algorithm = DigestAlgorithm(hexLength: digits.utf8.count),
            digits.utf8.allSatisfy({ $0.hexValue != nil }), !name.isEmpty
        else {
            throw ParseFailure(
                "\(ParseFailure.quoted(text)) is not a checksum and a name such as 'HEX  file' or 'SHA256 (file) = HEX'"
            )
        }
        return (name, try Checksum(algorithm, hexadecimal: digits))
    }

    /// The name without the escapes of coreutils: `\n`, `\r` and `\\`.
    private static func unescaped(_ text: Substring) throws(ParseFailure) -> String {
        var name = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                name.unicodeScalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "n": name.unicodeScalars.append("\n")
            case "r": name.unicodeScalars.append("\r")
            case "\\": name.unicodeScalars.append("\\")
            default: throw ParseFailure("\(ParseFailure.quoted(text)) has an escape other than \\n, \\r and \\\\")
            }
        }
        return name
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
