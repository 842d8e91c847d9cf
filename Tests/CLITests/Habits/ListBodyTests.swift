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

    @Test func `issue 23.3: a form with a file is sent again from a list of failures, and its boundary is its own`()
        async throws
    {
        let scratch = try Scratch()
        _ = try await Tool.shell("mkdir sub; printf content > sub/ok", directory: scratch.path)
        let server = try LoopbackServer { $0.number == 1 ? .status(500) : .ok() }
        defer { server.stop() }
        let form = #"{"a":"b","c":{"file":"ok"}}"#
        let list = try scratch.write("sub/list.jsonl", "{\"url\":\"\(server.baseURL)/\",\"form\":\(form)}\n")
        let first = try await Tool.run(["--jsonl", "--retry", "0", "--failed-to", scratch("failed"), list])
        #expect(first.exit == 1)
        #expect(try !scratch.text("failed").contains("boundary"))
        #expect(
            first.stderr.contains("names files below \(scratch("sub")); fetch it with --allow-files \(scratch("sub"))"))
        let second = try await Tool.run(["--jsonl", "--allow-files", scratch("sub"), scratch("failed")])
        #expect(second.exit == 0, "\(second.stdout)")
        for request in server.log {
            let boundary = try #require(request.header("content-type")?.split(separator: "=").last)
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(body.hasPrefix("--\(boundary)\r\n") && body.contains("content"))
        }
        #expect(server.requestCount == 2)
    }

    @Test func `issue 23.3: a form with a file is the same input in a resumed run and for --dedupe`() async throws {
        let scratch = try Scratch()
        _ = try scratch.write("ok", "content")
        let server = try LoopbackServer { $0.number == 1 ? .status(404) : .ok() }
        defer { server.stop() }
        let arguments = ["--jsonl", "--resume", scratch("journal"), "-F", "a=@\(scratch("ok"))", "\(server.baseURL)/"]
        #expect(try await Tool.run(arguments).exit == 1)
        let second = try await Tool.run(arguments)
        #expect(!second.stderr.contains("differs"), "\(second.stderr)")
        let line = #"{"url":"\#(server.baseURL)/x","form":{"c":{"file":"ok"}}}"# + "\n"
        let list = try scratch.write("twice.jsonl", line + line)
        let before = server.requestCount
        #expect(try await Tool.run(["--jsonl", "--dedupe", list]).lines.count == 2)
        #expect(server.requestCount == before + 1)
    }

    @Test(arguments: [
        (#""method":"HEAD","body":"x""#, "a HEAD request has no body"),
        (#""form":{"a":"b"},"headers":{"Content-Type":"text/x"}"#, "the Content-Type of a form cannot be set"),
    ])
    func `issue 23.3: a line that contradicts itself is a record, and is not sent`(members: String, reason: String)
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = try scratch.write("list.jsonl", "{\"url\":\"\(server.baseURL)/\",\(members)}\n")
        let result = try await Tool.run(["--jsonl", list])
        #expect(result.exit == 1 && result.stdout.contains(reason), "\(result.stdout)")
        #expect(server.requestCount == 0)
    }
}
