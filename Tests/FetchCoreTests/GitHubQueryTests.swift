import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("One GraphQL request asks for many and each gets its own answer")
struct GitHubQueryTests {
    private static let octocat = #"""
        {"__typename":"User","login":"octocat","id":"U_1","url":"https://github.com/octocat","avatarUrl":"https://a/1",
        "repositories":{"totalCount":8},"databaseId":9007199254740993,"name":"The Octocat","company":null,
        "websiteUrl":null,"location":null,"bio":"b","twitterUsername":null,"isHireable":false,"isSiteAdmin":false,
        "gists":{"totalCount":8},"followers":{"totalCount":20},"following":{"totalCount":9},
        "createdAt":"2011-01-25T18:44:36Z","updatedAt":"2026-01-01T00:00:00Z"}
        """#

    private func answer(_ text: String, count: Int = 2) throws -> GitHubQueryAnswer {
        try GitHubQueryAnswer.parse(Array(text.utf8), count: count)
    }

    private func items(_ text: String, count: Int = 2) throws -> [GitHubQueryAnswer.Item] {
        guard case .items(let items) = try answer(text, count: count) else {
            Issue.record("no items")
            return []
        }
        return items
    }

    @Test func `a login is a variable and never part of the query`() throws {
        let body = GitHubQuery.body(for: try ["octocat", "x[bot]"].map { try GitHubLogin($0) })
        let members = try JSONValue.members(of: body[...])
        #expect(members.map(\.key) == ["query", "variables"])
        #expect(
            members.last?.value
                == .object([(key: "l0", value: .string("octocat")), (key: "l1", value: .string("x[bot]"))]))
        guard case .string(let query)? = members.first?.value else {
            Issue.record("no query")
            return
        }
        #expect(!query.contains("octocat"))
        #expect(query.hasPrefix("query($l0:String!,$l1:String!){u0:repositoryOwner(login:$l0){...owner} u1:"))
        let document = try GraphQLDocument(query)
        #expect(document.selections.count == 2)
    }

    @Test func `a user has the names and values of REST`() throws {
        let found = try items(#"{"data":{"u0":\#(Self.octocat)}}"#, count: 1)
        guard case .user(let user)? = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(user.login == "octocat")
        #expect(user[.id] == .number("9007199254740993"))
        #expect(user[.nodeID] == .string("U_1"))
        #expect(user[.publicRepos] == .number("8"))
        #expect(user[.hireable] == .null)
        #expect(user[.blog] == .string(""))
        #expect(user.type == "User")
    }

    @Test(arguments: [
        #"{"data":{"u0":OWNER,"u1":null}}"#,
        #"{"data":{"u0":OWNER,"u1":null},"errors":[{"type":"NOT_FOUND","path":["u1"],"message":"m"}]}"#,
    ])
    func `one that is missing fails alone`(text: String) throws {
        let found = try items(text.replacing("OWNER", with: Self.octocat))
        #expect(found.last == .missing)
        guard case .user? = found.first else {
            Issue.record("\(found)")
            return
        }
    }

    @Test func `a broken user fails alone`() throws {
        let found = try items(#"{"data":{"u0":{"login":7},"u1":\#(Self.octocat)}}"#)
        #expect(
            found.first == .failed(.unparsable("the response is not a user: login is an integer, not a string")))
        #expect(
            try items(#"{"data":{"u1":\#(Self.octocat)}}"#).first
                == .failed(.unparsable("the response has no member u0")))
    }

    @Test(arguments: [
        ("FORBIDDEN", true), ("INSUFFICIENT_SCOPES", true), ("RESOURCE_LIMITS_EXCEEDED", false), ("", false),
    ])
    func `an error inside a user leaves no half record`(type: String, isFinal: Bool) throws {
        let text =
            #"{"data":{"u0":\#(Self.octocat),"u1":null},"errors":[{"type":"\#(type)","path":["u0","followers"],"message":"m"}]}"#
        switch try items(text).first {
        case .failed(let error)?: #expect(isFinal && error.kind == .httpStatus)
        case .unanswered?: #expect(!isFinal)
        default: Issue.record("a half record")
        }
    }

    @Test(arguments: [
        #"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}"#,
        #"{"data":null,"errors":[{"message":"You have exceeded a secondary rate limit. Please wait."}]}"#,
    ])
    func `a limit may come with the status 200`(text: String) throws {
        guard case .limited = try answer(text) else {
            Issue.record("not limited")
            return
        }
    }

    @Test(arguments: [
        #"{"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"m"}]}"#,
        #"{"data":null,"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"m"}]}"#,
        #"{"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout"}]}"#,
    ])
    func `a query that is too much asks for a smaller one`(text: String) throws {
        guard case .tooLarge = try answer(text) else {
            Issue.record("not too large")
            return
        }
    }

    @Test func `a server without these fields refuses the query`() throws {
        let text =
            #"{"errors":[{"path":["query"],"extensions":{"code":"undefinedField"},"message":"Field 'x' doesn't exist"}]}"#
        guard case .refused(let error) = try answer(text) else {
            Issue.record("not refused")
            return
        }
        #expect(error.message == "GraphQL: Field 'x' doesn't exist")
    }

    @Test(arguments: [
        "", "[]", "{}", "<html>", #"{"data":null}"#, #"{"data":7}"#, #"{"errors":"no","data":{}}"#, #"{"data":{"#,
    ])
    func `anything else is unparsable`(text: String) {
        let error = #expect(throws: FetchError.self) { try answer(text) }
        #expect(error?.kind == .unparsable)
    }
}
