import FetchHTTP
import FetchRecords
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchStore

@Suite("issue 20.16: a damaged journal loses and doubles no record")
struct JournalDamageTests {
    private static let options = [(name: "--format", value: "jsonl")]
    private static let count = 60

    /// A run from the journal's state to its end: the output as records, each a line with its number.
    private static func finish(_ journal: inout Journal, _ output: inout [UInt8], upTo end: Int = count) throws {
        output.removeLast(output.count - journal.outputEnd)
        for index in 0..<end where !journal.completed.contains(index) {
            output += Array("\(index) \(String(repeating: "x", count: index % 7))\n".utf8)
            let outcome = Samples.ok("http://a.test/\(index)", index: index)
            journal.append(outcome, outputEnd: output.count, failedEnd: 0)
        }
        try journal.flush()
        #expect(journal.close())
    }

    private static func open(_ folder: String, _ output: [UInt8]) throws(StoreFailure) -> Journal {
        try Journal(path: folder + "j", options: options, output: { output.count }, failed: { nil })
    }

    private static func records(_ output: some Sequence<UInt8>) -> [Int] {
        String(decoding: Array(output), as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").first.flatMap { Int($0) }
        }
    }

    @Test func `whatever is damaged, each record is there once in the end, and what is seen is put aside`() async throws
    {
        var original: [String: [UInt8]] = [:]
        var written: [UInt8] = []
        try await Damage.inFolder { folder in
            var journal = try Self.open(folder, [])
            try Self.finish(&journal, &written, upTo: 40)
            original = try Damage.read(folder)
        }
        let header = (original["j"] ?? []).prefix { $0 != 0x0A }.count
        var random = SeededRandom(seed: 2016)
        var tally = (aside: 0, cut: 0, refused: 0)
        for round in 0..<Damage.count {
            try await Damage.inFolder { folder in
                var files = original
                let (_, offset) = Damage.apply(&files, &random)
                let note = "round \(round) at \(offset)"
                try Damage.write(files, to: folder)
                var output = written
                var journal: Journal
                do throws(StoreFailure) {
                    journal = try Self.open(folder, output)
                } catch {
                    // It is not known to be a journal any more, so it is left alone.
                    #expect(offset < header, "\(note): \(error)")
                    #expect(try Damage.read(folder) == files, "\(note)")
                    tally.refused += 1
                    return
                }
                let done = Self.records(output[..<journal.outputEnd])
                #expect(done.count == journal.completed.count, "\(note)")
                #expect(done.allSatisfy { journal.completed.contains($0) }, "\(note)")
                let copies = try Damage.read(folder).filter { $0.key.contains(".corrupt-") }
                #expect(copies.map(\.value) == (journal.notice == nil ? [] : [files["j"]]), "\(note)")
                if journal.notice == nil { tally.cut += 1 } else { tally.aside += 1 }
                try Self.finish(&journal, &output)
                #expect(Self.records(output).sorted() == Array(0..<Self.count), "\(note)")
                let last = try Self.open(folder, output)
                #expect(last.completed.count == Self.count && last.notice == nil, "\(note)")
                #expect(last.close())
            }
        }
        #expect(tally.aside > Damage.count / 4)
        if Damage.count > 1000 { print("journals: \(tally)") }
    }
}
