import TestSupport
import Testing

@Suite("issue 24: the secret of one host does not become another's", .timeLimit(.minutes(20)))
struct ConfigHostSecretTests {
    @Test func `a command of curl has a variable for each source, and says for which host it is`() async throws {
        let folder = try ConfigFolder(
            user: """
                [hosts."a.example"]
                bearer = "cmd:pass show a"
                header = ["X-Key: env:KA", "X-Shared: env:SHARED"]
                [hosts."b.example"]
                bearer = "cmd:pass show b"
                header = ["X-Key: env:KB", "X-Shared: env:SHARED"]
                [hosts."c.example"]
                user = "file:/nonexistent"

                """)
        let result = try await folder.run(
            ["--curl", "https://a.example/", "https://b.example/", "https://c.example/", "https://a.example/2"])
        #expect(result.exit == 0 && result.lines.count == 4, "\(result.stdout)\(result.stderr)")
        for (line, numbers) in zip(result.lines, ["", "_2", "_3", ""]) {
            #expect(line.contains("${FETCHALL_AUTHORIZATION\(numbers):?}"), "\(line)")
        }
        #expect(result.lines[0].contains("${FETCHALL_X_KEY:?}") && result.lines[1].contains("${FETCHALL_X_KEY_2:?}"))
        // One source is one secret.
        #expect(result.lines.prefix(2).allSatisfy { $0.contains("${FETCHALL_X_SHARED:?}") }, "\(result.stdout)")
        for text in [
            "FETCHALL_AUTHORIZATION (the value of Authorization for a.example:443)",
            "FETCHALL_AUTHORIZATION_2 (the value of Authorization for b.example:443)",
            "FETCHALL_X_KEY_2 (the value of X-Key for b.example:443)", "FETCHALL_X_SHARED (the value of X-Shared)",
        ] {
            #expect(result.stderr.contains(text), "\(result.stderr)")
        }
        #expect(!(result.stdout + result.stderr).contains("***"), "\(result.stdout)\(result.stderr)")
    }
}
