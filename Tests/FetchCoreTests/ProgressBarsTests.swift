import FetchSystem
import Testing

@testable import FetchRecords

@Suite("issue 22.6: bars of large bodies")
struct ProgressBarsTests {
    private static func row(
        _ name: String, _ received: Int = 5_200_000, of total: Int? = 10_000_000, perSecond: Double = 1_240_000
    ) -> ByteReading.Row {
        ByteReading.Row(name: name, received: received, total: total, perSecond: perSecond)
    }

    @Test("issue 22.6: a name, a bar, a percentage, a rate and the time left")
    func line() {
        let lines = ProgressBars.lines(
            [Self.row("debian.iso"), Self.row("a", 10_000_000), Self.row("open", 7_000_000, of: nil, perSecond: 0)],
            width: 70, height: 20)
        #expect(
            lines == [
                "debian.iso  [█████████████▌            ]   52 %   1.2 MB/s  ETA 4s",
                "a           [██████████████████████████]  100 %   1.2 MB/s",
                "open        7.0 MB                                   0 B/s",
            ])
    }

    @Test(
        "issue 22.6: no line is wider than the terminal, whatever the name is",
        arguments: [1, 2, 5, 9, 10, 17, 18, 20, 27, 37, 49, 50, 57, 77, 97, 197])
    func width(width: Int) {
        let names = [
            "a", "日本語日本語日本語日本語日本語日本語.iso", String(repeating: "e\u{301}", count: 90), "👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻.tar", "",
            String(repeating: "x", count: 300),
        ]
        for name in names {
            for total in [10_000_000, nil, 0, .max] {
                let lines = ProgressBars.lines(
                    [Self.row(name, 999_999_999, of: total, perSecond: 1e30), Self.row("b")], width: width, height: 9)
                #expect(lines.count == 2)
                for line in lines { #expect(DisplayWidth.of(line) <= width, "\(line)") }
            }
        }
    }

    @Test("issue 22.6: in forty columns the bar stays, and in twenty the percentage")
    func narrow() {
        let name = "debian-12.5.0-amd64-netinst.iso"
        #expect(
            ProgressBars.lines([Self.row(name)], width: 37, height: 9) == [
                "debia…t.iso  [██▏ ]   52 %   1.2 MB/s"
            ])
        #expect(ProgressBars.lines([Self.row(name)], width: 26, height: 9) == ["debi…iso   52 %   1.2 MB/s"])
    }

    @Test("issue 22.6: at most eight have a line, fewer where the terminal is low; the rest is a count")
    func count() {
        func lines(_ count: Int, height: Int) -> [String] {
            ProgressBars.lines((1...count).map { Self.row("f\($0)") }, width: 60, height: height)
        }
        #expect(lines(8, height: 20).count == 8)
        #expect(lines(9, height: 20).map { $0.prefix(2) } == ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "an"])
        #expect(lines(9, height: 20).last == "and 1 more")
        #expect(lines(8, height: 5).count == 5)
        #expect(lines(8, height: 5).last == "and 4 more")
        #expect(lines(3, height: 1) == ["and 3 more"])
        #expect(lines(1, height: 1).first?.hasPrefix("f1") == true)
        #expect(lines(3, height: 0).isEmpty && lines(3, height: -2).isEmpty)
        #expect(ProgressBars.lines([], width: 60, height: 20).isEmpty)
    }

    @Test("issue 22.6: a long name keeps its beginning and its end, and no character is cut")
    func names() {
        #expect(ProgressBars.shortened("abcdefghij", to: 10) == "abcdefghij")
        #expect(ProgressBars.shortened("abcdefghij", to: 7) == "abc…hij")
        #expect(ProgressBars.shortened("abcdefghij", to: 6) == "abc…ij")
        #expect(ProgressBars.shortened("日本語日本語", to: 8) == "日本…語")
        #expect(ProgressBars.shortened("日本語日本語", to: 2) == "…")
        #expect(ProgressBars.shortened("abc", to: 0) == "")
    }

    @Test("issue 22.6: erasing goes as many rows up as the lines take now")
    func erasing() {
        let escape = "\u{1B}["
        #expect(LiveLines.erasing([], columns: 80) == "")
        #expect(LiveLines.erasing(["a"], columns: 80) == "\r\(escape)K")
        #expect(LiveLines.erasing(["a", "", "日本"], columns: 80) == "\r\(escape)2A\(escape)J")
        // The terminal became narrower, and has folded what was drawn.
        let line = String(repeating: "x", count: 77)
        #expect(LiveLines.erasing([line, line], columns: 40) == "\r\(escape)3A\(escape)J")
        #expect(LiveLines.erasing([line], columns: 40) == "\r\(escape)1A\(escape)J")
        #expect(LiveLines.erasing([line], columns: 0).hasPrefix("\r\(escape)76A"))
        #expect(LiveLines.drawing(["a", "b"]) == "a\r\nb")
    }
}
