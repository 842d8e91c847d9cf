import FetchHTTP
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("A limit is known by its status, its fields or its words")
struct GitHubLimitNoticeTests {
    private static let now: Int64 = 1_800_000_000

    private func notice(_ status: Int, _ fields: [(String, String)] = [], _ message: String? = nil) -> GitHubLimitNotice
    {
        GitHubLimitNotice(
            Response(status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) })), message: message,
            now: Self.now)
    }

    @Test func `the fields of an answer tell what is left`() {
        let found = notice(
            200,
            [
                ("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "4998"),
                ("X-RateLimit-Reset", "\(Self.now + 90)"), ("X-RateLimit-Resource", "graphql"),
            ])
        #expect(found.limit == 5000)
        #expect(found.remaining == 4998)
        #expect(found.resetIn == .seconds(90))
        #expect(found.resetEpoch == Self.now + 90)
        #expect(found.bucket == "graphql")
        #expect(found.refusal == nil)
    }

    @Test func `the server's clock counts, not ours`() {
        let found = notice(
            200, [("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("X-RateLimit-Reset", "\(784_111_777 + 7)")])
        #expect(found.resetIn == .seconds(7))
    }

    @Test(arguments: ["", "soon", "-5", "99999999999999999999", "1e9", "9223372036854775807"])
    func `numbers that are none are left out`(text: String) {
        let found = notice(
            403,
            [
                ("X-RateLimit-Remaining", text), ("X-RateLimit-Reset", text), ("X-RateLimit-Limit", text),
                ("Retry-After", text == "9223372036854775807" ? "" : text),
            ])
        #expect(found.resetIn == nil || found.resetIn == .zero)
        #expect((found.remaining ?? 1) > 0)
    }

    @Test(arguments: [403, 429])
    func `nothing left is the hourly limit`(status: Int) {
        #expect(notice(status, [("X-RateLimit-Remaining", "0")]).refusal == .primary)
        #expect(notice(status, [], "API rate limit exceeded for 127.0.0.1.").refusal == .primary)
        #expect(notice(status, [("X-RateLimit-Remaining", "0"), ("Retry-After", "9")]).refusal == .primary)
    }

    @Test(arguments: [403, 429])
    func `a secondary limit is known by Retry-After, by a field or by its message`(status: Int) {
        let plenty = ("X-RateLimit-Remaining", "4000")
        #expect(notice(status, [plenty, ("Retry-After", "8")]).refusal == .secondary)
        #expect(notice(status, [plenty, ("gh-limited-by", "x")]).refusal == .secondary)
        let words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again"
        #expect(notice(status, [plenty], words).refusal == .secondary)
        #expect(notice(status, [("X-RateLimit-Remaining", "0")], words).refusal == .secondary)
        #expect(notice(status, [plenty], "You have triggered an abuse detection mechanism.").refusal == .secondary)
    }

    @Test func `another refusal is no limit`() {
        #expect(notice(403, [("X-RateLimit-Remaining", "52")], "Must have push access to repository").refusal == nil)
        #expect(notice(404, [("X-RateLimit-Remaining", "0")], "API rate limit exceeded").refusal == nil)
        #expect(notice(200, [("X-RateLimit-Remaining", "0")]).refusal == nil)
        // 429 means nothing else.
        #expect(notice(429).refusal == .secondary)
    }

    @Test(.enabled(if: TestData.isPresent, "no ../shared/data"))
    func `every recorded refusal is judged as it was meant`() throws {
        struct Row: Decodable {
            enum Value: Decodable {
                case one(String), many([String])

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let list = try? container.decode([String].self) {
                        self = .many(list)
                    } else {
                        self = .one(try container.decode(String.self))
                    }
                }

                var text: String {
                    switch self {
                    case .one(let text): text
                    case .many(let list): list.first ?? ""
                    }
                }
            }
            let test: String
            let url: String
            let status: Int
            let body: String
            let headers: [String: Value]
        }
        var refusals: [String: GitHubLimitNotice.Refusal?] = [:]
        for row in try TestData.rows("github/recorded_responses.jsonl", as: Row.self) {
            let response = Response(
                status: row.status, headers: HeaderFields(row.headers.map { (name: $0.key, value: $0.value.text) }),
                body: .bytes(Array(row.body.utf8)))
            var outcome = Outcome(input: Samples.input("http://a.test\(row.url)"), response: response)
            if row.status != 200 { outcome.error = FetchError(.httpStatus, "\(row.status)") }
            let reply = GitHubReply(outcome, to: .user(0), now: Self.now)
            switch reply.content {
            case .unauthorized: #expect(row.status == 401)
            case .limited:
                #expect(row.status == 403 || row.status == 429)
                refusals[row.url] = reply.notice.refusal
            case .failed(let error): #expect(row.status != 200 || error.kind == .unparsable)
            case .user: #expect(row.status == 200)
            case .query, .page, .budget: Issue.record("\(row.url)")
            }
        }
        #expect(refusals.count == 5)
        #expect(
            refusals.filter { $0.value == .primary }.map(\.key) == [
                "/repos/hub4j-test-org/temp-testHandler_Wait_Missing_Date_Header"
            ])
    }
}
