import FetchHTTP
import FoundationEssentials
import TestSupport

@testable import FetchCrawl

/// The frontiers there are; what holds for one holds for all.
enum FrontierKind: String, CaseIterable, Sendable {
    case memory, sqlite

    /// Runs the body with an empty frontier, and removes what is left of it.
    func with(_ body: (any Frontier) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryFrontier())
        case .sqlite:
            try await TemporaryState.with { state in
                let (file, _) = try CrawlStateFile.resumeOrCreate(state, identity: [:])
                defer { try? file.close() }
                try await body(SQLiteFrontier(file: file))
            }
        }
    }
}

/// A name for a state, in a folder that is removed.
enum TemporaryState {
    static func with(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/fetchall-state-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/crawl.db")
    }
}

/// A candidate: page `name` of origin `origin`.
func candidate(_ origin: String, _ name: String, depth: Int = 0, parent: PageKey? = nil, skip: SkipReason? = nil) throws
    -> Candidate
{
    let url = try FetchURL.parse("http://\(origin)/\(name)")
    return Candidate(
        url: url, fingerprint: CanonicalURL(url).fingerprint, depth: depth, parent: parent, skip: skip)
}

extension OriginLease {
    /// The last part of each URL.
    var names: [String] { urls.map { String($0.url.path.dropFirst()) } }
}

extension QueuedURL {
    /// The URL was fetched.
    var done: VisitResult { VisitResult(fingerprint, .done(status: 200, recordEnd: 0)) }
}
