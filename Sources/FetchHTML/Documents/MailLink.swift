import FetchSystem

/// The addresses of mailto links (RFC 6068 §2). Only their form is checked; no mail server is asked.
enum MailLink {
    /// What is wrong with a link, for a person; nil if nothing is.
    ///
    /// - Parameter link: What follows `mailto:`.
    static func problem(_ link: ArraySlice<UInt8>) -> String? {
        let link = link.prefix { $0 != UInt8(ascii: "#") }
        let list = link.prefix { $0 != UInt8(ascii: "?") }
        var lists = list.isEmpty ? [] : [list]
        for field in link[list.endIndex...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            if ["to", "cc", "bcc"].contains(where: { name.map(\.lowercasedASCII).elementsEqual($0.utf8) }) {
                lists.append(field[name.endIndex...].dropFirst())
            }
        }
        // A link to share something has a subject and no address.
        guard !lists.isEmpty else { return list.endIndex == link.endIndex ? "no address" : nil }
        return lists.lazy.flatMap(addresses).compactMap(problem(address:)).first
    }

    /// The addresses of a list. A comma that is a part of an address is percent-encoded, so the list is divided first.
    private static func addresses(_ list: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
            var address = PercentEncoding.decode(part)[...].drop { $0 == 0x20 }
            while address.last == 0x20 { address.removeLast() }
            return address
        }
    }

    private static func problem(address: ArraySlice<UInt8>) -> String? {
        guard !address.isEmpty else { return "an empty address" }
        let shown = ParseFailure.quoted(ByteText.shown(ByteText.text(of: Array(address))))
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return "\(shown) has no @" }
        let local = address[..<at]
        let domain = address[(at + 1)...]
        if !isLocal(local) { return "\(shown) has no valid name before the @" }
        return isDomain(domain) ? nil : "\(shown) has no valid domain after the @"
    }

    /// A dot-atom or a quoted string (RFC 5321 §4.1.2), with letters beyond ASCII (RFC 6531 §3.3).
    private static func isLocal(_ local: ArraySlice<UInt8>) -> Bool {
        guard !local.isEmpty, local.count <= 64 else { return false }
        if local.count >= 2, local.first == UInt8(ascii: "\""), local.last == UInt8(ascii: "\"") {
            return isQuoted(local.dropFirst().dropLast())
        }
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtom) }
    }

    private static func isQuoted(_ text: ArraySlice<UInt8>) -> Bool {
        var isEscaped = false
        for byte in text {
            if byte < 0x20 || byte == 0x7F || !isEscaped && byte == UInt8(ascii: "\"") { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return !isEscaped
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80 || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// A host name, or an address in brackets.
    private static func isDomain(_ domain: ArraySlice<UInt8>) -> Bool {
        guard !domain.isEmpty, domain.count <= 253 else { return false }
        if domain.first == UInt8(ascii: "[") {
            return domain.count > 2 && domain.last == UInt8(ascii: "]")
                && domain.dropFirst().dropLast().allSatisfy {
                    $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":")
                }
        }
        return domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            let hyphen = UInt8(ascii: "-")
            return !label.isEmpty && label.count <= 63 && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 >= 0x80 || $0 == hyphen }
        }
    }
}
