import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@testable import FetchGitHub

@Suite("Records of users are valid documents in every format")
struct GitHubFormatterTests {
    private func record(_ index: Int, _ json: String, repositories: [String]? = nil) throws -> GitHubRecord {
        let list = try repositories.map { try GitHubRepository.parsePage(Array("[\($0.joined(separator: ","))]".utf8)) }
        let found = GitHubRecord.Found(user: try GitHubUser.parse(Array(json.utf8)), repositories: list)
        return GitHubRecord(index: index, login: "asked", result: .success(found), via: .rest, status: 200)
    }

    private var failed: GitHubRecord {
        GitHubRecord(
            index: 1, login: "no\u{1B}",
            result: .failure(FetchError(.httpStatus, "404 Not Found", curlCode: .httpReturnedError)),
            via: .graphql, status: 404)
    }

    private func document(_ formatter: some GitHubFormatter, _ records: [GitHubRecord]) -> String {
        var formatter = formatter
        var bytes: [UInt8] = []
        formatter.begin(into: &bytes)
        for record in records { formatter.append(record, into: &bytes) }
        formatter.end(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private let plain = #"{"login":"a","id":7,"name":"A, \"B\"","public_repos":3,"followers":2,"type":"User"}"#

    @Test func `no record is an empty document`() {
        #expect(document(GitHubJSONFormatter(), []) == "[]\n")
        #expect(document(GitHubJSONFormatter(isLines: true), []) == "")
        #expect(document(GitHubTableFormatter(), []) == "LOGIN  NAME  REPOS  FOLLOWERS  TYPE\n")
        #expect(document(GitHubCSVFormatter(.csv, columns: [.user(.login)]), []) == "login\r\n")
    }

    @Test func `a login that failed is an object with login and error`() throws {
        let text = document(GitHubJSONFormatter(columns: [.user(.login), .user(.id)]), [try record(0, plain), failed])
        #expect(
            text == """
                [
                {"login":"a","id":7},
                {"login":"no\\u001b","error":{"kind":"http-status","message":"404 Not Found","exitcode":22},\
                "response_code":404,"retry_after":null,"via":"graphql"}
                ]

                """)
    }

    @Test func `the members of a user keep their order`() throws {
        let members = try JSONValue.members(
            of: Array(document(GitHubJSONFormatter(isLines: true), [try record(0, plain)]).utf8)[...])
        #expect(members.map(\.key) == GitHubUserField.common.map(\.rawValue) + ["via", "requested_login"])
    }

    @Test func `the table shows what the lesson wants, and errors in their place`() throws {
        #expect(
            document(GitHubTableFormatter(), [try record(0, plain), failed]) == """
                LOGIN   NAME    REPOS  FOLLOWERS  TYPE
                a       A, "B"      3          2  User
                no\\x1b  http-status: 404 Not Found

                """)
    }

    @Test func `a second table has the repositories, most stars first`() throws {
        let one = try record(
            0, plain,
            repositories: [
                #"{"id":1,"name":"few","stargazers_count":1}"#,
                #"{"id":2,"name":"b","stargazers_count":90,"language":"C"}"#,
                #"{"id":3,"name":"a","stargazers_count":90,"description":"x\u001b[31m"}"#,
            ])
        let lines = document(GitHubTableFormatter(), [one]).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.dropFirst(3).prefix(4) == [
                "REPOSITORY  STARS  FORKS  LANGUAGE  DESCRIPTION", "a/a            90      -  -         x\\x1b[31m",
                "a/b            90      -  C         -", "a/few           1      -  -         -",
            ])
    }

    @Test func `CSV has a row for each user, or for each repository`() throws {
        let columns: [GitHubColumn] = [.user(.login), .user(.name), .errorKind]
        #expect(
            document(GitHubCSVFormatter(.csv, columns: columns), [try record(0, plain), failed])
                == "login,name,error_kind\r\na,\"A, \"\"B\"\"\",\r\nno\\x1b,,http-status\r\n")
        let one = try record(0, plain, repositories: [#"{"id":1,"name":"r"}"#, #"{"id":2,"name":"=s"}"#])
        let rows = document(GitHubCSVFormatter(.tsv, hasRepositories: true), [one, failed]).split(separator: "\n")
        #expect(rows.count == 4)
        #expect(rows[1].hasPrefix("a\t\t\tr\t"))
        #expect(rows[2].hasPrefix("a\t\t\t'=s\t"))
        #expect(rows[3].hasPrefix("no\\x1b\thttp-status\t404 Not Found\t"))
    }

    @Test func `fields are named as REST names them`() throws {
        #expect(try GitHubColumn.list("login, via,error_kind").map(\.name) == ["login", "via", "error_kind"])
        let failure = #expect(throws: ParseFailure.self) { try GitHubColumn.list("login,stars") }
        #expect(failure?.message.hasPrefix("'stars' is not a known field; known are login, id, ") == true)
        for text in ["", ",", "login,"] { #expect(throws: ParseFailure.self) { try GitHubColumn.list(text) } }
    }
}
