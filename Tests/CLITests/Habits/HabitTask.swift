import TestSupport
import Testing

/// A task of curl's or wget's manual, typed as a user of that program types it, and what must come of it.
struct HabitTask: Sendable, CustomTestStringConvertible {
    /// What a run did.
    struct Seen: Sendable {
        let result: ToolResult
        let log: [LoopbackServer.Request]
        let scratch: Scratch

        /// The only line on stderr of a usage error; nil if the run was another.
        var refusal: String? {
            guard result.exit == 2, result.stdout.isEmpty, log.isEmpty, result.complaints.count == 1 else { return nil }
            return result.complaints.first.map(String.init)
        }
    }

    let name: String
    /// The arguments; BASE is the server's URL. The working directory is a folder of the test.
    let arguments: [String]
    /// Files that are there before, by name.
    var files: [String: String] = [:]
    var stdin = ""
    let isRight: @Sendable (Seen) throws -> Bool

    var testDescription: String { name }

    init(
        _ name: String, _ arguments: [String], files: [String: String] = [:], stdin: String = "",
        isRight: @escaping @Sendable (Seen) throws -> Bool
    ) {
        self.name = name
        self.arguments = arguments
        self.files = files
        self.stdin = stdin
        self.isRight = isRight
    }

    /// Runs it against a server.
    func run() async throws -> Seen {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/moved": .redirect(to: "/page")
            case "/missing": .status(404)
            case "/old": .status(304)
            case "/part" where request.header("Range") != nil:
                .response(status: 206, headers: [("Content-Range", "bytes 0-3/10")], body: Array("0123".utf8))
            case "/cookie": .response(headers: [("Set-Cookie", "seen=1; Path=/")])
            case "/slow": LoopbackServer.Reply([.silence])
            default: .ok("content of \(request.path)\n")
            }
        }
        defer { server.stop() }
        let scratch = try Scratch()
        for (name, text) in files { try scratch.write(name, text.replacing("BASE", with: server.baseURL)) }
        let result = try await Tool.run(
            arguments.map { $0.replacing("BASE", with: server.baseURL) },
            stdin: stdin.replacing("BASE", with: server.baseURL), directory: scratch.path)
        return Seen(result: result, log: server.log, scratch: scratch)
    }

    /// Runs it and records a failure unless it is right.
    func check(at location: SourceLocation = #_sourceLocation) async throws {
        let seen = try await run()
        let isAsExpected = try isRight(seen)
        #expect(
            isAsExpected,
            "\(arguments): exit \(seen.result.exit)\n\(seen.result.stdout)\n\(seen.result.stderr)\n\(seen.log.map(\.target))",
            sourceLocation: location)
    }
}
