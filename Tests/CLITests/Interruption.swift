import Subprocess
import TestSupport
import Testing

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
