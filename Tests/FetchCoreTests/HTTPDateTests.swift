import TestSupport
import Testing

@testable import FetchCore

@Suite struct HTTPDateTests {
    private struct Row: Decodable {
        let input: String
        let epoch: Int64?
    }

    @Test("The three forms of RFC 9110 are one moment")
    func threeForms() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ] {
            #expect(HTTPDate.parse(text) == 784_111_777, "\(text)")
        }
    }

    @Test("Leap days and turns of the century are counted right")
    func calendar() {
        #expect(HTTPDate.parse("Tue, 29 Feb 2000 00:00:00 GMT") == 951_782_400)
        #expect(HTTPDate.parse("Wed, 01 Mar 2000 00:00:00 GMT") == 951_868_800)
        #expect(HTTPDate.parse("Mon, 01 Mar 2100 00:00:00 GMT") == 4_107_542_400)
        #expect(HTTPDate.parse("Sun, 28 Feb 2100 00:00:00 GMT") == 4_107_456_000)
        #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800)
    }

    @Test(
        "What is no date is nil",
        arguments: ["", "soon", "12", "-5", "1.5", "1, 2", "²", "Fri, 32 Dec 1999 23:59:59 GMT", "Nov 1994", "GMT"])
    func noDate(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test("curl's own cases come out as curl has them", .enabled(if: TestData.isPresent, "no ../shared/data"))
    func vectors() throws {
        let rows: [Row] = try TestData.rows("http/http_dates.jsonl")
        #expect(rows.count >= 80)
        for row in rows { #expect(HTTPDate.parse(row.input) == row.epoch, "\(row.input)") }
    }

    @Test("Random text neither crashes nor gives a year that no 32-bit number holds")
    func fuzz() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            let text = random.text(alphabet: "Sun Nov 06 1994 08:49:37 GMT -+,0123456789", upTo: 40)
            guard let date = HTTPDate.parse(text) else { continue }
            #expect(abs(date) < 70_000_000_000_000_000)
        }
        #expect(HTTPDate.parse("1 Jan " + String(repeating: "9", count: 10_000)) == nil)
        #expect(HTTPDate.parse("1 Jan 2147483647 23:59:60 Y") != nil)
    }
}
