/// Why a text from the user (an option's value, a template, a glob) is not what it should be.
///
/// The message is one sentence for people that names the text or the position in it, and says what would be right.
public struct ParseFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what would be right.
    public let message: String

    /// Makes a failure.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }

    /// A piece of the user's text for a message: in quotes, cut, without control characters.
    static func quoted(_ text: some StringProtocol) -> String {
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
