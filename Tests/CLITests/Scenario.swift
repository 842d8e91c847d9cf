import Subprocess
import TestSupport
import Testing

/// Runs whose output has to be a valid document, whatever happens.
enum Scenario: String, CaseIterable, CustomTestStringConvertible {
    case emptyList = "an empty list"
    case allFail = "all fail"
    case binaryBody = "bodies that are text, JSON and neither"
    case oddIDs = "identifiers with quotes, backslashes and emoji"
    case headers = "headers in the record"
    case interrupted = "interrupted in the middle"

    var testDescription: String { rawValue }

    /// Runs it in a format: `--json` or `--jsonl`.
    func run(_ format: String) async throws -> ToolResult {
        switch self {
        case .emptyList:
            return try await Tool.run([format, "-"], stdin: "# nothing\n\n")
        case .allFail:
            let server = try LoopbackServer { $0.path == "/0" ? .status(500) : .raw("", then: .reset) }
            defer { server.stop() }
            return try await Tool.run(
                [format, "--retry", "0", "\(server.baseURL)/[0-4]", "http://127.0.0.1:1/", "ftp://x/"])
        case .binaryBody:
            let server = try LoopbackServer { request in
                switch request.path {
                case "/binary": .response(headers: [("Content-Type", "image/png")], body: [0x89, 0, 0xFF, 0xFE, 0x0A])
                case "/text": .ok("é \"quoted\" \u{1B}[31m \u{2028}\n")
                case "/json": .json("{\"a\": [1,\n 2.50, null]}")
                case "/broken": .json("{\"a\":")
                default: .ok()
                }
            }
            defer { server.stop() }
            return try await Tool.run([format, "--body", "\(server.baseURL)/{binary,text,json,broken,empty}"])
        case .oddIDs:
            let server = try LoopbackServer { _ in .ok() }
            defer { server.stop() }
            let ids = ["a\"b", "back\\slash", "👩‍💻 é", "{\"json\":1"]
            return try await Tool.run(
                [format, "-"], stdin: ids.map { "x\($0)\t\(server.baseURL)/\n" }.joined())
        case .headers:
            let server = try LoopbackServer { _ in
                .response(headers: [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("X-Odd", "q\"\u{7}é")])
            }
            defer { server.stop() }
            return try await Tool.run([format, "--include-headers", "\(server.baseURL)/"])
        case .interrupted:
            return try await Interruption.run(.interrupt, [format]).result
        }
    }
}

/// A run that a signal ends while five requests hang and fifteen have not started.
enum Interruption {
    static let inputs = 23
    static let answered = 3
    static let hanging = 5

    /// Runs it; gives what it wrote and how many requests the server got.
    static func run(
        _ signal: Signal, _ arguments: [String]
    ) async throws -> (result: ToolResult, requests: Int) {
        let server = try LoopbackServer { request in
            request.path.hasPrefix("/fast") ? .ok() : LoopbackServer.Reply([.silence])
        }
        defer { server.stop() }
        let urls = ["\(server.baseURL)/fast[1-\(answered)]", "\(server.baseURL)/silent[1-\(inputs - answered)]"]
        let result = try await Tool.start(arguments + ["--max", "\(hanging)"] + urls) { tool in
            #expect(
                await server.waitUntil { $0.requestCount == answered + hanging && $0.inFlight == hanging },
                "the requests do not hang")
            try tool.send(signal)
        }
        return (result, server.requestCount)
    }
}
