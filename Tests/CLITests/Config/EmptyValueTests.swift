import TestSupport
import Testing

/// An option whose value is empty must not take the next argument for it: the first URL decides who gets credentials.
@Suite("issue 24: an empty value is a value", .timeLimit(.minutes(20)))
struct EmptyValueTests {
    private static let basic = "Basic bWU6c2VjcmV0"

    /// Whether the first server got the credentials, and the second was asked without them.
    private static func isRight(_ first: LoopbackServer, _ second: LoopbackServer) -> Bool {
        let own = first.log.filter { $0.path == "/a" }.map { $0.values("Authorization") }
        return own == [[basic]] && second.requestCount > 0
            && second.log.allSatisfy { $0.values("Authorization").isEmpty && $0.path.hasPrefix("/") }
    }

    @Test(arguments: ["exclude = \"\"", "include = [\"\"]", "exclude = [\"\", \"\", \"\"]"])
    func `in the folder's file it takes nothing from the command line`(text: String) async throws {
        let first = try LoopbackServer { _ in .ok() }
        defer { first.stop() }
        let second = try LoopbackServer { _ in .ok() }
        defer { second.stop() }
        let folder = try ConfigFolder(folder: "[crawl]\n\(text)\n")
        let result = try await folder.run(["crawl", "\(first.baseURL)/a", "-u", "me:secret", "\(second.baseURL)/b"])
        if result.exit == 0 {
            #expect(Self.isRight(first, second), "\(first.log.map(\.target)) \(second.log.map(\.target))")
        } else {
            #expect(result.isMistake(["fetchall.toml:2: "]) && first.requestCount + second.requestCount == 0)
        }
        let before = first.requestCount
        let closed = try await folder.run(["crawl", "--no-private", "\(first.baseURL)/a"])
        #expect(closed.exit != 0 && first.requestCount == before, "\(closed.stderr)")
    }

    @Test(arguments: ["proxy = \"\"", "user-agent = \"\"", "noproxy = \"\""])
    func `in the user's file it takes nothing from the command line`(text: String) async throws {
        let first = try LoopbackServer { _ in .ok() }
        defer { first.stop() }
        let second = try LoopbackServer { _ in .ok() }
        defer { second.stop() }
        let folder = try ConfigFolder(user: text + "\n")
        let result = try await folder.run(["\(first.baseURL)/a", "\(second.baseURL)/b", "-u", "me:secret"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(Self.isRight(first, second), "\(first.log.map(\.target)) \(second.log.map(\.target))")
    }

    @Test(arguments: ["--proxy=", "-x=", "--user-agent=", "--noproxy="])
    func `on the command line it takes nothing either`(option: String) async throws {
        let first = try LoopbackServer { _ in .ok() }
        defer { first.stop() }
        let second = try LoopbackServer { _ in .ok() }
        defer { second.stop() }
        let result = try await Tool.run([option, "\(first.baseURL)/a", "\(second.baseURL)/b", "-u", "me:secret"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(Self.isRight(first, second), "\(first.log.map(\.target)) \(second.log.map(\.target))")
    }

    @Test func `a flag has no value, not even an empty one`() async throws {
        let result = try await Tool.run(["--json=", "http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
    }

    @Test func `a value that ends with = is left as it is`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["-d", "--a=", "--header=X-A: b=", "\(server.baseURL)/"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.map { String(decoding: $0.body, as: UTF8.self) } == ["--a="])
        #expect(server.log.map { $0.values("X-A") } == [["b="]])
    }

    @Test func `patterns are limited together`() async throws {
        let folder = try ConfigFolder(
            folder: "[crawl]\nexclude = [" + Array(repeating: "\"(.{0,9}){0,99}0Z\"", count: 9).joined(separator: ", ")
                + "]\n")
        let result = try await folder.run(["crawl", "http://127.0.0.1:1/"])
        #expect(result.isMistake(["fetchall.toml:2: ", "too large together"]), "\(result.stderr)")
    }
}
