import FetchHTTP
import Testing

@testable import FetchHTML

/// What follows from the answer to the request for a robots.txt.
@Suite struct RobotsFetchRuleTests {
    private let rule = RobotsFetchRule()
    private let day = Duration.seconds(86_400)

    @Test("What is missing forbids nothing", arguments: [304, 400, 401, 403, 404, 410, 418, 451, 499])
    func missing(_ status: Int) {
        #expect(rule.decide(.response(status: status, retryAfter: nil)) == .allowAll(keepFor: day))
    }

    @Test func anAnswerIsRead() {
        #expect(rule.decide(.response(status: 200, retryAfter: nil)) == .parse(keepFor: day))
        #expect(rule.decide(.response(status: 206, retryAfter: nil)) == .parse(keepFor: day))
    }

    @Test("A server that fails forbids everything for a while", arguments: [500, 502, 503, 504, 599])
    func failing(_ status: Int) {
        let ending = RobotsFetchRule.Ending.response(status: status, retryAfter: nil)
        #expect(rule.decide(ending) == .disallowAll(askAgainAfter: .seconds(60)))
        #expect(rule.decide(ending, failures: 3) == .disallowAll(askAgainAfter: .seconds(480)))
        #expect(rule.decide(ending, failures: .max) == .disallowAll(askAgainAfter: .seconds(3_600)))
        #expect(rule.decide(ending, unreachableFor: day * 30) == .allowAll(keepFor: day))
    }

    @Test(
        "So does one that cannot be reached",
        arguments: [.nameNotResolved, .connectionReset, .timedOut, .tlsFailed] as [FetchError.Kind])
    func unreachable(_ kind: FetchError.Kind) {
        #expect(rule.decide(.failure(kind)) == .disallowAll(askAgainAfter: .seconds(60)))
        #expect(rule.decide(.failure(kind), failures: 5, unreachableFor: day * 31) == .allowAll(keepFor: day))
    }

    @Test func aServerThatAsksToWaitIsWaitedFor() {
        #expect(rule.decide(.response(status: 429, retryAfter: .seconds(7))) == .wait(askAgainAfter: .seconds(7)))
        #expect(rule.decide(.response(status: 503, retryAfter: .seconds(7))) == .wait(askAgainAfter: .seconds(7)))
        #expect(
            rule.decide(.response(status: 429, retryAfter: nil), failures: 1) == .wait(askAgainAfter: .seconds(120)))
        #expect(rule.decide(.failure(.rateLimited)) == .wait(askAgainAfter: .seconds(3_600)))
    }

    @Test(
        "Redirects without end, or out of http, count as missing",
        arguments: [.tooManyRedirects, .blockedScheme] as [FetchError.Kind])
    func redirects(_ kind: FetchError.Kind) {
        #expect(rule.decide(.failure(kind)) == .allowAll(keepFor: day))
    }
}

/// What pages say to robots.
@Suite struct RobotsDirectivesTests {
    private func directives(_ fields: String...) -> [Bool] {
        let headers = HeaderFields(fields.map { (name: "X-Robots-Tag", value: $0) })
        let directives = RobotsDirectives(headers: headers, agent: "fetchall")
        return [directives.noindex, directives.nofollow]
    }

    @Test func wordsOfAMetaElement() {
        #expect(RobotsDirectives(content: " NoIndex ,follow").noindex)
        #expect(!RobotsDirectives(content: "noindex").nofollow)
        #expect(RobotsDirectives(content: "none").nofollow && RobotsDirectives(content: "none").noindex)
        #expect(RobotsDirectives(content: "index, archive, nofollower") == RobotsDirectives())
    }

    @Test func wordsOfTheHeader() {
        #expect(directives("noindex") == [true, false])
        #expect(directives("noarchive", "nofollow") == [false, true])
        #expect(directives("otherbot: noindex, nofollow") == [false, false])
        #expect(directives("FetchAll: nofollow") == [false, true])
        #expect(directives("otherbot: noindex, fetchall: nofollow") == [false, true])
        #expect(directives("unavailable_after: 25 Jun 2030 15:00:00 PST, max-snippet: 20, noindex") == [true, false])
        #expect(directives() == [false, false])
    }
}
