import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("crawl and a real site")
struct CrawlSiteTests {
    private static let root = "/usr/share/debian-reference"

    private struct Site: Decodable {
        let urls: [String: [String]]
    }

    /// The URLs that the page sources of Debian's reference lead to, found by another program (../shared/data/sites).
    private static func wanted() async throws -> Set<String> {
        let result = try await Subprocess.run(
            .name("gzip"), arguments: ["-dc", TestData.folder + "/sites/debian-reference.json.gz"],
            output: .bytes(limit: 1 << 24), error: .discarded)
        let site = try JSONDecoder().decode(Site.self, from: Data(result.standardOutput))
        return Set(site.urls.values.joined())
    }

    @Test(
        "the pages of debian-reference are found, each once and no others",
        .enabled(if: TestData.isPresent, "no ../shared/data"),
        .enabled(if: FileManager.default.fileExists(atPath: root + "/index.en.html"), "no debian-reference-en"),
        arguments: [false, true])
    func debianReference(isDurable: Bool) async throws {
        let server = try LoopbackServer { request in
            guard let page = try? Data(contentsOf: URL(filePath: Self.root + request.path)) else { return .status(404) }
            return .response(headers: [("Content-Type", "text/html")], body: Array(page))
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let state = isDurable ? ["--state", scratch("s")] : []
        let result = try await Tool.run(
            ["crawl", "--jsonl", "--no-robots", "--max", "16", "--max-host", "16", "--max-time", "120s"] + state
                + ["\(server.baseURL)/index.en.html"])
        #expect(result.exit == 0)
        let wanted = try await Self.wanted()
        #expect(wanted.count == 15)
        #expect(server.requestCount == wanted.count)
        #expect(Set(server.log.map(\.target)) == wanted)
        #expect(Set(try PageRow.lines(result.bytes).map(\.path)) == wanted)
    }
}
