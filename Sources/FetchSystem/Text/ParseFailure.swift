/// Why a text (an option's value, a template, a glob, JSON) is not valid.
///
/// The message is one sentence for the user that names the text or the position in it, and says what would be valid.
public struct ParseFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what would be valid.
    public let message: String
    /// How many bytes into the text; nil where the message says it.
    public let offset: Int?

    /// Makes a failure.
    public init(_ message: String, at offset: Int? = nil) {
        self.message = message
        self.offset = offset
    }

    /// The message, or `at byte 12: expected :`.
    public var description: String { offset.map { "at byte \($0): \(message)" } ?? message }

    /// A part of the user's text for a message: in quotes, cut, without control characters.
    package static func quoted(_ text: some StringProtocol) -> String {
        let limit = 40
        var result = "'"
        var written = 0
        for scalar in text.unicodeScalars {
            guard written < limit else {
                result += "…"
                break
            }
            result.unicodeScalars.append(SafeName.isUnsafe(scalar) && scalar != "\\" && scalar != ":" ? "?" : scalar)
            written += 1
        }
        return result + "'"
    }
}
