import FetchHTTP
import FetchStore
import FetchSystem
import FoundationEssentials
import Testing

@testable import FetchGitHub

@Suite("Users as rows of a SQLite table", .timeLimit(.minutes(20)))
struct GitHubUserTableTests {
    private func withFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path() + "fetchall-users-" + UUID().uuidString
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try await body(path)
    }

    private func user(_ login: String) throws -> GitHubRecord {
        let user = try GitHubUser.parse(Array(#"{"login":"\#(login)","id":9007199254740993,"hireable":true}"#.utf8))
        return GitHubRecord(
            index: 0, login: login, result: .success(GitHubRecord.Found(user: user)), via: .rest, status: 200)
    }

    @Test func `a row has the fields, who was asked for and what went wrong`() async throws {
        try await withFile { path in
            let table = try GitHubUserTable(path: path, table: "users", columns: [.user(.id), .user(.hireable), .via])
            let failed = GitHubRecord(
                index: 1, login: "gone", result: .failure(FetchError(.httpStatus, "404 Not Found")), status: 404)
            try table.append([try user("a"), failed])
            try table.close()
            let rows = try await withStore(path) { try await $0.rows("SELECT * FROM users") }
            #expect(
                rows == [
                    [
                        "id": 9_007_199_254_740_993, "hireable": 1, "via": "rest", "requested_login": "a",
                        "response_code": 200, "error_kind": .null, "error_message": .null,
                    ],
                    [
                        "id": .null, "hireable": .null, "via": .null, "requested_login": "gone", "response_code": 404,
                        "error_kind": "http-status", "error_message": "404 Not Found",
                    ],
                ])
        }
    }

    @Test func `rows of a batch are all there or none`() async throws {
        try await withFile { path in
            try await withStore(path) { try await $0.execute("CREATE TABLE users (login TEXT UNIQUE)") }
            let table = try GitHubUserTable(path: path, table: "users")
            #expect(throws: InputFailure.self) { try table.append([try user("a"), try user("b"), try user("a")]) }
            try table.close()
            #expect(try await withStore(path) { try await $0.rows("SELECT * FROM users") }.isEmpty)
        }
    }
}
