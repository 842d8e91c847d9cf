import TestSupport
import Testing

@testable import FetchSystem

@Suite struct QuantityTests {
    private static let huge = "1" + String(repeating: "0", count: 400)
    private static let thirtyDigits = String(repeating: "9", count: 30)

    @Test("Durations have curl's units and decimals")
    func durations() throws {
        let expected: [(String, Duration)] = [
            ("500ms", .milliseconds(500)), ("2s", .seconds(2)), ("1m", .seconds(60)), ("1h", .seconds(3600)),
            ("1d", .seconds(86_400)), ("30", .seconds(30)), ("0", .zero), ("1.5", .milliseconds(1500)),
            (".5s", .milliseconds(500)), ("0.1s", .milliseconds(100)), ("1.25h", .seconds(4500)),
            ("2.", .seconds(2)), ("3650d", .seconds(315_360_000)), ("87600h", .seconds(315_360_000)),
            ("0.0000000000000000009", .zero),
            ("0.000000000000000001", Duration(secondsComponent: 0, attosecondsComponent: 1)),
        ]
        for (text, duration) in expected { #expect(try Quantity.duration(text) == duration, "\(text)") }
    }

    @Test(
        "What is no duration, or none that a run can last, is refused with the range",
        arguments: [
            "", " ", "s", "-1", "-1s", "+1", "NaN", "nan", "inf", "1e308", "1 s", "1S", "1x", "1h30m", "1..5", ".",
            "0x1",
            "3651d", "315360001", "9223372036854775807d", "99999999999999999999d", "18014398509481984d", huge,
            thirtyDigits, "٣",
        ])
    func badDurations(_ text: String) {
        let failure = #expect(throws: ParseFailure.self) { try Quantity.duration(text) }
        #expect(failure?.message.contains("from 0 to 3650d") == true)
        #expect((failure?.message.utf8.count ?? 0) < 300)
    }

    @Test("Sizes have curl's letters, of 1024 each")
    func sizes() throws {
        let expected: [(String, Int)] = [
            ("10k", 10_240), ("5M", 5_242_880), ("1G", 1_073_741_824), ("1.5k", 1536), ("0", 0), ("100", 100),
            ("100B", 100), ("1t", 1 << 40), ("8P", 1 << 53), ("9007199254740992", 1 << 53), ("0.0001k", 0), ("2.0", 2),
        ]
        for (text, size) in expected { #expect(try Quantity.byteSize(text) == size, "\(text)") }
    }

    @Test("issue 20.20: sizes are read as the program prints them, and with the letters of IEC 80000-13")
    func printedSizes() throws {
        let expected: [(String, Int)] = [
            ("1MB", 1_000_000), ("1mb", 1_000_000), ("12.6kB", 12_600), ("340MB", 340_000_000), ("1GB", 1_000_000_000),
            ("2TB", 2_000_000_000_000), ("1PB", 1_000_000_000_000_000), ("1KiB", 1024), ("1MiB", 1 << 20),
            ("1.5GiB", 3 << 29), ("8PiB", 1 << 53), ("9PB", 9_000_000_000_000_000),
        ]
        for (text, size) in expected { #expect(try Quantity.byteSize(text) == size, "\(text)") }
        for size in [0, 9999, 12_600, 340_000_000, 1_200_000_000] {
            let printed = HumanText.size(size).filter { $0 != " " }
            #expect(try Quantity.byteSize(printed) == size, "\(printed)")
        }
    }

    @Test(
        "What is no size is refused with the range",
        arguments: [
            "", "-1", "-1k", "1.5", "k", "1kk", "1KiBB", "1iB", "1Mi", "1BM", "1MBit", "kB", "1\u{212A}", "NaN", "inf",
            "1e9", "9007199254740993", "8.1P", "9P", huge,
            "18014398509481984P", thirtyDigits, huge + "k", "1 k",
        ])
    func badSizes(_ text: String) {
        let failure = #expect(throws: ParseFailure.self) { try Quantity.byteSize(text) }
        #expect(failure?.message.contains("from 0 to 8P") == true)
    }

    @Test("Rates are so many in a period")
    func rates() throws {
        let expected: [(String, Int, Duration)] = [
            ("5/s", 5, .seconds(1)), ("100/m", 100, .seconds(60)), ("5/15s", 5, .seconds(15)),
            ("1/h", 1, .seconds(3600)), ("3/500ms", 3, .milliseconds(500)),
            ("1000000000/d", 1_000_000_000, .seconds(86_400)),
            ("2/10", 2, .seconds(10)), ("7/ms", 7, .milliseconds(1)),
        ]
        for (text, count, period) in expected {
            let rate = try Quantity.rate(text)
            #expect(rate.count == count && rate.period == period, "\(text)")
        }
    }

    @Test("A rate without a period is refused with what to write")
    func bareRate() {
        let failure = #expect(throws: ParseFailure.self) { try Quantity.rate("5") }
        #expect(failure?.message.contains("write 5/s") == true)
    }

    @Test(
        "What is no rate is refused with an example and the range",
        arguments: [
            "", "/", "/s", "5/", "0/s", "-5/s", "1.5/s", "5/0s", "5/0", "5/-1s", "5/x", "5/s/s", "5k/s", "NaN/s",
            "inf/s",
            "1000000001/s", "5/0.1ms", "5/3651d", huge + "/s", "5/" + huge, "5//s", "s/5",
        ])
    func badRates(_ text: String) {
        let failure = #expect(throws: ParseFailure.self) { try Quantity.rate(text) }
        #expect(failure?.message.contains("write 5/s") == true, "\(failure?.message ?? "")")
    }

    @Test("Random text never crashes, and what is accepted is in range")
    func fuzz() {
        var random = SeededRandom(seed: 5)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = random.text(alphabet: "0123456789.0123456789smhdkMGTP/-", upTo: 24)
            if let duration = try? Quantity.duration(text) {
                accepted += 1
                #expect(duration >= .zero && duration <= Quantity.longestDuration, "\(text)")
            }
            if let size = try? Quantity.byteSize(text) { #expect((0...Quantity.largestSize).contains(size), "\(text)") }
            if let rate = try? Quantity.rate(text) {
                #expect(rate.count >= 1 && rate.count <= Quantity.largestCount, "\(text)")
                #expect(rate.period >= .milliseconds(1) && rate.period <= Quantity.longestDuration, "\(text)")
            }
        }
        #expect(accepted > 500)
    }
}
