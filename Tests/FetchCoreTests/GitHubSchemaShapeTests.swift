import FetchHTTP
import FetchSystem
import FoundationEssentials
import Testing

@testable import FetchGitHub

@Suite("The schema of GitHub's users says what the code writes")
struct GitHubSchemaShapeTests {
    private func schema(_ path: String...) throws -> JSONValue {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/github.schema.json").standardizedFileURL
        var value = try JSONValue.parse(Array(Data(contentsOf: file))[...])
        for name in path {
            guard case .object(let members) = value else { break }
            value = try #require(members.first { $0.key == name }?.value, "no \(name)")
        }
        return value
    }

    private func names(_ value: JSONValue) throws -> [String] {
        guard case .object(let members) = value else { throw ParseFailure("not an object", at: 0) }
        return members.map(\.key)
    }

    @Test func `known are exactly the fields that can be written`() throws {
        let others: [GitHubColumn] = [.via, .requestedLogin, .responseCode, .errorKind, .errorMessage]
        let columns = GitHubUserField.allCases.map { GitHubColumn.user($0) } + others
        // All of them can be named, so none is missing here.
        #expect(try GitHubColumn.list(columns.map(\.name).joined(separator: ",")) == columns)
        #expect(try names(schema("$defs", "user", "properties")) == columns.map(\.name) + ["repos"])
        let repository = GitHubRepositoryField.allCases.map(\.rawValue)
        #expect(try names(schema("$defs", "repository", "properties")) == repository)
        #expect(try schema("$defs", "repository", "required") == .array(repository.map { .string($0) }))
    }

    @Test func `a failure has exactly the members that are required`() throws {
        var formatter = GitHubJSONFormatter(isLines: true)
        var bytes: [UInt8] = []
        let failed = GitHubRecord(index: 0, login: "a", result: .failure(FetchError(.httpStatus, "404 Not Found")))
        formatter.append(failed, into: &bytes)
        let members = try JSONValue.members(of: bytes[...]).map(\.key)
        #expect(try schema("$defs", "failure", "required") == .array(members.map { .string($0) }))
        #expect(try names(schema("$defs", "failure", "properties")) == members)
    }

    @Test func `the kinds of error are those of FetchError`() throws {
        let slugs = FetchError.Kind.allCases.map { JSONValue.string($0.rawValue) }
        #expect(try schema("$defs", "error", "properties", "kind", "enum") == .array(slugs))
    }
}
