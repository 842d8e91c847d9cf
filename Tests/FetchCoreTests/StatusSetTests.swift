import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@Suite struct StatusSetTests {
    @Test("Success is 200 to 299 and nothing else")
    func success() {
        for status in -1...1000 { #expect(StatusSet.success.contains(status) == (200...299).contains(status)) }
    }

    @Test(
        "Single statuses, both kinds of range and classes",
        arguments: [
            ("200..299,404", 200..<300, 404), ("200-299,404", 200..<300, 404), ("2xx, 404", 200..<300, 404),
            ("404,2XX", 200..<300, 404), ("404 , 301..302,301", 301..<303, 404), ("404,410..410", 410..<411, 404),
        ])
    func lists(_ text: String, _ range: Range<Int>, _ single: Int) throws {
        let set = try StatusSet(text)
        for status in 0...1200 {
            #expect(set.contains(status) == (range.contains(status) || status == single), "\(status)")
        }
    }

    @Test("What is written out reads back the same")
    func description() throws {
        let set = try StatusSet("2xx,404,500-599")
        #expect(set.description == "200..299,404,500..599")
        #expect(try StatusSet(set.description) == set)
    }

    @Test(
        "A list that cannot be meant is refused with the range",
        arguments: [
            "", ",", "200,", "20", "2000", "099", "-200", "200..", "..200", "299..200", "200.299", "200...299",
            "200--299",
            "xxx", "0xx", "2x", "NaN", "1e2", "200 299", "200..99999999999999999999", "٢٠٠",
            String(repeating: "200,", count: 2000),
        ])
    func refused(_ text: String) {
        let failure = #expect(throws: ParseFailure.self) { try StatusSet(text) }
        #expect(failure?.message.contains("from 100 to 999") == true)
    }

    @Test("Random text never crashes, and what is accepted holds statuses only")
    func fuzz() {
        var random = SeededRandom(seed: 6)
        var accepted = 0
        for _ in 0..<20_000 {
            guard let set = try? StatusSet(random.text(alphabet: "1234502xx.-,", upTo: 12)) else { continue }
            accepted += 1
            #expect(!set.contains(99) && !set.contains(1000) && !set.contains(-1))
            #expect((100...999).contains { set.contains($0) })
        }
        #expect(accepted > 50)
    }
}
