import FetchHTTP
import TestSupport
import Testing

@Suite struct RetryAfterTests {
    private struct Row: Decodable {
        let now: Int64?
        let headers: [String]
        let wait_seconds: Int64?
    }

    private let now: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT

    @Test(
        "Whole seconds are taken as they are", arguments: [("0", 0), ("1", 1), (" 120\t", 120), ("00086400", 86_400)])
    func seconds(_ value: String, _ expected: Int64) {
        #expect(RetryAfter.parse(value, now: now) == .seconds(expected))
    }

    @Test(
        "A date is the time until then, in all three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994",
            " Sun, 06 Nov 1994 08:50:07 GMT\t",
        ])
    func dates(_ value: String) {
        #expect(RetryAfter.parse(value, now: now) == .seconds(30))
    }

    @Test("A date in the past or now is no wait", arguments: [784_111_777, 784_111_778, Int64.max])
    func past(_ now: Int64) {
        #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now: now) == nil)
    }

    @Test(
        "Nonsense leaves the wait to our own backoff",
        arguments: [
            "", " ", "-1", "+1", "1.5", "1e3", "0x10", "soon", "1, 2", "1 2", "²", "٣", "1s", "NaN", "\0", "5\n",
        ])
    func nonsense(_ value: String) {
        #expect(RetryAfter.parse(value, now: now) == nil)
    }

    @Test("A wait too long for any number is ten years")
    func saturates() {
        #expect(RetryAfter.parse(String(repeating: "9", count: 26), now: now) == RetryAfter.maximum)
        #expect(RetryAfter.parse(String(repeating: "9", count: 100_000), now: now) == RetryAfter.maximum)
        #expect(RetryAfter.parse("Sun, 06 Nov 3144 08:49:37 GMT", now: now) == RetryAfter.maximum)
        #expect(RetryAfter.parse("Sun, 06 Nov 3144 08:49:37 GMT", now: .min) == RetryAfter.maximum)
        #expect(RetryAfter.maximum == .seconds(315_360_000))
    }

    @Test("The cases of urllib3, go-retryablehttp and curl", .enabled(if: TestData.isPresent, "no ../shared/data"))
    func vectors() throws {
        let exceptions: [String: Duration?] = [
            // curl cuts a wait at six hours; here the scheduler judges it (--max-wait), so it must see the whole of it.
            "Wed, 31 Dec 2138 02:26:59 GMT": RetryAfter.maximum,
            // It has none of the forms of RFC 9110.
            "Mon, 3 Jun 2019 12:00:00 UTC": nil,
        ]
        let rows: [Row] = try TestData.rows("http/retry_after.jsonl")
        #expect(rows.count >= 13)
        for row in rows {
            for value in row.headers {
                let expected = exceptions[value] ?? row.wait_seconds.map { Duration.seconds($0) }
                #expect(RetryAfter.parse(value, now: row.now ?? now) == expected, "\(value)")
            }
        }
    }

    @Test("Random values neither crash nor give a wait out of bounds")
    func fuzz() {
        var random = SeededRandom(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let value = random.text(alphabet: "0123456789Sun Nov 06 1994 08:49:37 GMT", upTo: 32)
            guard let wait = RetryAfter.parse(value, now: now) else { continue }
            accepted += 1
            #expect(wait >= .zero && wait <= RetryAfter.maximum)
        }
        #expect(accepted > 100)
    }
}
