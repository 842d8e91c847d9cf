import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import FetchArgumentParser
import SystemPackage

/// `fetchall cache path|stats|clear`: the file of `--cache`.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Show or clear the file of --cache.",
        subcommands: [Path.self, Stats.self, Clear.self])

    /// The argument that names the file.
    struct FileArgument: ParsableArguments {
        @Argument(
            help: ArgumentHelp("The cache file. (default: the path that fetchall cache path writes)", valueName: "file")
        )
        var file: String?

        func path(_ console: Console) throws -> String {
            try file ?? CacheLocation.standard { console.environment($0) }
        }
    }

    /// Writes the path of the file.
    struct Path: ConsoleCommand {
        static let configuration = CommandConfiguration(abstract: "Write the path of the cache file.")

        @OptionGroup var file: FileArgument

        func run(console: Console) async throws -> ExitStatus {
            try CacheCommand.write(file.path(console) + "\n", console)
        }
    }

    /// Writes what the file contains.
    struct Stats: ConsoleCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the number of responses and bytes in the file, as JSON.")

        @OptionGroup var file: FileArgument

        func run(console: Console) async throws -> ExitStatus {
            let path = try file.path(console)
            return try await CacheCommand.open(path, console) { cache in
                let statistics = await cache?.statistics() ?? (responses: 0, bytes: 0)
                let text = JSONValue.object([
                    ("file", .string(path)), ("responses", .number("\(statistics.responses)")),
                    ("body_bytes", .number("\(statistics.bytes)")),
                    ("file_bytes", .number("\(CacheCommand.size(path) + CacheCommand.size(path + "-wal"))")),
                ])
                var bytes: [UInt8] = []
                text.append(to: &bytes)
                return try CacheCommand.write(String(decoding: bytes, as: UTF8.self) + "\n", console)
            }
        }
    }

    /// Removes everything from the file.
    struct Clear: ConsoleCommand {
        static let configuration = CommandConfiguration(abstract: "Remove all responses from the file.")

        @OptionGroup var file: FileArgument

        func run(console: Console) async throws -> ExitStatus {
            try await CacheCommand.open(file.path(console), console) { cache in
                let before = await cache?.clear() ?? (responses: 0, bytes: 0)
                console.say("fetchall: removed \(before.responses) responses with \(before.bytes) bytes of bodies")
                return .success
            }
        }
    }

    /// Opens the file if it exists.
    private static func open(
        _ path: String, _ console: Console, _ body: (ResponseCache?) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        guard (try? Stat(path)) != nil else { return try await body(nil) }
        let cache: ResponseCache
        do throws(StoreFailure) {
            cache = try ResponseCache(path: path, network: NetworkOptions(), repairs: false) {
                console.say("fetchall: \($0)")
            }
        } catch {
            return try error.status(console)
        }
        defer { cache.close() }
        return try await body(cache)
    }

    private static func write(_ text: String, _ console: Console) throws -> ExitStatus {
        do throws(OutputFailure) {
            try console.write(Array(text.utf8))
        } catch {
            guard case .failed(let reason) = error else { return .success }
            console.say("fetchall: cannot write standard output: \(reason)")
            return .io
        }
        return .success
    }

    private static func size(_ path: String) -> Int {
        (try? Stat(path)).map { Int($0.size) } ?? 0
    }
}

extension StoreFailure {
    /// Says why the cache cannot be used; gives the exit status.
    func status(_ console: Console) throws -> ExitStatus {
        if isRefusal { throw ValidationError("--cache: \(message)") }
        console.say("fetchall: cannot use the cache \(message)")
        return .io
    }
}
