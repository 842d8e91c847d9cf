import FoundationEssentials
import TestSupport
import Testing

@Suite("Output is a valid document in every ending", .timeLimit(.minutes(20)))
struct DocumentEndingTests {
    @Test(arguments: Scenario.allCases)
    func `the array parses, and each record in it has the contract's fields`(scenario: Scenario) async throws {
        let result = try await scenario.run("--json")
        let rows = try Row.array(result)
        #expect(rows.map(\.index) == Array(0..<rows.count))
        #expect(result.stderr == "")
        // The records stand on a line each, between brackets.
        let records = result.lines.dropFirst().dropLast().map { $0.last == "," ? $0.dropLast() : $0 }
        #expect(records.count == rows.count)
        for record in records { RecordShape.check(record) }
    }

    @Test(arguments: Scenario.allCases)
    func `lines parse, and each has the contract's fields`(scenario: Scenario) async throws {
        let result = try await scenario.run("--jsonl")
        let rows = try Row.lines(result)
        #expect(rows.map(\.index).sorted() == Array(0..<rows.count))
        #expect(result.stderr == "")
        for line in result.bytes.split(separator: 0x0A) { RecordShape.check(Substring(decoding: line, as: UTF8.self)) }
    }

    @Test(
        .enabled("python3 with jsonschema is not installed") { try await Schema.isJudgeThere() },
        arguments: Scenario.allCases)
    func `the published schema holds for both forms`(scenario: Scenario) async throws {
        let array = try await scenario.run("--json")
        let lines = try await scenario.run("--jsonl")
        let documents =
            [array.stdout.replacing("\n", with: " ")]
            + lines.bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let violations = try await Schema.violations(of: documents)
        #expect(violations == "")
    }

    @Test(.enabled("python3 with jsonschema is not installed") { try await Schema.isJudgeThere() })
    func `the judge does find fault with what is no record`() async throws {
        #expect(try await Schema.violations(of: ["{\"id\":null}"]) != "")
    }

    @Test func `an empty list is an empty array and a success`() async throws {
        let result = try await Scenario.emptyList.run("--json")
        #expect(result.exit == 0)
        #expect(try Row.array(result).isEmpty)
    }

    @Test func `bodies are text, JSON or base64, whatever fits`() async throws {
        let result = try await Scenario.binaryBody.run("--json")
        #expect(result.exit == 0)
        let rows = try Row.array(result)
        #expect(rows.count == 5)
        #expect(rows.map(\.bodyBase64) == ["iQD//go=", nil, nil, nil, nil])
        #expect(rows.map(\.body) == [nil, "é \"quoted\" \u{1B}[31m \u{2028}\n", nil, "{\"a\":", ""])
        // JSON stands as it came: digits are kept, line breaks are not.
        #expect(result.stdout.contains(#""json":{"a": [1, 2.50, null]}"#))
    }

    @Test func `identifiers come back as they were given`() async throws {
        let result = try await Scenario.oddIDs.run("--json")
        #expect(result.exit == 0)
        #expect(
            try Row.array(result).map(\.id) == [
                "xa\"b", "xback\\slash", "x👩‍💻 é", "x{\"json\":1",
            ])
    }
}
