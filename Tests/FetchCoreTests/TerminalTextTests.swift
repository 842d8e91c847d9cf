import FetchRecords
import TestSupport
import Testing

@testable import FetchSystem

@Suite("Texts from elsewhere are made fit for a terminal")
struct TerminalTextTests {
    @Test(
        "A text takes as many columns as terminals show",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("ｆｕｌｌ", 8), ("ﾊﾝｶｸ", 4), ("한국", 4),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👍🏽", 4), ("❤", 1), ("❤\u{FE0F}", 2), ("🇩🇪", 2),
            ("a\u{200B}b\u{FEFF}", 2), ("שלום", 4), ("नि", 2), ("→ …", 3), ("𝔸", 1), ("𠀀", 2), ("\u{10FFFF}", 1),
            ("ส\u{E31}", 1),
        ])
    func width(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test("The width of a text is the sum of its characters'")
    func sum() {
        let text = "a日e\u{301}😀❤\u{FE0F}ｆ"
        #expect(DisplayWidth.of(text) == text.map { DisplayWidth.of($0) }.reduce(0, +))
    }

    @Test("Every character that a terminal would obey is escaped, and no other")
    func escaped() {
        let obeyed: [ClosedRange<UInt32>] = [
            0...0x1F, 0x7F...0x9F, 0x61C...0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
        ]
        for value in UInt32(0)...0x2100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(String(scalar))b"
            let isObeyed = obeyed.contains { $0.contains(value) }
            #expect((TerminalText.escaped(text) != text) == isObeyed, "U+\(String(value, radix: 16))")
        }
    }

    @Test("Escapes say what was there")
    func escapes() {
        #expect(TerminalText.escaped("a\u{1B}[2J\u{7}\u{0}\n\r\t\u{8}") == #"a\x1b[2J\x07\x00\n\r\t\x08"#)
        #expect(TerminalText.escaped("\u{9B}\u{7F}\u{202E}\u{200F}\u{61C}") == #"\x9b\x7f\u202e\u200f\u061c"#)
        #expect(TerminalText.escaped("é日😀\\n") == "é日😀\\n")
    }

    @Test(
        "A cut text ends in … and never inside a character",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("abc", -1, ""),
            ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("a👍🏽b", 4, "a…"), ("", 0, ""),
            ("❤\u{FE0F}ab", 3, "❤\u{FE0F}…"),
        ])
    func cut(text: String, width: Int, expected: String) {
        #expect(TerminalText.cut(text, to: width) == expected)
    }

    @Test("No cut text is wider than asked, whatever is in it", arguments: 0..<100)
    func cutFuzz(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        var text = ""
        for _ in 0..<30 {
            let pool: ClosedRange<UInt32> =
                [0...0x7F, 0x300...0x36F, 0x3000...0x9FFF, 0x1F300...0x1FAFF, 0x200B...0x200D, 0xFE0F...0xFE0F]
                .randomElement(using: &generator) ?? 0...0
            if let scalar = Unicode.Scalar(UInt32.random(in: pool, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        for width in 0...40 {
            let fitted = TerminalText.fit(text, to: width)
            #expect(DisplayWidth.of(fitted) <= width)
            #expect(!fitted.utf8.contains { $0 < 0x20 || $0 == 0x7F })
            var line = TerminalLine("ab")
            line.append(TerminalText.escaped(text), .red)
            line.append("cd", .green)
            let plain = line.rendered(width: width, color: false)
            #expect(DisplayWidth.of(plain) <= width)
            #expect(withoutColors(line.rendered(width: width, color: true)) == plain)
        }
    }

    @Test("A line is cut across its parts, and colours are closed")
    func line() {
        var line = TerminalLine("ab")
        line.append("cde", .red)
        line.append("fg")
        #expect(line.rendered(width: nil, color: true) == "ab\u{1B}[31mcde\u{1B}[0mfg")
        #expect(line.rendered(width: 7, color: false) == "abcdefg")
        #expect(line.rendered(width: 6, color: false) == "abcde…")
        #expect(line.rendered(width: 5, color: true) == "ab\u{1B}[31mcd…\u{1B}[0m")
        #expect(line.rendered(width: 3, color: false) == "ab…")
        #expect(line.rendered(width: 2, color: false) == "a…")
        #expect(line.rendered(width: 0, color: true).isEmpty)
    }

    /// The text without escape sequences; on bytes, because an `m` and a mark after it are one Character.
    private func withoutColors(_ text: String) -> String {
        let parts = text.utf8.split(separator: 0x1B, omittingEmptySubsequences: false)
        let kept = parts.enumerated().flatMap { index, part in
            index == 0 ? part[...] : part.drop { $0 != UInt8(ascii: "m") }.dropFirst()
        }
        return String(decoding: kept, as: UTF8.self)
    }

    @Test(
        "Numbers for people are short",
        arguments: [
            (HumanText.size(0), "0 B"), (HumanText.size(9999), "9999 B"), (HumanText.size(12_640), "12.6 kB"),
            (HumanText.size(99_960), "100 kB"), (HumanText.size(999_499), "999 kB"),
            (HumanText.size(999_500), "1.0 MB"),
            (HumanText.size(3_400_000_000), "3.4 GB"), (HumanText.size(.max), "9223 PB"),
            (HumanText.time(.zero), "0.0 ms"), (HumanText.time(.microseconds(420)), "0.4 ms"),
            (HumanText.time(.microseconds(9960)), "10 ms"), (HumanText.time(.milliseconds(102)), "102 ms"),
            (HumanText.time(.microseconds(999_600)), "1.00 s"), (HumanText.time(.milliseconds(1240)), "1.24 s"),
            (HumanText.time(.milliseconds(9996)), "10.0 s"), (HumanText.time(.seconds(124)), "124 s"),
            (HumanText.remaining(seconds: 0.1), "1s"), (HumanText.remaining(seconds: 65), "1m 05s"),
            (HumanText.remaining(seconds: 11_240), "3h 07m"), (HumanText.rate(412, in: .seconds(1)), "412/s"),
            (HumanText.rate(41, in: .seconds(10)), "4.1/s"), (HumanText.rate(4, in: .zero), "0/s"),
        ])
    func human(text: String, expected: String) {
        #expect(text == expected)
    }
}
