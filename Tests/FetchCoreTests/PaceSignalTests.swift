import FetchHTTP
import FetchTransport
import TestSupport
import Testing

@testable import FetchScheduling

/// What an answer says about the pace of its host.
@Suite struct PaceSignalTests {
    private let now: Int64 = 1_767_225_600

    private func signal(_ status: Int, _ fields: [(String, String)] = []) -> AuthorityPace.Signal {
        AuthorityPace.Signal.reading(SchedulerRun.answer(status, fields), wallSeconds: now)
    }

    @Test func readsTheStatus() {
        #expect(signal(200) == .answered)
        #expect(signal(302) == .answered)
        #expect(signal(404) == .reached)
        #expect(signal(500) == .reached)
        #expect(signal(503) == .overloaded)
        #expect(signal(429) == .slowDown(after: nil))
    }

    @Test func readsTheErrorWhereThereIsNoAnswer() {
        for kind in FetchError.Kind.allCases {
            let signal = AuthorityPace.Signal.reading(TransferResult(error: FetchError(kind, "x")), wallSeconds: now)
            switch kind {
            case .connectionRefused, .connectTimedOut, .nameNotResolved: #expect(signal == .unreachable)
            case .localLimit: #expect(signal == .localLimit)
            default: #expect(signal == .unknown)
            }
        }
    }

    @Test func `row 41: a GOAWAY is a host with too much to do`() {
        let error = FetchError(.protocolError, "Error in the HTTP2 framing layer", curlCode: .http2)
        #expect(AuthorityPace.Signal.reading(TransferResult(error: error), wallSeconds: now) == .overloaded)
        let other = FetchError(.protocolError, "stream", curlCode: .http2Stream)
        #expect(AuthorityPace.Signal.reading(TransferResult(error: other), wallSeconds: now) == .unknown)
    }

    @Test func `the crawl of an origin reads the same conditions from an outcome`() {
        for kind in FetchError.Kind.allCases {
            let isUnreachable = [.connectionRefused, .connectTimedOut, .nameNotResolved, .hostDown].contains(kind)
            let outcome = Outcome(input: Samples.input("http://a.test/"), error: FetchError(kind, "x"))
            #expect(ServerCondition(outcome) == (isUnreachable ? .unreachable : nil))
        }
        let goAway = FetchError(.protocolError, "Error in the HTTP2 framing layer", curlCode: .http2)
        #expect(ServerCondition(Outcome(input: Samples.input("http://a.test/"), error: goAway)) == .overloaded)
        #expect(ServerCondition(Samples.ok("http://a.test/")) == nil)
        for status in 100..<600 {
            let expected: ServerCondition? = [429: .limiting, 503: .overloaded][status]
            #expect(ServerCondition(status: status) == expected)
        }
    }

    @Test(arguments: [
        ("7", 7), ("Thu, 01 Jan 2026 00:00:09 GMT", 9), ("Thursday, 01-Jan-26 00:00:05 GMT", 5),
        ("Thu Jan  1 00:00:03 2026", 3),
    ]) func readsRetryAfter(value: String, seconds: Int) {
        #expect(signal(429, [("Retry-After", value)]) == .slowDown(after: .seconds(seconds)))
        #expect(signal(503, [("Retry-After", value)]) == .slowDown(after: .seconds(seconds)))
        // Elsewhere it is no wish of the whole host.
        #expect(signal(500, [("Retry-After", value)]) == .reached)
    }

    @Test func holdsADateAgainstTheServersOwnClock() {
        let fields = [("Date", "Thu, 01 Jan 2026 01:00:00 GMT"), ("Retry-After", "Thu, 01 Jan 2026 01:00:04 GMT")]
        #expect(signal(429, fields) == .slowDown(after: .seconds(4)))
    }

    @Test(arguments: ["-1", "1.5", "soon", "", "1, 2", "0", "Thu, 01 Jan 2020 00:00:00 GMT"])
    func fallsBackToItsOwnTime(
        value: String
    ) {
        #expect(signal(429, [("Retry-After", value)]) == .slowDown(after: nil))
        #expect(signal(503, [("Retry-After", value)]) == .overloaded)
    }

    @Test func takesAHugeNumberForALongTime() {
        let value = String(repeating: "9", count: 26)
        #expect(signal(429, [("Retry-After", value)]) == .slowDown(after: RetryAfter.maximum))
    }

    @Test func readsWhatIsLeftOfABudget() {
        #expect(
            signal(200, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(now + 5)")]) == .spent(.seconds(5)))
        #expect(signal(200, [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "30")]) == .spent(.seconds(30)))
        #expect(signal(200, [("RateLimit", "limit=10, remaining=0, reset=4")]) == .spent(.seconds(4)))
        #expect(signal(200, [("RateLimit", #""default";r=0;t=6"#)]) == .spent(.seconds(6)))
        // Something is left, or nothing is said of the time, or it is over.
        #expect(signal(200, [("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "\(now + 5)")]) == .answered)
        #expect(signal(200, [("X-RateLimit-Remaining", "0")]) == .answered)
        #expect(signal(200, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(now - 5)")]) == .answered)
        #expect(signal(200, [("X-RateLimit-Remaining", "-1"), ("X-RateLimit-Reset", "nonsense")]) == .answered)
        // A limit that is reached tells its time the same way.
        #expect(signal(429, [("X-RateLimit-Reset", "\(now + 9)")]) == .slowDown(after: .seconds(9)))
        #expect(
            signal(429, [("Retry-After", "2"), ("X-RateLimit-Reset", "\(now + 9)")]) == .slowDown(after: .seconds(2)))
    }

    @Test func neverTrapsOnAnyNumber() {
        for text in ["9223372036854775807", "99999999999999999999", "-9223372036854775808", "1e400", "0x10", "\u{0}"] {
            _ = signal(200, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", text)])
            _ = signal(200, [("RateLimit", "remaining=\(text), reset=\(text)")])
        }
    }
}
