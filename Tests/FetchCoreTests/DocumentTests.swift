import FetchHTTP
import FetchRecords
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("Documents are valid whatever happened")
struct DocumentTests {
    /// The part of a record that identifies it.
    private struct Row: Decodable, Equatable {
        var index: Int
        var url: String
    }

    @Test("The array is valid JSON with no record, one and many, a record a line")
    func array() throws {
        #expect(Samples.document(JSONFormatter(), []) == "[]\n")
        for count in 1...3 {
            let outcomes = (0..<count).map { Samples.ok(index: $0) }
            let text = Samples.document(JSONFormatter(), outcomes)
            let rows = try JSONDecoder().decode([Row].self, from: Data(text.utf8))
            #expect(rows.map(\.index) == Array(0..<count))
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == count + 3)
            #expect(lines.first == "[" && lines.suffix(2) == ["]", ""])
        }
    }

    @Test("JSON Lines are a record a line and nothing else")
    func lines() throws {
        #expect(Samples.document(JSONLinesFormatter(), []).isEmpty)
        let text = Samples.document(
            JSONLinesFormatter(), [Samples.ok(index: 0), Samples.failed(), Samples.ok(index: 2)])
        let rows = try text.split(separator: "\n").map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
        #expect(rows.map(\.index) == [0, 0, 2])
        #expect(text.last == "\n")
    }

    @Test("Any bytes as URL, header, message and body give one valid line", arguments: 0..<200)
    func fuzz(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        func bytes(_ count: Int) -> [UInt8] {
            let highest: UInt8 = [0x1F, 0x7F, 0xFF].randomElement(using: &generator) ?? 0xFF
            return (0..<count).map { _ in UInt8.random(in: 0...highest, using: &generator) }
        }
        func text() -> String { String(decoding: bytes(30), as: UTF8.self) }
        var body = bytes(60)
        // Some bodies are JSON with damage at one offset, so that the copy in a record is tried too.
        if seed.isMultiple(of: 2) {
            body = Array("{\"a\": [1, -2.50e3, \"\\ud83d\\ude00 é\u{85}\"],\r\n\t\"b\": {\"c\": null}}".utf8)
            if seed.isMultiple(of: 4) { body[Int.random(in: 0..<body.count, using: &generator)] = bytes(1)[0] }
        }
        var headers = HeaderFields(lines: bytes(40) + [0x3A] + bytes(20) + [0x0A])
        headers.append(
            "Content-Type", ["application/json", "text/plain", text()].randomElement(using: &generator) ?? "")
        var response = Samples.response(body: .bytes(body))
        response.headers = headers
        response.remoteIP = text()
        let url = text()
        let outcome = Outcome(
            input: Input(index: 1, id: text(), text: url, request: .failure(FetchError(.invalidURL, text()))),
            response: response, error: FetchError(.protocolError, text()), fileName: text())
        let record = Samples.record(outcome, body: true, headers: true)
        #expect(!record.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        try JSONText.validate(Array(record.utf8)[...])
        let row = try JSONDecoder().decode(Row.self, from: Data(record.utf8))
        #expect(row == Row(index: 1, url: PrintableURL.hidingCredentials(in: url)))

        for formatter in [TableFormatter(width: 60), CSVFormatter(.tsv)] as [any Formatter] {
            #expect(lineCount(formatter, outcome) == 2)
        }
    }

    private func lineCount(_ formatter: some Formatter, _ outcome: Outcome) -> Int {
        Samples.document(formatter, [outcome]).utf8.count { $0 == 0x0A }
    }
}
