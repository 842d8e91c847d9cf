import FetchSystem

/// A mistake in a configuration file: where it is, and what would be valid.
struct ConfigMistake: Error, CustomStringConvertible {
    let message: String
    /// The file and the line; the line is 0 where the mistake has none.
    var source: ConfigSource

    init(_ message: String, at source: ConfigSource) {
        self.message = message
        self.source = source
    }

    /// `/home/u/.config/fetchall/config.toml:3: …`
    var description: String { "\(source): \(message)" }
}

/// A line of a file.
struct ConfigSource: Hashable, Sendable, CustomStringConvertible {
    let file: String
    /// From 1; 0 for the file as a whole.
    var line = 0

    /// `config.toml:3`
    var description: String { TerminalText.escaped(file) + (line > 0 ? ":\(line)" : "") }
}
