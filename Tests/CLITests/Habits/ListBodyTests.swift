import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("Files that the requests of a list send", .timeLimit(.minutes(20)))
struct ListBodyTests {
    /// Runs a list of one request; gives the run, and what the server received.
    private func send(
        _ members: String, in scratch: Scratch, list: String = "list.jsonl", options: [String] = [],
        throughPipe: Bool = false
    ) async throws -> (result: ToolResult, log: [LoopbackServer.Request]) {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let line = "{\"url\":\"\(server.baseURL)/\",\(members)}\n"
        let file = try scratch.write(list, line)
        let result = try await Tool.run(
            ["--jsonl"] + options + [throughPipe ? "-" : file], stdin: throughPipe ? line : "")
        return (result, server.log)
    }

    @Test func `issue 23.3: a list file sends files below its folder`() async throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("up"), withIntermediateDirectories: true)
        _ = try scratch.write("up/a.bin", [0, 1, 0xFF])
        let one = try await send(#""body_file":"up/a.bin""#, in: scratch)
        #expect(one.result.exit == 0, "\(one.result.stdout)")
        #expect(one.log.map(\.body) == [[0, 1, 0xFF]] && one.log.map(\.method) == ["POST"])
        let form = try await send(
            #""method":"PUT","form":{"x":"1","f":{"file":"up/a.bin","type":"image/x","filename":"b"}}"#, in: scratch)
        #expect(form.result.exit == 0, "\(form.result.stdout)")
        let request = try #require(form.log.first)
        #expect(request.method == "PUT")
        #expect(request.header("Content-Type")?.hasPrefix("multipart/form-data; boundary=") == true)
        let text = ByteText.text(of: request.body)
        #expect(text.contains("Content-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n"))
        #expect(
            text.contains("Content-Disposition: form-data; name=\"f\"; filename=\"b\"\r\nContent-Type: image/x\r\n\r\n")
        )
        // --allow-files names another folder, for a pipe too.
        for throughPipe in [false, true] {
            let allowed = try await send(
                #""body_file":"a.bin""#, in: scratch, options: ["--allow-files", scratch("up")],
                throughPipe: throughPipe)
            #expect(allowed.log.map(\.body) == [[0, 1, 0xFF]], "\(allowed.result.stdout)")
        }
    }

    @Test(
        "issue 23.3: nothing outside the folder is read, and nothing for a list from elsewhere",
        arguments: [
            "../secret", "/etc/passwd", "sub/../../secret", "link", "folder/secret", "missing", "", ".", "a//b",
            "folder",
        ], [false, true])
    func refusesFiles(name: String, isForm: Bool) async throws {
        let scratch = try Scratch()
        _ = try scratch.write("secret", "secret")
        try FileManager.default.createDirectory(atPath: scratch("in"), withIntermediateDirectories: true)
        _ = try scratch.write("in/ok", "ok")
        try FileManager.default.createSymbolicLink(atPath: scratch("in/link"), withDestinationPath: scratch("secret"))
        try FileManager.default.createSymbolicLink(atPath: scratch("in/folder"), withDestinationPath: scratch.path)
        let member = isForm ? #""form":{"x":{"file":"\#(name)"}}"# : #""body_file":"\#(name)""#
        let run = try await send(member, in: scratch, list: "in/list.jsonl")
        #expect(run.result.exit == 1 && run.result.lines.count == 1 && run.log.isEmpty, "\(run.result.stdout)")
        #expect(run.result.stdout.contains("\"ok\":false"))
    }

    @Test func `issue 23.3: from standard input no file is sent, and a request has one body`() async throws {
        let scratch = try Scratch()
        _ = try scratch.write("ok", "ok")
        let piped = try await send(#""body_file":"ok""#, in: scratch, throughPipe: true)
        #expect(piped.result.exit == 1 && piped.log.isEmpty)
        #expect(piped.result.stdout.contains("only a list file"))
        let two = try await send(#""body_file":"ok","body":"x""#, in: scratch)
        #expect(two.result.exit == 1 && two.log.isEmpty && two.result.stdout.contains("one body"))
    }

    @Test func `issue 23.3: a failed upload of a list can be sent again from its list of failures`() async throws {
        let scratch = try Scratch()
        _ = try scratch.write("ok", "content")
        let server = try LoopbackServer { $0.number == 1 ? .status(500) : .ok() }
        defer { server.stop() }
        let list = try scratch.write("list.jsonl", "{\"url\":\"\(server.baseURL)/\",\"body_file\":\"ok\"}\n")
        let first = try await Tool.run(["--jsonl", "--retry", "0", "--failed-to", scratch("failed"), list])
        #expect(first.exit == 1)
        let second = try await Tool.run(["--jsonl", scratch("failed")])
        #expect(second.exit == 0, "\(second.stdout)")
        #expect(server.log.map(\.body) == [Array("content".utf8), Array("content".utf8)])
    }
}
