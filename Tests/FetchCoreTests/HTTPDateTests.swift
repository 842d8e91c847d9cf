import TestSupport
import Testing

@testable import FetchHTTP

@Suite struct HTTPDateTests {
    private struct Row: Decodable {
        let input: String
        let epoch: Int64?
        /// Which form of RFC 9110 it has.
        let rfc9110: String?
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

    @Test("A year of two digits is at most 50 years ahead")
    func century() {
        let text = { (year: String) in "Sunday, 06-Nov-\(year) 08:49:37 GMT" }
        // 2026-07-02.
        let now: Int64 = 1_782_950_400
        #expect(HTTPDate.parse(text("26"), now: now) == HTTPDate.parse("Sun, 06 Nov 2026 08:49:37 GMT"))
        #expect(HTTPDate.parse(text("76"), now: now) == HTTPDate.parse("Sun, 06 Nov 2076 08:49:37 GMT"))
        #expect(HTTPDate.parse(text("77"), now: now) == HTTPDate.parse("Sun, 06 Nov 1977 08:49:37 GMT"))
        #expect(
            HTTPDate.parse(text("05"), now: now + 70 * 31_556_952) == HTTPDate.parse("Sun, 06 Nov 2105 08:49:37 GMT"))
    }

    @Test("Every day from 1583 to 9999 is one later than the day before")
    func everyDay() {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var last: Int64?
        for year in stride(from: 1583, through: 9999, by: 1) where year % 100 < 5 {
            if year % 100 == 0 { last = nil }
            for month in months {
                for day in 1...31 {
                    let text = "Mon, \(day < 10 ? "0" : "")\(day) \(month) \(year) 00:00:00 GMT"
                    guard let date = HTTPDate.parse(text) else { continue }
                    if let last { #expect(date == last + 86_400, "\(text)") }
                    last = date
                }
            }
        }
        #expect(last == HTTPDate.parse("Fri, 31 Dec 9904 00:00:00 GMT"))
    }

    @Test(
        "A text that is not a valid date is nil",
        arguments: [
            "", "soon", "12", "-5", "1.5", "1, 2", "²", "Fri, 32 Dec 1999 23:59:59 GMT", "Nov 1994", "GMT",
            "Tue, 30 Feb 2024 12:00:00 GMT", "Wed, 29 Feb 2023 12:00:00 GMT", "Wed, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        ])
    func noDate(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test(
        "A text that resembles one of the three forms is nil",
        arguments: [
            "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
            "Sun Nov  6 08:49:37 1994 GMT", " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun,  06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMTabcdefghijkl", "1994-11-06T08:49:37Z",
        ])
    func otherForms(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test(
        "Of curl's own cases those of the three forms are read, and no others",
        .enabled(if: TestData.isPresent, "no ../shared/data"))
    func vectors() throws {
        let rows: [Row] = try TestData.rows("http/http_dates.jsonl")
        #expect(rows.count >= 80)
        #expect(rows.count { $0.rfc9110 != nil } >= 5)
        for row in rows { #expect(HTTPDate.parse(row.input) == (row.rfc9110 == nil ? nil : row.epoch), "\(row.input)") }
    }

    @Test("Random text neither crashes nor gives a year of five digits")
    func fuzz() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            let text = random.text(alphabet: "Sun Nov 06 1994 08:49:37 GMT -+,0123456789", upTo: 40)
            guard let date = HTTPDate.parse(text) else { continue }
            #expect(abs(date) < 300_000_000_000)
        }
        // One character of a date is another.
        for form in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            for index in form.utf8.indices {
                for byte in UInt8(0)..<128 {
                    var bytes = Array(form.utf8)
                    bytes[form.utf8.distance(from: form.startIndex, to: index)] = byte
                    guard let date = HTTPDate.parse(String(decoding: bytes, as: UTF8.self)) else { continue }
                    #expect(abs(date) < 300_000_000_000)
                }
            }
        }
        #expect(HTTPDate.parse("Sun, 06 Nov " + String(repeating: "9", count: 10_000)) == nil)
    }
}
