import FoundationEssentials
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// What a run of the command left behind.
struct ToolResult: Sendable {
    /// The bytes of stdout.
    let bytes: [UInt8]
    /// stderr as text.
    let stderr: String
    /// The exit code; 1000 and the signal's number when a signal ended the process.
    let exit: Int32
    /// The time from the start of the process, or from the last signal sent to it, to its end.
    let duration: Duration

    /// stdout as text.
    var stdout: String { String(decoding: bytes, as: UTF8.self) }
    /// The lines of stdout; CRLF ends one too.
    var lines: [Substring] { stdout.split(whereSeparator: \.isNewline) }
    /// The lines of stderr.
    var complaints: [Substring] { stderr.split(whereSeparator: \.isNewline) }
}

/// The real binary, run in a sealed environment: only what a test says is in it, and no proxy.
enum Tool {
    /// What every run has in its environment.
    static let environment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C",
        // No test reads the file of whoever runs it.
        "XDG_CONFIG_HOME": "/dev/null/config",
    ]

    /// The binary under test: `FETCHALL_BINARY`, or the product that lies beside the test bundle.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["FETCHALL_BINARY"] { return path }
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let itself = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? bundle
        let package = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path()
        var folders = [bundle, itself].flatMap { path in
            var url = URL(filePath: path)
            return (0..<4).map { _ in
                url = url.deletingLastPathComponent()
                return url.path()
            }
        }
        folders += ["debug", "release"].map { package + "/.build/" + $0 }
        let candidates = folders.map { $0 + "/fetchall" }
        return candidates.first(where: isProgram) ?? ".build/debug/fetchall"
    }()

    private static func isProgram(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
            && FileManager.default.isExecutableFile(atPath: path)
    }

    /// Few processes at a time: what a test times must not wait for those of a hundred others.
    private static let slots = Slots(8)
    /// Crawls take seconds; the short runs do not queue behind them.
    private static let crawlSlots = Slots(3)
    /// Whether the task is the one that watches another command, which has a slot: a second one for the same test would let
    /// tests wait for each other.
    @TaskLocal private static var holdsSlot = false

    /// Runs the command to its end.
    static func run(
        _ arguments: [String], stdin: String = "", environment: [String: String] = [:], directory: String? = nil
    ) async throws -> ToolResult {
        try await run(arguments, bytes: Array(stdin.utf8), environment: environment, directory: directory)
    }

    /// Runs the command with bytes on its stdin.
    static func run(
        _ arguments: [String], bytes: [UInt8], environment: [String: String] = [:], directory: String? = nil
    ) async throws -> ToolResult {
        try await launch(
            binary, arguments, input: .array(bytes), environment: environment, directory: directory
        ) { _ in }
    }

    /// Runs a script of the shell; `"$0"` is the command, `"$1"` and so on are the arguments.
    static func shell(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil
    ) async throws -> ToolResult {
        try await launch(
            "/bin/sh", ["-c", script, binary] + arguments, input: .none, environment: environment,
            directory: directory
        ) { _ in }
    }

    /// Starts the command with nothing on its stdin, lets the closure watch the server and send signals, and waits for
    /// the end.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil,
        while watch: @Sendable (RunningTool) async throws -> Void
    ) async throws -> ToolResult {
        try await launch(
            binary, arguments, input: .none, environment: environment, directory: directory, while: watch)
    }

    /// Starts the command with an open stdin that the closure writes to; it ends with the closure.
    static func start(
        feeding arguments: [String], while feed: @Sendable (RunningTool) async throws -> Void
    ) async throws -> ToolResult {
        try await launch(
            binary, arguments, input: .inputWriter, environment: [:], directory: nil, while: feed)
    }

    private static func launch<Input: InputProtocol>(
        _ program: String, _ arguments: [String], input: Input, environment: [String: String], directory: String?,
        while watch: @Sendable (RunningTool) async throws -> Void
    ) async throws -> ToolResult {
        let slots = arguments.first == "crawl" ? crawlSlots : slots
        let takesSlot = !holdsSlot
        if takesSlot { await slots.acquire() }
        do {
            let running = RunningTool()
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), environment: sealed(environment),
                workingDirectory: directory.map { FilePath($0) }, input: input, output: .bytes(limit: 1 << 28),
                error: .bytes(limit: 1 << 26)
            ) { execution in
                running.started { try execution.send(signal: $0) }
                if let writing = execution as? Execution<CustomWriteInput, BytesOutput, BytesOutput> {
                    running.writes { _ = try await writing.standardInputWriter.write($0) }
                }
                try await $holdsSlot.withValue(true) { try await watch(running) }
            }
            let end = ContinuousClock.now
            if takesSlot { await slots.release() }
            let exit: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let number): 1000 + number
                }
            return ToolResult(
                bytes: result.standardOutput, stderr: String(decoding: result.standardError, as: UTF8.self),
                exit: exit, duration: end - running.mark)
        } catch {
            if takesSlot { await slots.release() }
            throw error
        }
    }

    private static func sealed(_ additions: [String: String]) -> Environment {
        var all: [Environment.Key: String] = [:]
        for (name, value) in environment.merging(additions, uniquingKeysWith: { $1 }) {
            all[Environment.Key(stringLiteral: name)] = value
        }
        return .custom(all)
    }
}
