import FetchHTTP
import FetchRecords
import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 26: reports and those who read them", .timeLimit(.minutes(20)))
struct ReportSchemaTests {
    /// Python lives where the user has it, not in the sealed environment.
    private static var outside: [String: String] {
        ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
    }

    private static func isThere(_ command: String) async throws -> Bool {
        try await Tool.shell(command, environment: outside).exit == 0
    }

    /// Texts that readers of the formats would stumble over.
    private static let hostile = ["</script>", "a\u{8}\u{FFFE}b", "]]>&x;", "\u{202E}\u{2028}", "{0} [a](1)\\", "|`"]

    /// A run over good and bad URLs, and the hostile texts as identifiers and lines; its reports are `out.junit` and so on.
    private static func run(_ scratch: Scratch) async throws {
        let server = try LoopbackServer { request in
            request.path == "/missing"
                ? .status(404, headers: [("X-Text", "</script>]]>")]) : .redirect(to: "/missing", status: 302)
        }
        defer { server.stop() }
        var list = "\(server.baseURL)/missing\n\(server.baseURL)/redirected?token=abcdef\n"
        for text in hostile { list += "\(text)\t\(server.baseURL)/missing\n\(text)\n" }
        let formats = ["junit", "har", "json"].flatMap { ["--report", "\($0)=\(scratch("out.\($0)"))"] }
        let result = try await Tool.run(["--jsonl", "--retry", "0", "--har-content"] + formats + ["-"], stdin: list)
        #expect(result.exit == 1, "\(result.stderr)")
    }

    @Test(
        .enabled(if: TestData.isPresent, "no ../shared/data"),
        .enabled("xmllint is not installed") { try await isThere("command -v xmllint") })
    func `issue 26: JUnit is valid by Jenkins' schema`() async throws {
        let scratch = try Scratch()
        try await Self.run(scratch)
        let schema = TestData.folder + "/schemas/junit-10.xsd"
        let verdict = try await Tool.shell(
            "exec xmllint --noout --nonet --schema \"$1\" \"$2\"", [schema, scratch("out.junit")],
            environment: Self.outside)
        #expect(verdict.exit == 0, "\(verdict.stderr)")
    }

    @Test(
        .enabled(if: TestData.isPresent, "no ../shared/data"),
        .enabled("python3 with jsonschema is not installed") { try await isThere("python3 -c 'import jsonschema'") })
    func `issue 26: SARIF is valid by its schema`() async throws {
        let scratch = try Scratch()
        var report = RunReport()
        for (index, text) in Self.hostile.enumerated() {
            let location = Finding.Location(
                document: index % 2 == 0 ? "docs/\(text).md" : "http://a.test/page", isFile: index % 2 == 0,
                line: index == 0 ? nil : index, column: index < 3 ? nil : index)
            let severity = [Finding.Severity.error, .warning, .skipped][index % 3]
            report.add(
                Finding(
                    location: location, text: text, target: text, kind: "malformed", severity: severity, message: text))
        }
        let head = ReportHead(version: "1.0", command: "check", elapsed: .seconds(1), ending: "it was interrupted")
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            validator = jsonschema.validators.validator_for(schema)(schema)
            for error in validator.iter_errors(json.load(open(sys.argv[2]))):
                print(list(error.absolute_path), error.message[:500])
            """
        let judge = try scratch.write("judge.py", script)
        for (name, report) in [("full", report), ("empty", RunReport())] {
            let file = try scratch.write("\(name).sarif", ReportFormat.sarif.bytes(of: report, head))
            let verdict = try await Tool.shell(
                "exec python3 \"$1\" \"$2\" \"$3\"", [judge, TestData.folder + "/schemas/sarif-2.1.0.json", file],
                environment: Self.outside)
            #expect(verdict.exit == 0 && verdict.stdout == "", "\(verdict.stdout)\(verdict.stderr)")
        }
    }

    @Test(.enabled("python3 with haralyzer is not installed") { try await isThere("python3 -c 'import haralyzer'") })
    func `issue 26: haralyzer reads HAR`() async throws {
        let scratch = try Scratch()
        try await Self.run(scratch)
        let script = """
            import json, sys
            from haralyzer import HarParser
            har = HarParser(json.load(open(sys.argv[1], encoding="utf-8")))
            print(har.version, len(har.har_data["entries"]))
            for entry in har.har_data["entries"]:
                assert har.match_status_code(entry, "404"), entry
                assert entry["time"] >= 0 and har.match_request_type(entry, "GET")
            """
        let reader = try scratch.write("read.py", script)
        let verdict = try await Tool.shell(
            "exec python3 \"$1\" \"$2\"", [reader, scratch("out.har")], environment: Self.outside)
        #expect(verdict.exit == 0, "\(verdict.stderr)")
        // Two of the texts cannot be identifiers of a line of a list, so that its request is not sent.
        #expect(verdict.stdout == "1.2 \(2 + Self.hostile.count - 2)\n", "\(verdict.stdout)")
    }
}
