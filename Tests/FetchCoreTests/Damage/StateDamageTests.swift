import FetchHTTP
import FetchStore
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchCrawl

@Suite("issue 20.16: a damaged crawl state loses and doubles no page")
struct StateDamageTests {
    /// Page n links to 2n + 1 and 2n + 2, on three hosts; links are followed down to this depth.
    private static let depth = 5
    private static let identity = ["seeds": "a", "--max-depth": "5"]
    private static let pages = (0..<63).map { "\($0) \(Int.bitWidth - 1 - ($0 + 1).leadingZeroBitCount)" }

    private static func page(_ number: Int, depth: Int, parent: PageKey? = nil) throws -> Candidate {
        try candidate(["a", "b", "c"][number % 3], "\(number)", depth: depth, parent: parent)
    }

    /// Crawls until nothing is left, or so many pages are done; the output has a line for each page.
    private static func crawl(_ frontier: SQLiteFrontier, _ output: inout [UInt8], upTo count: Int = .max) async throws
    {
        try await frontier.enqueue([page(0, depth: 0)])
        var done = 0
        while done < count {
            let leases = try await frontier.lease(origins: 2, perOrigin: 3, now: 1000)
            if leases.isEmpty { break }
            for lease in leases {
                var turn = FrontierTurn()
                var results: [VisitResult] = []
                for url in lease.urls {
                    let number = Int(url.url.path.dropFirst()) ?? -1
                    output += Array("\(number) \(url.depth)\n".utf8)
                    results.append(
                        VisitResult(url.fingerprint, .done(status: 200, recordEnd: Int64(output.count))))
                    let key = PageKey(origin: lease.origin, fingerprint: url.fingerprint)
                    guard url.depth < depth else { continue }
                    for next in [2 * number + 1, 2 * number + 2] {
                        let link = try page(next, depth: url.depth + 1, parent: key)
                        turn.candidates.append(link)
                        turn.links.append(
                            PageLink(from: key, to: PageKey(origin: link.origin, fingerprint: link.fingerprint)))
                    }
                }
                turn.skipped = [try candidate("z", "\(done)", skip: .scope)]
                turn.reports = [LeaseReport(lease.token, results: results, ends: true)]
                turn.output = OutputMark(file: "jsonl x", bytes: Int64(output.count), records: done)
                _ = try frontier.take(turn, now: 1000, ttl: 1000)
                done += lease.urls.count
            }
        }
        let left = try frontier.counts().queued
        #expect(count < .max || left == 0)
    }

    /// The files of a state as they are after kill -9 and after a good end, with the output of each.
    private static func make() async throws -> [(files: [String: [UInt8]], output: [UInt8])] {
        var made: [(files: [String: [UInt8]], output: [UInt8])] = []
        try await Damage.inFolder { folder in
            var output: [UInt8] = []
            let (file, _) = try CrawlStateFile.resumeOrCreate(folder + "s", identity: identity)
            let frontier = try SQLiteFrontier(file: file)
            try await crawl(frontier, &output, upTo: 30)
            _ = try await frontier.lease(origins: 1, perOrigin: 2, now: 1000)
            made.append((try Damage.read(folder), output))
            try file.close()
            made.append((try Damage.read(folder), output))
        }
        return made
    }

    @Test func `whatever is damaged, each page is there once in the end, and what is seen is put aside`() async throws {
        let originals = try await Self.make()
        #expect(originals[0].files.count == 2 && originals[1].files.count == 1)
        var random = SeededRandom(seed: 2016)
        var tally = (aside: 0, older: 0, whole: 0, refused: 0)
        for round in 0..<Damage.count {
            try await Damage.inFolder { folder in
                var (files, output) = originals[round % 2]
                let (name, offset) = Damage.apply(&files, &random)
                let note = "round \(round), \(name) at \(offset)"
                try Damage.write(files, to: folder)
                let said = Shared<[String]>([])
                let file: CrawlStateFile
                let isResumed: Bool
                do throws(StoreFailure) {
                    (file, isResumed) = try CrawlStateFile.resumeOrCreate(
                        folder + "s", identity: Self.identity
                    ) { line in said.update { $0.append(line) } }
                } catch {
                    // It is not known to be a state of this version any more, so it is left alone.
                    #expect(name == "s" && offset < 72, "\(note): \(error)")
                    #expect(try Damage.read(folder)["s"] == files["s"], "\(note)")
                    tally.refused += 1
                    return
                }
                defer { try? file.close() }
                let aside = try Damage.read(folder).keys.count { $0.contains(".corrupt-") && !$0.hasSuffix("-wal") }
                #expect(aside == (isResumed ? 0 : 1) && said.value.count == aside, "\(note): \(said.value)")
                let frontier = try SQLiteFrontier(file: file)
                let mark = try frontier.outputMark()
                #expect(mark.bytes <= output.count, "\(note)")
                if !isResumed {
                    tally.aside += 1
                } else if mark.bytes < output.count {
                    tally.older += 1
                } else {
                    tally.whole += 1
                }
                output.removeLast(max(0, output.count - Int(mark.bytes)))
                try await Self.crawl(frontier, &output)
                let records = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
                #expect(records.sorted() == Self.pages.sorted(), "\(note)")
            }
        }
        // Of a log that is damaged, SQLite takes what stands before the damage: an older state, and the output is cut.
        #expect(tally.aside > Damage.count / 10)
        if Damage.count > 1000 { print("states: \(tally)") }
    }
}
