import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchGitHub

@Suite("An answer is a user, or unparsable with where and why")
struct GitHubModelTests {
    private func user(_ text: String) throws -> GitHubUser { try GitHubUser.parse(Array(text.utf8)) }

    @Test(arguments: [
        "9007199254740993", "1000000000000000000", "9223372036854775807", "-9223372036854775808", "0",
    ])
    func `integers keep every digit`(digits: String) throws {
        let user = try user(#"{"login":"a","id":\#(digits),"public_repos":\#(digits)}"#)
        #expect(user[.id] == .number(digits))
        #expect(user.publicRepos == Int64(digits))
        let record = GitHubRecord(index: 0, login: "a", result: .success(.init(user: user)), via: .rest)
        var bytes: [UInt8] = []
        var formatter = GitHubJSONFormatter(isLines: true)
        formatter.append(record, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""public_repos":\#(digits),"#))
    }

    @Test func `null stays null, and what is missing is null`() throws {
        let user = try user(#"{"login":"a","name":null,"hireable":null}"#)
        #expect(user[.name] == .null)
        #expect(user[.publicRepos] == .null)
        #expect(user.followers == nil)
    }

    @Test(arguments: [
        (#"{"login":"a","public_repos":"8"}"#, "public_repos is a string, not an integer"),
        (#"{"login":"a","public_repos":8.5}"#, "public_repos is a number that is not a 64-bit integer"),
        (#"{"login":"a","public_repos":1e3}"#, "public_repos is a number that is not a 64-bit integer"),
        (#"{"login":"a","id":9223372036854775808}"#, "id is a number that is not a 64-bit integer"),
        (#"{"login":"a","name":["x"]}"#, "name is an array, not a string"),
        (#"{"login":"a","site_admin":0}"#, "site_admin is an integer, not true or false"),
        (#"{"login":7}"#, "login is an integer, not a string"), (#"{"login":null}"#, "it has no login"),
        (#"{"login":""}"#, "it has no login"), ("{}", "it has no login"),
        ("[]", "the response is an array, not a user"),
        (#""x""#, "the response is a string, not a user"), ("", "at byte 0: a value is missing"),
        ("<html>", "at byte 0: expected a value"), ("\u{FEFF}{\"login\":\"a\"}", "at byte 0: expected a value"),
        (#"{"login":"a","na"#, "at byte 16: the string is not closed"),
        (#"{"login":"a"}{}"#, "at byte 13: text follows the value"),
    ])
    func `what is no user is unparsable`(text: String, reason: String) {
        let error = #expect(throws: FetchError.self) { try user(text) }
        #expect(error?.kind == .unparsable)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func `Latin-1 is unparsable`() {
        let error = #expect(throws: FetchError.self) {
            try GitHubUser.parse(Array(#"{"login":"a","name":"J"#.utf8) + [0xF6] + Array(#"rg"}"#.utf8))
        }
        #expect(error?.message == "the response is not JSON: at byte 22: not UTF-8")
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `a hundred thousand levels are unparsable and no crash`(bracket: String) {
        let text = #"{"login":"a","plan":"# + String(repeating: bracket, count: 100_000)
        let error = #expect(throws: FetchError.self) { try user(text) }
        #expect(error?.kind == .unparsable)
        #expect(error?.message.contains("nested deeper") == true)
    }

    @Test func `a page of repositories is all of them or nothing`() throws {
        let page = Array(#"[{"id":1,"name":"a","stargazers_count":5},{"id":2,"name":"b"}]"#.utf8)
        #expect(try GitHubRepository.parsePage(page).map(\.stars) == [5, 0])
        let error = #expect(throws: FetchError.self) {
            try GitHubRepository.parsePage(Array(#"[{"id":1,"name":"a"},{"id":"2","name":"b"}]"#.utf8))
        }
        #expect(error?.message == "the response is not a repository: id is a string, not an integer")
    }

    @Test(.enabled(if: TestData.isPresent, "no ../shared/data"))
    func `every recorded answer is understood, or says where it is not`() throws {
        struct Row: Decodable {
            let url: String
            let status: Int
            let body: String
        }
        var parsed = 0
        for row in try TestData.rows("github/recorded_responses.jsonl", as: Row.self) where row.status == 200 {
            let path = row.url.prefix { $0 != "?" }.split(separator: "/")
            let body = Array(row.body.utf8)
            let isUser = path.count == 2 && (path[0] == "users" || path[0] == "orgs")
            do throws(FetchError) {
                if isUser {
                    let user = try GitHubUser.parse(body)
                    #expect(user.login.lowercased() == path[1].lowercased())
                    #expect(user.publicRepos != nil && user.followers != nil && user.type != nil)
                } else if path.last == "repos" {
                    #expect(try GitHubRepository.parsePage(body).count == 1)
                } else {
                    // Neither, and taken for a user: an event, a key, a budget.
                    _ = try GitHubUser.parse(body)
                    Issue.record("\(row.url) is no user")
                    continue
                }
                parsed += 1
            } catch {
                #expect(!isUser && path.last != "repos", "\(row.url): \(error)")
                #expect(error.kind == .unparsable)
                #expect(error.message.hasPrefix("the response is"), "\(error.message)")
            }
        }
        #expect(parsed > 30)
    }

    @Test(.enabled(if: TestData.isPresent, "no ../shared/data"))
    func `the example of the schema is read whole`() throws {
        let user = try GitHubUser.parse(try TestData.bytes("github/octocat.example.json"))
        #expect(user.name == "monalisa octocat")
        #expect(user.publicRepos == 2)
        #expect(user[.createdAt] == .string("2008-01-14T04:33:35Z"))
        // Every member of the schema that is a plain value is a field.
        let schema = try JSONValue.parse(try TestData.bytes("github/public-user.schema.json")[...])
        guard case .array(let required)? = schema["required"] else {
            Issue.record("no required members")
            return
        }
        #expect(required.count > 25)
        for case .string(let name) in required { #expect(GitHubUserField(rawValue: name) != nil, "\(name)") }
    }

    @Test(.enabled(if: TestData.isPresent, "no ../shared/data"))
    func `the look-alike's users have the members that the schema requires`() throws {
        let schema = try JSONValue.parse(try TestData.bytes("github/public-user.schema.json")[...])
        let text = GitHubAccount("a", id: 1).restJSON(base: "http://x")
        let members = try JSONValue.members(of: Array(text.utf8)[...])
        guard case .array(let required)? = schema["required"], case .object(let known)? = schema["properties"] else {
            Issue.record("no schema")
            return
        }
        for case .string(let name) in required { #expect(members.contains { $0.key == name }, "\(name)") }
        for member in members { #expect(known.contains { $0.key == member.key }, "\(member.key)") }
    }
}
