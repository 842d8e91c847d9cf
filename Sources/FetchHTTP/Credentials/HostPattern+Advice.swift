import FetchSystem

extension HostPattern {
    /// What to write in place of a text that is nearly a pattern; nil if there is no such advice.
    ///
    /// - Parameters:
    ///   - scheme: The scheme that the text begins with.
    ///   - rest: What follows it.
    static func advice(_ scheme: FetchURL.Scheme?, _ rest: String) -> String? {
        // What is before an @ may be a secret.
        guard !rest.contains("@") else { return "a host has no user and no password here" }
        if rest.contains(text: "://") { return "the scheme of a host must be http:// or https://" }
        if let slash = rest.firstIndex(of: "/") {
            let host = (scheme.map { $0.rawValue + "://" } ?? "") + rest[..<slash]
            return "a host has no path; write \(TerminalText.fit(host, to: 80))"
        }
        if !rest.contains("["), rest.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
            return "write an IPv6 address in brackets: [::1]"
        }
        if rest.hasPrefix("."), rest.utf8.count > 1 {
            return "write *\(TerminalText.fit(rest, to: 80)) for all hosts below a domain"
        }
        if (rest.hasPrefix("*.") ? rest.dropFirst(2) : rest[...]).contains("*") || rest == "*." {
            return "write a host, or *.DOMAIN for all hosts below a domain"
        }
        return nil
    }
}
