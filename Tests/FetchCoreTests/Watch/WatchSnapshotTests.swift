import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@testable import FetchWatch

@Suite("issue 26: what the live page says about a run")
struct WatchSnapshotTests {
    private static func snapshot(_ state: WatchState, isFinal: Bool = false) -> WatchSnapshot {
        WatchSnapshot(
            head: .init(version: "1.2.3", command: "fetch", startedAt: 1_767_225_600_500), state: state,
            elapsed: .milliseconds(2500), isFinal: isFinal)
    }

    private static func json(_ state: WatchState, isFinal: Bool = false) throws -> JSONValue {
        try JSONValue.parse(snapshot(state, isFinal: isFinal).json[...])
    }

    @Test func `issue 26: records, hosts, failures and percentiles are counted`() throws {
        var state = WatchState()
        for index in 0..<10 { state.add(ReportSamples.outcome(index: index, microseconds: 10_000)) }
        state.add(ReportSamples.outcome("http://b.test:81/x?api_key=k", status: 404, microseconds: 2_000_000))
        var gauges = WatchState.Gauges()
        gauges.inFlight = 3
        gauges.total = 20
        gauges.received = 1000
        gauges.waiting = [.init(authority: "b.test:81", rest: .milliseconds(1500))]
        state.take(gauges, at: .seconds(1))
        gauges.received = 3000
        state.take(gauges, at: .seconds(2))
        let json = try Self.json(state)
        #expect(json["ok"]?.integer == 10 && json["failed"]?.integer == 1 && json["total"]?.integer == 20)
        #expect(json["in_flight"]?.integer == 3 && json["bytes_per_second"]?.integer == 2000)
        #expect(json["hosts"]?[0]?[0]?.string == "a.test" && json["hosts"]?[0]?[1]?.integer == 10)
        #expect(json["hosts"]?[1]?[2]?.integer == 1)
        #expect(json["failures"]?[0]?[0]?.string == "http-status" && json["waiting_hosts"]?.integer == 1)
        #expect(json["waiting"]?[0]?[0]?.string == "b.test:81")
        #expect(json["percentiles"]?[0]?[0]?.string == "p50")
        let final = try Self.json(state, isFinal: true)
        #expect(final["in_flight"]?.integer == 0 && final["waiting_hosts"]?.integer == 0)
    }

    @Test func `issue 26: no text of a page, a URL or a field is in an event or in the metrics`() {
        var state = WatchState()
        for (index, text) in ReportSamples.hostile.enumerated() {
            var outcome = ReportSamples.outcome(
                "http://user:pass5ecret@a.test/path5ecret?api_key=query5ecret", index: index, status: 404,
                response: [("X-Text", text), ("Set-Cookie", "a=cookie5ecret")], body: "body5ecret")
            outcome.error = FetchError(.httpStatus, text + " message5ecret")
            outcome.input.id = text
            state.add(outcome)
        }
        for bytes in [Self.snapshot(state).json, Self.snapshot(state).metrics] {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("5ecret") && !text.contains("owned") && !text.contains("user"))
        }
        #expect(!Self.snapshot(state).json.contains { $0 < 0x20 })
    }

    @Test func `issue 26: a million hosts take the room of two hundred`() throws {
        var state = WatchState()
        for index in 0..<5000 { state.add(ReportSamples.outcome("http://h\(index).test/")) }
        #expect(state.hosts.count == WatchState.hostLimit)
        #expect(state.otherHosts.ok == 5000 - WatchState.hostLimit)
        let json = try Self.json(state)
        #expect(json["other_hosts"]?.integer == 4950 && json["hosts"]?[49] != nil && json["hosts"]?[50] == nil)
        #expect(Self.snapshot(state).json.count < 16_384)
    }

    @Test func `issue 26: a link checker's own counts do not decrease`() {
        var state = WatchState()
        state.take(ProgressCounts(ok: 5, failed: 2, queued: 9, inFlight: 1), countsRecords: true)
        state.take(ProgressCounts(ok: 6, failed: 1, queued: 0, inFlight: 1), countsRecords: true)
        #expect(state.ok == 6 && state.failed == 2 && state.queued == 0)
        state.take(ProgressCounts(ok: 60, failed: 10, queued: 1, inFlight: 1), countsRecords: false)
        #expect(state.ok == 6 && state.queued == 1)
    }

    @Test func `issue 26: percentiles are within 6 percent, and exact for short times`() {
        var counts = LatencyCounts()
        #expect(counts.percentile(50) == nil)
        for time in 1...10_000 { counts.add(Int64(time) * 100) }
        for percentile in [1.0, 10, 50, 90, 99, 99.9] {
            let exact = percentile * 10_000
            let value = Double(counts.percentile(percentile) ?? 0)
            #expect(value >= exact && value <= exact * 1.0626, "\(percentile): \(value)")
        }
        #expect(counts.percentile(100) == 1_000_000 && counts.longest == 1_000_000)
        #expect(counts.buckets.reduce(0, +) == 10_000 && counts.buckets[0] == 50)
        var short = LatencyCounts()
        for time in [-5, 0, 1, 7, 31, 32, .max, .max] as [Int64] { short.add(time) }
        #expect(short.percentile(50) == 7 && short.percentile(100) == 1 << 52 && short.sum == (2 << 52) + 71)
        #expect(short.buckets.last == 2)
    }
}
