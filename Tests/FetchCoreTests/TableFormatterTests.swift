import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@Suite("The table is a row per record, whatever servers say")
struct TableFormatterTests {
    private func rows(_ outcomes: [Outcome], width: Int? = nil, color: Bool = false) -> [Substring] {
        Samples.document(TableFormatter(width: width, color: color), outcomes).split(separator: "\n")
    }

    @Test("Columns stand under their names")
    func columns() {
        var slow = Samples.ok(index: 12_345)
        slow.response?.timing.total = .milliseconds(1240)
        slow.response?.size = 1_256_000
        #expect(
            rows([Samples.ok(), slow, Samples.failed()]) == [
                "    #  STATUS     TIME      SIZE  RETRIES  URL",
                "    0  200      102 ms    1256 B        2  http://example.org/  a.html",
                "12345  200      1.24 s    1.3 MB        2  http://example.org/  a.html",
                "    0  ERR           -         -        0  http://example.org/  timed-out: no answer",
            ])
    }

    @Test(
        "issue 23.6: what failed after its 200 is ERR; a status that is the failure stays",
        arguments: [
            (FetchError.Kind.truncated, 200, "ERR"), (.checksumMismatch, 200, "ERR"), (.timedOut, 404, "ERR"),
            (.httpStatus, 404, "404"), (.rateLimited, 429, "429"), (.tooManyRedirects, 302, "302"),
        ])
    func failedAfterStatus(kind: FetchError.Kind, status: Int, shown: String) {
        var outcome = Samples.ok(response: Samples.response(status))
        outcome.error = FetchError(kind, "why")
        let row = rows([outcome])[1]
        #expect(row.hasPrefix("    0  \(shown) ") && row.hasSuffix("  \(kind.rawValue): why"), "\(row)")
    }

    @Test("issue 23.6: a redirect that was not followed shows where it leads")
    func unfollowed() {
        var response = Samples.response(301)
        response.headers.append("Location", "there?a=1")
        #expect(
            rows([Samples.ok("http://example.org/d/", response: response)])[1]
                .hasSuffix("  http://example.org/d/ → http://example.org/d/there?a=1  a.html"))
        response.headers.append("Location", "elsewhere")
        #expect(!rows([Samples.ok("http://example.org/d/", response: response)])[1].contains("→"))
    }

    @Test("A redirect shows where it went, and an error what it was")
    func details() {
        var outcome = Samples.ok(response: Samples.response(404))
        outcome.effectiveURL = FetchURL("http://example.org/there")
        #expect(rows([outcome])[1].hasSuffix("  http://example.org/ → http://example.org/there  a.html"))
        outcome.error = FetchError(.httpStatus, "404")
        #expect(
            rows([outcome])[1].hasSuffix("  http://example.org/ → http://example.org/there  http-status: 404"))
    }

    @Test("Control characters are shown, not obeyed, and make no rows")
    func controls() {
        let input = Input(
            index: 0, text: "http://x/\u{1B}[2J\n\r\u{9B}\u{202E}", request: .failure(FetchError(.invalidURL, "no")))
        let table = rows([Outcome(input: input, error: FetchError(.invalidURL, "bad\u{8}\nhost"))])
        #expect(table.count == 2)
        #expect(table[1].hasSuffix(#"  http://x/\x1b[2J\n\r\x9b\u202e  invalid-url: bad\x08\nhost"#))
    }

    @Test("No row is wider than the terminal", arguments: [0, 1, 5, 20, 43, 44, 45, 60, 80, 200])
    func width(width: Int) {
        let texts = ["http://例え.テスト/日本語", "http://x/😀😀😀e\u{301}", "http://example.org/a/long/path/that/goes/on"]
        let outcomes = texts.flatMap {
            [Samples.ok($0), Outcome(input: Samples.input($0), error: FetchError(.io, "é日"))]
        }
        let table = Samples.document(TableFormatter(width: width), outcomes)
        let rows = table.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.count == 8)
        for row in rows { #expect(DisplayWidth.of(row) <= width) }
        if width == 45 { #expect(rows[1] == "    0  200      102 ms    1256 B        2  h…") }
    }

    @Test("Colours say how it went, and show only where they may")
    func colors() {
        var failed = Samples.ok(response: Samples.response(404))
        failed.error = FetchError(.httpStatus, "404")
        let outcomes = [Samples.ok(), Samples.ok(response: Samples.response(304)), failed, Samples.failed()]
        let table = rows(outcomes, color: true)
        #expect(table[1].contains("\u{1B}[32m200   \u{1B}[0m"))
        #expect(table[2].contains("\u{1B}[33m304   \u{1B}[0m"))
        #expect(
            table[3].contains("\u{1B}[31m404   \u{1B}[0m") && table[3].contains("\u{1B}[31mhttp-status: 404\u{1B}[0m"))
        #expect(table[4].contains("\u{1B}[31mERR   \u{1B}[0m"))
        #expect(!Samples.document(TableFormatter(), outcomes).contains("\u{1B}"))
    }
}
