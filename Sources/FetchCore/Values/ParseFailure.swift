/// Why an option, a glob or a template cannot be read: one sentence for the person who wrote it.
public struct ParseFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what is expected.
    public let message: String

    /// Makes a failure.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }

    /// A piece of what the user wrote, in quotes, harmless for a terminal and short.
    static func quoted(_ text: some StringProtocol) -> String {
        let limit = 60
        let head = String(text.prefix(limit)).debugDescription
        return text.dropFirst(limit).isEmpty ? head : head.dropLast() + "…\""
    }
}
