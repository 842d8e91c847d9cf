import FoundationEssentials
import TestSupport
import Testing

/// A page's record, decoded.
struct PageRow: Decodable, Sendable {
    let index: Int
    let url: String
    let ok: Bool
    let responseCode: Int?
    let error: Row.Failure?
    let numRetries: Int
    let numRedirects: Int
    let urlEffective: String?
    let depth: Int
    let parent: String?
    let title: String?
    let linksFound: Int?
    let robots: String?
    let skipped: String?
    let referrers: [String]?
    let filenameEffective: String?

    /// The path of its URL.
    var path: String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.drop { $0 != "/" })
    }

    /// The records of a JSON-lines text.
    static func lines(_ text: some Sequence<UInt8>) throws -> [PageRow] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try Array(text).split(separator: 0x0A).map { try decoder.decode(PageRow.self, from: Data($0)) }
    }

    /// The records of a file.
    static func file(_ path: String) throws -> [PageRow] {
        try lines(Array(Data(contentsOf: URL(filePath: path))))
    }
}

/// A crawl of a small server by the real binary.
struct CrawlRun: Sendable {
    let rows: [PageRow]
    let result: ToolResult
    /// The paths that were asked for, in order, robots.txt left out.
    let asked: [String]
    /// How often robots.txt was asked for.
    let robots: Int

    /// The record of a path.
    subscript(path: String) -> PageRow? { rows.first { $0.path == path } }

    /// Crawls from `/`, or from the given paths, with no retry unless the arguments say otherwise.
    static func run(
        _ arguments: [String] = [], seeds: [String] = ["/"], robots: LoopbackServer.Reply = .status(404),
        _ handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) async throws -> CrawlRun {
        let server = try LoopbackServer { $0.path == "/robots.txt" ? robots : handler($0) }
        defer { server.stop() }
        let retry = arguments.contains("--retry") ? [] : ["--retry", "0"]
        let result = try await Tool.run(
            ["crawl", "--jsonl"] + retry + arguments + seeds.map { server.baseURL + $0 })
        let paths = server.log.map(\.target)
        return CrawlRun(
            rows: try PageRow.lines(result.bytes), result: result, asked: paths.filter { $0 != "/robots.txt" },
            robots: paths.filter { $0 == "/robots.txt" }.count)
    }

    /// A page with these links.
    static func page(_ links: String...) -> LoopbackServer.Reply {
        .html(links.map { "<a href=\"\($0)\">x</a>\n" }.joined())
    }
}
