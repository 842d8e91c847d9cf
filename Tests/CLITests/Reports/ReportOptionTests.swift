import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("issue 26: options of reports, and runs that end early", .timeLimit(.minutes(20)))
struct ReportOptionTests {
    @Test func `issue 26: what is not a valid report is refused with a sentence, and nothing is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let out = scratch("out")
        for (arguments, message) in [
            (["--report", "pdf=x"], "--report: 'pdf' is not a valid format"),
            (["--report", "html"], "--report html needs a file"),
            (["--report", "html="], "--report html needs a file name"),
            (["--report", "html=-"], "--report html: standard output is for records"),
            (
                ["--report", "html=\(out)", "--report", "junit=\(out)"],
                "--report html and --report junit need a file each"
            ),
            (["--report", "html=\(out)", "-o", out], "-o and --report html need a file each"),
            (["--report", "har=\(out)", "--har-content", "--output-dir", scratch.path], "--har-content"),
            (["--report", "html=\(out)", "--har-content"], "--har-content needs --report har=FILE"),
            (["--percentiles", "50"], "--percentiles needs --report"),
            (["--report", "html=\(out)", "--percentiles", "50,,99"], "--percentiles: '50,,99' is not a valid list"),
            (["--report", "html=\(out)", "--percentiles", "0"], "--percentiles"),
            (["--report", "html=\(out)", "--percentiles", "100.1"], "--percentiles"),
            (["--report", "sarif=\(out)"], "--report sarif cannot be used with fetch"),
        ] {
            let result = try await Tool.run(arguments + ["\(server.baseURL)/"])
            #expect(result.exit == 2 && result.stderr.contains(message), "\(arguments): \(result.stderr)")
        }
        #expect(try server.requestCount == 0 && scratch.names().isEmpty)
    }

    @Test func `issue 26: a list is not overwritten by a report`() async throws {
        let scratch = try Scratch()
        let list = try scratch.write("list", "http://127.0.0.1:1/\n")
        let result = try await Tool.run(["--report", "json=\(list)", list])
        #expect(result.exit == 2 && result.stderr.contains("is a list that this run reads"), "\(result.stderr)")
        #expect(try scratch.text("list") == "http://127.0.0.1:1/\n")
    }

    @Test func `issue 26: a report that cannot be written is found before anything is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        for path in ["missing/out", "."] {
            let result = try await Tool.run(
                ["--json", "--report", "json=\(scratch(path))", "-o", scratch("records"), "\(server.baseURL)/"])
            #expect(result.exit == 3 && result.stderr.contains("cannot write \(scratch(path)): "), "\(result.stderr)")
            #expect(result.complaints.count == 1)
        }
        #expect(try server.requestCount == 0 && scratch.names().isEmpty)
    }

    @Test func `issue 26: dry-run and curl write no report`() async throws {
        let scratch = try Scratch()
        for option in ["--dry-run", "--curl"] {
            let result = try await Tool.run([option, "--report", "json=\(scratch("out"))", "http://127.0.0.1:1/"])
            #expect(result.exit == 0, "\(result.stderr)")
        }
        #expect(try scratch.names().isEmpty)
    }

    @Test func `issue 26: an interrupted run has complete reports that say so`() async throws {
        let scratch = try Scratch()
        let (result, _) = try await Interruption.run(
            .interrupt, ["--jsonl", "--report", "json=\(scratch("json"))", "--report", "junit=\(scratch("junit"))"])
        #expect(result.exit == 130, "\(result.stderr)")
        #expect(try scratch.names() == ["json", "junit"])
        let json = try scratch.text("json")
        #expect(json.contains("\"ended_early\":\"it was interrupted\"") && json.hasSuffix("}\n"))
        #expect(json.contains("\"records\":\(Interruption.inputs),"))
        #expect(try scratch.text("junit").hasSuffix("</testsuites>\n"))
    }

    @Test func `issue 26: a run that the deadline ends has its reports`() async throws {
        let server = try LoopbackServer { request in request.path == "/1" ? .ok() : LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["--deadline", "500ms", "--report", "json=\(scratch("out"))", "\(server.baseURL)/[1-3]"])
        #expect(result.exit == 124)
        #expect(try scratch.text("out").contains("\"ended_early\":\"its deadline has passed\""))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
    func `issue 26: a run whose records cannot be written has its reports, and a full disk under a report is exit 3`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let records = try await Tool.run(
            ["--jsonl", "-o", "/dev/full", "--report", "json=\(scratch("out"))", "\(server.baseURL)/[1-9]"])
        #expect(records.exit == 3 && records.complaints.count == 1, "\(records.stderr)")
        #expect(try scratch.text("out").contains("\"ended_early\":\"cannot write /dev/full"))
        let report = try await Tool.run(["--report", "json=/dev/full", "\(server.baseURL)/"])
        #expect(report.exit == 3 && report.stderr.contains("cannot write /dev/full: No space left on device"))
    }

    @Test func `issue 26: a file that may grow no further leaves the earlier report and nothing beside it`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let out = try scratch.write("out", "earlier")
        let result = try await Tool.shell(
            "ulimit -f 4; exec \"$0\" --report \"html=$1\" \"$2\" >/dev/null", [out, "\(server.baseURL)/"])
        #expect(result.exit == 3 && result.stderr.contains("cannot write \(out): File too large"), "\(result.stderr)")
        #expect(try scratch.text("out") == "earlier" && scratch.names() == ["out"])
    }
}
