import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 26: no report has a secret of the command line", .timeLimit(.minutes(20)))
struct ReportSecretTests {
    private static let formats = ["html", "markdown", "junit", "json", "har"]

    @Test(arguments: SecretSource.allCases)
    func `issue 26: a server that repeats the secret in fields, texts and bodies brings it into no report`(
        source: SecretSource
    ) async throws {
        let home = try LoopbackServer { request in
            let names = ["Authorization", "Cookie", "X-Api-Key", "Proxy-Authorization"]
            let echo = names.compactMap { request.header($0) }.joined(separator: " ")
            let fields = [("X-Echo", echo), ("Content-Type", "text/html; x=\"\(echo)\"")]
            let status = request.path == "/missing" ? 404 : 200
            return source.reply(
                to: request, .response(status: status, headers: fields, body: Array("<title>\(echo)</title>".utf8)))
        }
        defer { home.stop() }
        let run = try SecretRun(source, home)
        let reports = Self.formats.flatMap { ["--report", "\($0)=\(run.folder.scratch("out.\($0)"))"] }
        let result = try await run.run(
            ["--jsonl", "--max", "1", "--retry", "0", "--har-content"] + reports,
            ["\(run.home)/page", "\(run.home)/missing"])
        #expect(result.exit == 1, "\(result.stderr)")
        #expect(home.log.contains(where: SecretSource.isCarried))
        for format in Self.formats {
            let bytes = try run.folder.scratch.bytes("out.\(format)")
            #expect(!bytes.isEmpty && !SecretSource.occurs(in: bytes), "\(format)")
        }
        let text = try run.folder.scratch.text("out.har")
        #expect(text.contains("X-Echo") && (source == .digest || text.contains("***")))
    }

    @Test func `issue 26: secret values of a query are hidden in all reports, however short they are`() async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let scratch = try Scratch()
        let reports = Self.formats.flatMap { ["--report", "\($0)=\(scratch("out.\($0)"))"] }
        _ = try await Tool.run(
            ["--retry", "0"] + reports + ["\(server.baseURL)/?api_key=k3y&access_token=t0k3nV4lue&page=2"])
        for format in Self.formats {
            let text = try scratch.text("out.\(format)")
            #expect(!text.contains("k3y") && !text.contains("t0k3nV4lue"), "\(format)")
        }
        #expect(try scratch.text("out.har").contains("page=2"))
    }
}
