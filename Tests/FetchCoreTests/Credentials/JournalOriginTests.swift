import FetchHTTP
import FetchRecords
import TestSupport
import Testing

@testable import FetchStore

@Suite("issue 24.1: a journal says whose the credentials are")
struct JournalOriginTests {
    private static let options = [(name: "--format", value: "jsonl")]
    private static let entry = JournalEntry(isOK: true, index: 1, fingerprint: 7, outputEnd: 10, failedEnd: 0)

    private static func text(origins: [String]) -> [UInt8] {
        var (bytes, first) = JournalText.header(options)
        var sum: UInt32? = first
        for origin in origins { JournalText.append(origin: origin, to: &bytes, sum: &sum) }
        JournalText.append(entry, to: &bytes, sum: &sum)
        return bytes
    }

    private static func read(_ bytes: [UInt8], options: [(name: String, value: String)]?) throws -> JournalReading {
        var reading = JournalReading(options: options, outputSize: nil, failedSize: nil)
        try reading.feed(bytes[...])
        try reading.finish()
        return reading
    }

    @Test func `it is read with the same options and with none, and the first counts`() throws {
        let bytes = Self.text(origins: ["https://a.test", "http://b.test:81"])
        for options in [Self.options, nil] {
            let reading = try Self.read(bytes, options: options)
            #expect(reading.credentialOrigin == "https://a.test")
            #expect(reading.completed.count == 1 && reading.damagedLine == nil && reading.end == bytes.count)
        }
        #expect(try Self.read(Self.text(origins: []), options: nil).credentialOrigin == nil)
        #expect(throws: JournalReading.Failure.options(["--format"])) { try Self.read(bytes, options: []) }
    }

    @Test func `an origin that was changed is damage, and does not count`() throws {
        let bytes = Self.text(origins: ["https://a.test"])
        let place = try #require(bytes.firstRange(of: Array("a.test".utf8))?.lowerBound)
        var changed = bytes
        changed[place] = UInt8(ascii: "b")
        let reading = try Self.read(changed, options: Self.options)
        #expect(reading.credentialOrigin == nil && reading.damagedLine == 2 && reading.completed.count == 0)
    }
}
