import Testing

@testable import FetchRecords

@Suite("issue 26: texts in reports are data")
struct ReportTextTests {
    /// Characters that must not reach a report as themselves: what a terminal or a browser obeys, and what XML forbids.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFFE, 0xFFFF:
            true
        default: false
        }
    }

    @Test func `issue 26: a control, a line break and a bidirectional control are visible escapes`() {
        #expect(ReportText.visible("a\nb\u{202E}c\u{0}\u{FFFE}") == "a\\nb\\u202ec\\x00\\ufffe")
        for text in ReportSamples.hostile {
            #expect(!ReportText.visible(text).unicodeScalars.contains(where: Self.isObeyed), "\(text)")
        }
    }

    @Test func `issue 26: markup has no character that begins a tag, a reference or the end of an attribute`() {
        #expect(ReportText.markup("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
        for text in ReportSamples.hostile {
            #expect(!ReportText.markup(text).utf8.contains { "<>\"'".utf8.contains($0) })
        }
    }

    @Test func `issue 26: a text in Markdown is one code span that ends neither itself nor its cell`() {
        #expect(ReportText.markdown("a|b`c") == "`a\\x7cb\\x60c`")
        #expect(ReportText.markdown("") == "–" && ReportText.markdown("  ") == "–")
        for text in ReportSamples.hostile {
            let span = ReportText.markdown(text)
            #expect(
                span.utf8.filter { $0 == UInt8(ascii: "`") }.count == 2 && span.hasPrefix("`") && span.hasSuffix("`"))
            #expect(!span.utf8.contains(UInt8(ascii: "|")) && !span.utf8.contains(0x0A))
        }
        #expect(ReportText.markdown(String(repeating: "x", count: 1000)).count == 303)
    }

    @Test func `issue 26: only http and https URLs from which nothing is hidden become links`() {
        for url in ["http://a.test/", "https://a.test/?q=1#f"] { #expect(ReportText.isLink(url)) }
        for url in ["javascript:x", "data:text/html,x", "http://***@a.test/", "https://a.test/?token=***", "//a.test/"]
        {
            #expect(!ReportText.isLink(url))
        }
        for text in ReportSamples.hostile { #expect(!ReportText.isLink(text)) }
    }

    @Test func `issue 26: thousandths have three decimals`() {
        #expect(ReportText.thousandths(0) == "0.000" && ReportText.thousandths(12_034) == "12.034")
        #expect(ReportText.thousandths(-5) == "0.000")
        #expect(ReportText.time(1_767_225_600_007) == "2026-01-01T00:00:00.007Z")
    }
}
