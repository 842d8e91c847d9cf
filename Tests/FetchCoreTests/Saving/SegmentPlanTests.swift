import FetchHTTP
import TestSupport
import Testing

@testable import FetchTransport

@Suite("issue 22.7: who fetches which bytes") struct SegmentPlanTests {
    private static let megabyte = 1 << 20

    @Test func `segments are several for each request, and the last one is not a crumb`() {
        var plan = SegmentPlan([0..<100 * Self.megabyte], count: 4)
        #expect(plan.size == 100 * Self.megabyte / 16)
        var end = 0
        while let segment = plan.take() {
            #expect(segment.lowerBound == end && segment.count >= plan.size / 4)
            end = segment.upperBound
        }
        #expect(end == 100 * Self.megabyte && plan.missingCount == end)
        #expect(SegmentPlan([0..<10_000_000_000], count: 2).size == 16 << 20)
        #expect(SegmentPlan([0..<3_000_000], count: 8).size == 1 << 20)
    }

    @Test func `what a request leaves is taken by another, and nothing is taken twice`() {
        var plan = SegmentPlan([10..<5_000_000], count: 2)
        let first = plan.take() ?? 0..<0
        let second = plan.take() ?? 0..<0
        plan.end(first, written: 100)
        #expect(plan.missing == [110..<5_000_000])
        #expect(plan.take() == 110..<first.upperBound)
        plan.end(second, written: second.count + 5)
        #expect(plan.missing == [110..<first.upperBound, second.upperBound..<5_000_000])
        #expect(plan.missing(after: [110..<first.upperBound: 90]).first == 200..<first.upperBound)
        #expect(plan.missing(after: [:]) == plan.missing)
    }

    @Test func `whatever ends in which order, every byte is fetched once`() {
        var random = SeededRandom(seed: 22)
        for _ in 0..<300 {
            let length = Int.random(in: 1...60_000_000, using: &random)
            let start = Int.random(in: 0..<length, using: &random)
            var plan = SegmentPlan([0..<start / 2, start..<length], count: Int.random(in: 1...16, using: &random))
            var written: [Range<Int>] = []
            var flying: [Range<Int>] = []
            while plan.missingCount > 0 {
                if let segment = plan.take() { flying.append(segment) }
                guard let index = flying.indices.randomElement(using: &random), Bool.random(using: &random) else {
                    continue
                }
                let segment = flying.remove(at: index)
                let count =
                    Bool.random(using: &random) ? segment.count : Int.random(in: 0...segment.count, using: &random)
                plan.end(segment, written: count)
                written.append(segment.lowerBound..<(segment.lowerBound + count))
            }
            #expect(written.reduce(0) { $0 + $1.count } == start / 2 + length - start)
            #expect(SegmentPlan.merged(written) == SegmentPlan.merged([0..<start / 2, start..<length]))
        }
    }

    @Test func `a note tells the gaps, and what is behind the end is missing too`() {
        let url = Samples.url("http://a.test/f")
        let version = PartVersion(validator: .etag("\"a\""), length: 100)
        let note = PartNote(url, version, missing: [10..<20, 30..<40])
        #expect(PartNote(note.bytes) == note)
        #expect(note.missing(size: 100) == [10..<20, 30..<40])
        #expect(note.missing(size: 35) == [10..<20, 30..<100])
        #expect(note.missing(size: 5) == [5..<100])
        #expect(PartNote(url, version).missing(size: 60) == [60..<100])
        let text = String(decoding: note.bytes, as: UTF8.self)
        for (old, new) in [
            ("\"version\":2", "\"version\":1"), ("[10,20]", "[20,10]"), ("[10,20]", "[10]"), ("[[", "["),
        ] {
            #expect(PartNote(Array(text.replacing(old, with: new).utf8)) == nil, "\(new)")
        }
    }
}
