import FetchHTTP
import FetchSystem
import FoundationEssentials
import Testing

@testable import FetchRecords

@Suite("The schema of the record says what the code writes")
struct RecordSchemaTests {
    /// The value at a path of names in the schema.
    private func schema(_ path: String...) throws -> JSONValue {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/record.schema.json").standardizedFileURL
        var value = try JSONValue.parse(Array(Data(contentsOf: file))[...])
        for name in path {
            guard case .object(let members) = value else { break }
            value = try #require(members.first { $0.key == name }?.value, "no \(name)")
        }
        return value
    }

    @Test("Required are exactly the fixed fields, in the order in which they are written")
    func required() throws {
        let record = try JSONValue.members(of: Array(Samples.record(Samples.ok()).utf8)[...])
        #expect(try schema("$defs", "record", "required") == .array(record.map { .string($0.key) }))
    }

    @Test("Known are exactly the fields that can be written")
    func properties() throws {
        guard case .object(let known) = try schema("$defs", "record", "properties") else {
            Issue.record("no properties")
            return
        }
        let page = ["depth", "parent", "title", "links_found", "robots", "skipped", "referrers"]
        for hash in DigestAlgorithm.allCases {
            var writer = JSONRecordWriter(options: RecordOptions(headers: true, value: true, hash: hash, saved: true))
            var bytes: [UInt8] = []
            writer.append(Samples.ok(), into: &bytes)
            // Of the digests a record has one; a list has `skipped` behind them, and a crawl where its own fields are.
            let record = try JSONValue.members(of: bytes[...]).map(\.key).filter { $0 != "skipped" }
            let others = Set(DigestAlgorithm.allCases.map(\.rawValue)).subtracting([hash.rawValue])
            #expect(
                known.map(\.key).filter { !others.contains($0) } == record + ["json", "body", "body_base64"] + page)
        }
    }

    @Test("The record of a page has the fields of a crawl behind the fixed ones")
    func crawl() throws {
        var outcome = Samples.ok()
        outcome.crawl = CrawlDetails(depth: 2, parent: "http://a/", title: "t", linksFound: 3, referrers: ["http://b/"])
        let page = try JSONValue.members(of: Array(Samples.record(outcome).utf8)[...])
        let plain = try JSONValue.members(of: Array(Samples.record(Samples.ok()).utf8)[...])
        let names = ["depth", "parent", "title", "links_found", "robots", "skipped", "referrers"]
        #expect(page.map(\.key) == plain.map(\.key) + names)
    }

    @Test("The reasons for skipping are those of SkipReason")
    func reasons() throws {
        let slugs = SkipReason.allCases.map { JSONValue.string($0.slug) }
        #expect(
            try schema("$defs", "record", "properties", "skipped", "enum")
                == .array(slugs + [.string("exists"), .string("not-modified"), .null]))
    }

    @Test("The kinds of error are those of FetchError")
    func kinds() throws {
        let slugs = FetchError.Kind.allCases.map { JSONValue.string($0.rawValue) }
        #expect(try schema("$defs", "error", "properties", "kind", "enum") == .array(slugs))
    }
}
