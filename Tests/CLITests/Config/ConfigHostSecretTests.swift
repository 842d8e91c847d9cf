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

    @Test func `-v names hosts that no input has, with the scheme and port that they stand for`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: "[hosts.\"127.0.0.1\"]\nbearer = \"t\"\n[hosts.\"\(server.baseURL)\"]\nheader = \"X-A: 1\"\n")
        let arguments = ["--header-for", "b.example:8080:X-B:1", "\(server.baseURL)/"]
        let result = try await folder.run(["-v"] + arguments)
        #expect(result.exit == 0, "\(result.stderr)")
        let lines = result.complaints.filter { $0.contains("matched no input") }
        #expect(
            lines == [
                "fetchall: [hosts.\"127.0.0.1\"] is https://127.0.0.1:443 and matched no input",
                "fetchall: --header-for X-B is http:// or https://b.example:8080 and matched no input",
            ], "\(result.stderr)")
        let quiet = try await folder.run(arguments)
        #expect(quiet.exit == 0 && !quiet.stderr.contains("matched no"), "\(quiet.stderr)")
    }
}
