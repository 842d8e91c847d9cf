import FetchHTTP
import FetchSystem

/// The value of a host's field when it is needed for the first time.
enum HostFieldValue {
    /// The maximum size in bytes of what a file or a program gives.
    static let maximumSize = 65_536

    /// Whether a text is the name of a header.
    static func isName(_ text: String) -> Bool { HTTPToken.isValid(text) }

    /// Refuses bytes that cannot be in a field (RFC 9110 §5.5), or are not what the key means.
    static func check(_ value: [UInt8], _ kind: HostRule.Field.Kind) throws(ParseFailure) {
        guard !value.isEmpty else { throw ParseFailure("the value is empty") }
        guard kind == .bearer || !value.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            throw ParseFailure("the value contains a control character")
        }
        guard value != Array(SecretSetting.mark.utf8) else { return }
        switch kind {
        case .bearer: if let problem = BearerToken.problem(value) { throw ParseFailure(problem) }
        case .user:
            guard value.contains(UInt8(ascii: ":")) else {
                throw ParseFailure("write user:password, or user: for an empty password; a host has no prompt")
            }
        case .header: break
        }
    }

    /// Refuses a literal value that was meant as a reference to one.
    static func checkLiteral(_ text: String, _ kind: HostRule.Field.Kind) throws(ParseFailure) {
        switch kind {
        case .bearer:
            if text.hasPrefix("@") {
                throw ParseFailure("@FILE is for the command line; here a token of a file is file:/PATH")
            }
            if text.hasPrefix("${") || text.hasPrefix("$") && text.dropFirst().first?.isLetter == true {
                throw ParseFailure("no shell reads it; a variable of the environment is env:NAME")
            }
        case .header(let name):
            guard let reference = SecretSource.kind(inside: text) else { break }
            let isBearer = name.lowercased() == "authorization" && text.lowercased().hasPrefix("bearer ")
            let advice = isBearer ? "; for a token write bearer = \"\(reference)…\"" : ""
            throw ParseFailure("\(reference) must begin the value, which comes from there as a whole\(advice)")
        case .user: break
        }
        try check(Array(text.utf8), kind)
    }

    /// Reads the value. It may run a program, which gets up to ten seconds.
    ///
    /// - Returns: The value; nil if the run ended before its program.
    /// - Throws: ``ConfigMistake`` that names the key's line and not the value.
    static func read(_ field: HostRule.Field) throws(ConfigMistake) -> [UInt8]? {
        do throws(ParseFailure) {
            guard let value = try bytes(of: field.value) else { return nil }
            try check(value, field.kind)
            guard value != Array(SecretSetting.mark.utf8) else {
                throw ParseFailure("*** stands for a secret that config show does not print; write the secret")
            }
            return value
        } catch {
            let key =
                switch field.kind {
                case .header(let name): "header \(name)"
                case .user: "user"
                case .bearer: "bearer"
                }
            throw ConfigMistake("\(key): \(error.message)", at: field.source)
        }
    }

    private static func bytes(of source: SecretSource) throws(ParseFailure) -> [UInt8]? {
        switch source {
        case .literal(let text): return Array(text.utf8)
        case .environment(let name):
            guard let value = SystemEnvironment.value(name) else { throw ParseFailure("\(name) is not set, or empty") }
            return ByteText.bytes(of: value)
        case .file(let path):
            let bytes: [UInt8]?
            do throws(ConfigMistake) {
                bytes = try ConfigReader.read(path, .secret)
            } catch {
                throw ParseFailure(error.description)
            }
            guard let bytes else { throw ParseFailure("\(TerminalText.escaped(path)): no such file or directory") }
            return withoutLineBreak(bytes)
        case .command(let words):
            do throws(ProgramOutput.Failure) {
                return withoutLineBreak(try ProgramOutput.read(words, maximum: maximumSize, seconds: 10))
            } catch {
                guard case .failed(let message) = error else { return nil }
                throw ParseFailure(message)
            }
        }
    }

    /// The bytes without one line break at their end.
    private static func withoutLineBreak(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == 0x0A else { return bytes }
        return bytes.dropLast(bytes.dropLast().last == 0x0D ? 2 : 1)
    }
}
