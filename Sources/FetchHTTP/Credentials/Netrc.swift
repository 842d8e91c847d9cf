package import FetchSystem

/// User names and passwords by host, as curl reads them from `.netrc`
/// (<https://everything.curl.dev/usingcurl/netrc>). Its description has none of them.
///
/// A host is looked up by its name, whatever the scheme and the port. The first entry that fits is used; `default` fits
/// every host, so that entries behind it are found for a certain user only.
package struct Netrc: Sendable, CustomStringConvertible {
    /// `machine HOST login NAME password WORD`; without a host it is `default`.
    private struct Entry: Sendable {
        var host: String?
        var login: [UInt8]?
        var password: [UInt8]?
    }

    /// Whether the user and the password of a URL go before the file.
    package var prefersURL: Bool

    private var entries: [Entry]

    /// Parses a file.
    ///
    /// - Throws: ``ParseFailure`` with the line; it does not quote the file, which has secrets.
    package init(_ bytes: [UInt8], prefersURL: Bool = false) throws(ParseFailure) {
        self.prefersURL = prefersURL
        var reader = NetrcReader(bytes)
        var entries: [Entry] = []
        while let (word, line) = try reader.word() {
            func value(of name: String) throws(ParseFailure) -> [UInt8] {
                guard let (value, _) = try reader.word() else {
                    throw ParseFailure("line \(line): '\(name)' has no value")
                }
                return value
            }
            switch String(validating: word, as: UTF8.self)?.lowercased() {
            case "machine":
                guard let host = String(validating: try value(of: "machine"), as: UTF8.self) else {
                    throw ParseFailure("line \(line): the host is not UTF-8")
                }
                entries.append(Entry(host: host.lowercased()))
            case "default": entries.append(Entry())
            case "login":
                let login = try value(of: "login")
                if !entries.isEmpty { entries[entries.count - 1].login = login }
            case "password":
                let password = try value(of: "password")
                if !entries.isEmpty { entries[entries.count - 1].password = password }
            case "account": _ = try value(of: "account")
            case "macdef": reader.skipMacro()
            default: break
            }
        }
        self.entries = entries.filter { $0.login != nil || $0.password != nil }
    }

    /// The credentials for a URL; nil if the file has none, or the URL's own are preferred.
    package func credentials(for url: FetchURL) -> Credentials? {
        let user = PercentEncoding.decode(Array(url.username.utf8)[...])
        let hasPassword = !url.password.isEmpty
        if prefersURL, hasPassword { return nil }
        let login = user.isEmpty || hasPassword ? nil : user
        guard let entry = entries.first(where: { fits($0, url.host, login) }) else { return nil }
        return Credentials(
            pair: (login ?? entry.login ?? []) + [UInt8(ascii: ":")] + (entry.password ?? []))
    }

    /// An entry without a login has the password of each user.
    private func fits(_ entry: Entry, _ host: String, _ login: [UInt8]?) -> Bool {
        if let name = entry.host, name != host, "[\(name)]" != host { return false }
        guard let login else { return true }
        return entry.login.map { $0 == login } ?? true
    }

    /// Nothing that is secret.
    package var description: String { "netrc with \(entries.count) entries" }
}

/// Splits the text of a netrc file into words. A line whose first character is `#` is a comment; a word in double quotes may
/// have blanks, and `\n`, `\r`, `\t`, `\"` and `\\` in it; a macro ends with an empty line.
private struct NetrcReader {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var isAtLineStart = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The next word with its line; nil at the end.
    mutating func word() throws(ParseFailure) -> (word: [UInt8], line: Int)? {
        while index < bytes.count {
            let byte = bytes[index]
            if Self.isBlank(byte) {
                take()
            } else if byte == UInt8(ascii: "#"), isAtLineStart {
                skipLine()
            } else {
                isAtLineStart = false
                let start = line
                return (byte == UInt8(ascii: "\"") ? try quoted() : plain(), start)
            }
        }
        return nil
    }

    /// Skips what is defined after `macdef`: the rest of its line, and all lines up to an empty one.
    mutating func skipMacro() {
        skipLine()
        while index < bytes.count, bytes[index] != 0x0A, !(bytes[index] == 0x0D && follows(0x0A)) { skipLine() }
    }

    private mutating func plain() -> [UInt8] {
        let start = index
        while index < bytes.count, !Self.isBlank(bytes[index]) { index += 1 }
        return Array(bytes[start..<index])
    }

    private mutating func quoted() throws(ParseFailure) -> [UInt8] {
        let start = line
        var word: [UInt8] = []
        index += 1
        while index < bytes.count, bytes[index] != 0x0A {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return word }
            guard byte == UInt8(ascii: "\\"), index < bytes.count, bytes[index] != 0x0A else {
                word.append(byte)
                continue
            }
            switch bytes[index] {
            case UInt8(ascii: "n"): word.append(0x0A)
            case UInt8(ascii: "r"): word.append(0x0D)
            case UInt8(ascii: "t"): word.append(0x09)
            case let other: word.append(other)
            }
            index += 1
        }
        throw ParseFailure("line \(start): the quoted word is not closed")
    }

    private mutating func take() {
        if bytes[index] == 0x0A {
            line += 1
            isAtLineStart = true
        }
        index += 1
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        if index < bytes.count { take() }
    }

    private func follows(_ byte: UInt8) -> Bool { index + 1 < bytes.count && bytes[index + 1] == byte }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
