/// Why a list cannot be read, or not to its end.
public struct InputFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole sentence, with the name of the list: `urls.txt: no such file`.
    public let message: String
    /// The list as the user named it; `standard input` for `-`.
    public let path: String
    /// The line (from 1) behind which reading ended; nil if nothing was read.
    public let line: Int?

    /// Makes a failure.
    public init(_ message: String, path: String, line: Int? = nil) {
        self.message = message
        self.path = path
        self.line = line
    }

    /// The message.
    public var description: String { message }
}
