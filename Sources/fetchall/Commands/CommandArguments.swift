import FetchHTTP
import FetchSystem

/// The arguments as text. An argument may be any bytes; what is sent or opened as bytes stays what it is, and anything
/// else that is not UTF-8 is refused: repaired it would be another URL, another id, another file.
enum CommandArguments {
    /// The options whose values may be any bytes.
    private static let byteOptions: Set = [
        "-H", "--header", "-A", "--user-agent", "-b", "--cookie", "-d", "--data", "--data-ascii", "--data-raw",
        "--data-binary", "--data-urlencode", "-u", "--user", "--output-dir", "--header-for",
        "-U", "--proxy-user", "--proxy-header", "--bearer", "--oauth2-bearer",
    ]

    /// The texts of the arguments.
    ///
    /// - Returns: Each argument; a value of ``byteOptions`` as `ByteText`.
    /// - Throws: ``ParseFailure`` for another argument that is not UTF-8.
    static func texts(of arguments: [[UInt8]]) throws(ParseFailure) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(arguments.count)
        var areOptions = true
        for (index, argument) in arguments.enumerated() {
            let text = ByteText.text(of: argument)
            guard ByteText.holdsBytes(text) else {
                if text == "--" { areOptions = false }
                texts.append(text)
                continue
            }
            if areOptions, mayBeBytes(text, after: texts.last) {
                texts.append(text)
            } else if let plain = String(validating: argument, as: UTF8.self) {
                texts.append(plain)
            } else {
                throw ParseFailure(
                    "argument \(index + 1) is not UTF-8: '\(shown(text))'; only -H, -A, -b, -d, -u and --output-dir "
                        + "accept other bytes (in a URL, write %FC)")
            }
        }
        return texts
    }

    /// An argument for a message, without what may be a secret: the password of a URL, the value of an option.
    private static func shown(_ text: String) -> String {
        let isOption = text.hasPrefix("-")
        let name = text.prefix { $0 != "=" }.prefix(text.hasPrefix("--") ? 40 : 2)
        let visible = ByteText.shown(isOption ? String(name) : text)
        return TerminalText.fit(PrintableURL.hidingCredentials(in: visible), to: 100)
    }

    /// Whether an argument is the value of one of ``byteOptions``: `--header=…`, or after `-H`, `--header` or `-sH`.
    private static func mayBeBytes(_ text: String, after previous: String?) -> Bool {
        if text.hasPrefix("--"), let end = text.firstIndex(of: "="), byteOptions.contains(String(text[..<end])) {
            return true
        }
        guard let previous, previous.hasPrefix("-") else { return false }
        if byteOptions.contains(previous) { return true }
        guard !previous.hasPrefix("--"), let letter = previous.last else { return false }
        return previous.utf8.allSatisfy { $0 == 0x2D || $0.isASCIILetter || $0.isASCIIDigit }
            && byteOptions.contains("-\(letter)")
    }
}
