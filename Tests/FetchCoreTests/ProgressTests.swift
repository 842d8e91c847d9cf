import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchRecords

@Suite("issue 22.6: the progress is told in bytes")
struct ProgressTests {
    private static func bodies(
        _ received: Int, missing: Int = 0, known: Int = 0, large: [BodyProgress.Large] = []
    ) -> BodyProgress {
        var bodies = BodyProgress()
        bodies.received = received
        bodies.missing = missing
        bodies.known = known
        bodies.large = large
        bodies.hadLarge = !large.isEmpty
        return bodies
    }

    private static func line(done: Int, failed: Int = 0) -> ProgressLine {
        var line = ProgressLine()
        for _ in 0..<done - failed { line.add(Samples.ok()) }
        for _ in 0..<failed { line.add(Samples.failed()) }
        return line
    }

    @Test("issue 22.6: the line counts bytes, in the order of the issue")
    func line() {
        let bytes = ByteReading(received: 148_000_000, expected: 560_000_000, perSecond: 18_900_000)
        let text = Self.line(done: 12).render(now: .seconds(8), total: 50, inFlight: 3, bytes: bytes, width: 100)
        #expect(text == "12/50  148 of 560 MB  26 %  18.9 MB/s  ETA 22s  3 in flight  0 failed")
        let waiting = Self.line(done: 12, failed: 2).render(
            now: .seconds(8), total: 50, inFlight: 3, resting: [("a.test:80", .seconds(3))], bytes: bytes, width: 100)
        let narrow = [54, 44, 37, 32, 31].map {
            Self.line(done: 12).render(now: .seconds(8), total: 50, inFlight: 3, bytes: bytes, width: $0)
        }
        #expect(
            narrow == [
                "12/50  148 of 560 MB  26 %  ETA 22s  0 failed", "12/50  148 of 560 MB  26 %  ETA 22s",
                "12/50  148 of 560 MB  26 %  ETA 22s", "12/50  148 of 560 MB  ETA 22s", "12/50  148 of 560 MB  ETA 22s",
            ])
        #expect(waiting.hasSuffix("  3 in flight  2 failed  1 host waits: a.test:80 3s"))
    }

    @Test("issue 22.6: what is not known is left out, and an estimate is marked as one")
    func unknown() {
        let line = Self.line(done: 10)
        func text(_ bytes: ByteReading, total: Int? = 50) -> String {
            line.render(now: .seconds(10), total: total, inFlight: 1, bytes: bytes, width: 100)
        }
        #expect(
            text(ByteReading(received: 980_000, expected: 12_600_000, isEstimated: true, perSecond: 0))
                == "10/50  980 kB of ~12.6 MB  7 %  0 B/s  1 in flight  0 failed", "a standstill has no end")
        #expect(
            text(ByteReading(received: 980_000, expected: nil, perSecond: 98_000))
                == "10/50  980 kB  98.0 kB/s  ETA 40s  1 in flight  0 failed", "from the counts")
        #expect(
            text(ByteReading(received: 980_000, expected: nil, perSecond: 98_000), total: nil)
                == "10  980 kB  98.0 kB/s  1 in flight  0 failed")
        #expect(
            text(ByteReading(received: 5, expected: 10, perSecond: 1, countsBytes: false))
                == "10/50  10 ok  0 failed  1 in flight  1.0/s  ETA 40s", "small records keep their line")
        // More than announced, and all of it.
        #expect(text(ByteReading(received: 7, expected: 5, perSecond: 1)).contains("5 of 5 B  100 %  1 B/s  1 in"))
        #expect(text(ByteReading(received: 0, expected: 0, perSecond: 0)).contains("  0 B  0 B/s  1 in"))
        #expect(ByteReading.percent(999_999, of: 1_000_000) == "99 %", "100 % is only what is complete")
        #expect(ByteReading.percent(.max, of: .max) == "100 %")
    }

    @Test("issue 22.6: the rate is that of the last seconds")
    func rate() {
        var window = RateWindow()
        #expect(window.perSecond == 0)
        window.add(0, at: .zero)
        #expect(window.perSecond == 0)
        for tenth in 1...100 { window.add(tenth * 100_000, at: .milliseconds(tenth * 100)) }
        #expect(abs(window.perSecond - 1_000_000) < 1)
        // It stands still.
        for tenth in 101...125 { window.add(10_000_000, at: .milliseconds(tenth * 100)) }
        #expect(abs(window.perSecond - 500_000) < 1)
        for tenth in 126...160 { window.add(10_000_000, at: .milliseconds(tenth * 100)) }
        #expect(window.perSecond == 0)
        // A look once in a minute is enough.
        window.add(10_600_000, at: .seconds(76))
        #expect(abs(window.perSecond - 10_000) < 1)
    }

    @Test("issue 22.6: the sum is exact where all lengths are known, else what they are on average")
    func expected() {
        var tracker = ByteTracker(savesBodies: true)
        func look(_ bodies: BodyProgress, done: Int, total: Int?) -> ByteReading {
            tracker.look(at: bodies, done: done, total: total, elapsed: .seconds(1))
        }
        var reading = look(Self.bodies(4_000_000, missing: 6_000_000, known: 2), done: 0, total: 2)
        #expect(reading.expected == 10_000_000 && !reading.isEstimated && reading.countsBytes)
        reading = look(Self.bodies(4_000_000, missing: 6_000_000, known: 2), done: 3, total: 10)
        #expect(reading.expected == 20_000_000 && reading.isEstimated)
        #expect(look(Self.bodies(4_000_000, missing: 6_000_000, known: 2), done: 3, total: nil).expected == nil)
        // A body without a length: nothing tells how long it is.
        reading = look(Self.bodies(4_000_000), done: 0, total: 1)
        #expect(reading.expected == nil && reading.secondsLeft == nil)
        #expect(look(Self.bodies(4_000_000), done: 1, total: 1).expected == 4_000_000)
        #expect(look(Self.bodies(0), done: 5, total: 9).expected == nil)
    }

    @Test("issue 22.6: elsewhere the line counts bytes from the first large body on")
    func rule() {
        var tracker = ByteTracker(savesBodies: false)
        var bodies = Self.bodies(80_000_000)
        #expect(!tracker.look(at: bodies, done: 9, total: nil, elapsed: .seconds(1)).countsBytes)
        bodies.hadLarge = true
        #expect(tracker.look(at: bodies, done: 9, total: nil, elapsed: .seconds(2)).countsBytes)
    }

    @Test("issue 22.6: each large body has its own rate, and what an earlier run left counts as there")
    func rows() {
        var tracker = ByteTracker(savesBodies: true)
        func large(_ received: Int, age: Duration) -> BodyProgress.Large {
            BodyProgress.Large(
                id: 1, name: "a.iso", received: received, length: 8_000_000, resumedFrom: 2_000_000, age: age)
        }
        var reading = tracker.look(
            at: Self.bodies(1_000_000, large: [large(1_000_000, age: .seconds(1))]), done: 0, total: 1,
            elapsed: .seconds(9))
        #expect(
            reading.rows == [
                ByteReading.Row(
                    name: "a.iso", received: 3_000_000, total: 10_000_000, resumedFrom: 2_000_000, perSecond: 1_000_000)
            ])
        reading = tracker.look(
            at: Self.bodies(4_000_000, large: [large(4_000_000, age: .seconds(2))]), done: 0, total: 1,
            elapsed: .seconds(10))
        #expect(reading.rows.first?.perSecond == 2_000_000)
        #expect(reading.rows.first?.secondsLeft == 2)
        // When a body without a length began is not known.
        let open = BodyProgress.Large(id: 2, name: "b", received: 5_100_000, length: nil, age: .milliseconds(50))
        reading = tracker.look(at: Self.bodies(0, large: [open]), done: 0, total: 1, elapsed: .seconds(10))
        #expect(reading.rows.map(\.perSecond) == [0])
        #expect(tracker.look(at: Self.bodies(0), done: 1, total: 1, elapsed: .seconds(11)).rows.isEmpty)
    }

    @Test("issue 22.6: a crawl's line counts bytes in place of pages per second")
    func crawl() {
        let counts = ProgressCounts(ok: 117, failed: 3, queued: 431, inFlight: 8, waitingHosts: 2)
        #expect(
            ProgressLine.crawl(counts, now: .seconds(10), width: 100)
                == "120 done  3 failed  431 queued  8 in flight  12/s  2 hosts wait")
        let bytes = ByteReading(received: 148_000_000, expected: nil, perSecond: 18_900_000)
        #expect(
            ProgressLine.crawl(counts, now: .seconds(10), bytes: bytes, width: 100)
                == "120 done  3 failed  431 queued  8 in flight  148 MB  18.9 MB/s  2 hosts wait")
    }

    @Test("issue 22.6: JSON has the same numbers, in bytes and seconds")
    func object() throws {
        let row = ByteReading.Row(
            name: "a\u{1B}\".iso", received: 3_000_000, total: 10_000_000, resumedFrom: 2_000_000, perSecond: 1_000_000)
        let open = ByteReading.Row(name: "b", received: 6_000_000, total: nil, perSecond: 0)
        let bytes = ByteReading(
            received: 148_000_000, expected: 560_000_000, isEstimated: true, perSecond: 20_600_000.4,
            rows: [row, open])
        let counts = ProgressCounts(ok: 10, failed: 2, total: 50, inFlight: 3, waitingHosts: 1)
        let line = ProgressObject.line(counts, bytes, elapsed: .milliseconds(8500), isFinal: false)
        #expect(line.last == 0x0A && line.count { $0 == 0x0A } == 1)
        #expect(!line.contains(0x1B))
        let expected = """
            {"type":"progress","final":false,"elapsed":8.5,"total":50,"done":12,"ok":10,"failed":2,"queued":null,\
            "in_flight":3,"hosts_waiting":1,"bytes":148000000,"bytes_total":560000000,"bytes_total_estimated":true,\
            "bytes_per_second":20600000,"eta":20.0,"transfers":[{"name":"a\\u001b\\".iso","bytes":3000000,\
            "bytes_total":10000000,"resumed_from":2000000,"bytes_per_second":1000000,"eta":7.0},{"name":"b",\
            "bytes":6000000,"bytes_total":null,"resumed_from":0,"bytes_per_second":0,"eta":null}]}

            """
        #expect(line == Array(expected.utf8))
        let none = ByteReading(received: 0, expected: nil, perSecond: .nan, countsBytes: false)
        let last = ProgressObject.line(counts, none, elapsed: .zero, isFinal: true)
        _ = try JSONValue.parse(last[...])
        let text = try #require(String(validating: last, as: UTF8.self))
        #expect(text.contains("\"final\":true,") && text.contains("\"eta\":null,"))
        #expect(text.contains("\"bytes_total\":null,") && text.contains("\"bytes_per_second\":0,"))
    }
}
