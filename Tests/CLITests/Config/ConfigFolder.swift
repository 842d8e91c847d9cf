import FoundationEssentials

/// A folder with a user's file, in which the command is run.
struct ConfigFolder {
    let scratch: Scratch
    /// The path of the user's file, which need not be there.
    var file: String { scratch("xdg/fetchall/config.toml") }

    /// - Parameters:
    ///   - user: The user's file; nil for none.
    ///   - folder: The file of the working directory; nil for none.
    init(user: String? = nil, folder: String? = nil) throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("xdg/fetchall"), withIntermediateDirectories: true)
        if let user {
            try scratch.write("xdg/fetchall/config.toml", user)
            try Self.setMode(file, 0o600)
        }
        if let folder { try scratch.write("fetchall.toml", folder) }
    }

    static func setMode(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// The environment in which the user's file is found.
    var environment: [String: String] { ["XDG_CONFIG_HOME": scratch("xdg")] }

    func run(_ arguments: [String], environment more: [String: String] = [:]) async throws -> ToolResult {
        try await Tool.run(
            arguments, environment: environment.merging(more, uniquingKeysWith: { $1 }), directory: scratch.path)
    }
}

extension ToolResult {
    /// Whether it is a mistake, in one line that has all of these words.
    func isMistake(_ words: [String]) -> Bool {
        exit == 2 && stdout.isEmpty && complaints.count == 1 && words.allSatisfy { stderr.contains($0) }
    }
}
