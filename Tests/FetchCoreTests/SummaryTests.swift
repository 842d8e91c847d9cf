import FetchHTTP
import FetchSystem
import Histogram
import TestSupport
import Testing

@testable import FetchRecords

@Suite("The summary and the progress line tell how the run went")
struct SummaryTests {
    private func outcome(milliseconds: Int, host: String = "a.example") -> Outcome {
        var outcome = Samples.ok("http://\(host)/")
        outcome.response?.timing.total = .milliseconds(milliseconds)
        return outcome
    }

    @Test("issue 23.6: latencies are those of time_total, over all redirects")
    func latencyOfChain() {
        var redirected = outcome(milliseconds: 10)
        redirected.timing = Samples.timing
        redirected.timing?.total = .milliseconds(300)
        var summary = Summary()
        summary.add(redirected)
        let text = summary.render(elapsed: .seconds(1), width: 80, color: false)
        #expect(text.contains("latency   min 300 ms  p50 300 ms") && text.contains("mean 300 ms"), "\(text)")
    }

    @Test("A run is told in counts, latencies, statuses, errors and hosts")
    func text() {
        var summary = Summary()
        for milliseconds in 1...98 { summary.add(outcome(milliseconds: milliseconds)) }
        var missing = Samples.ok("http://b.example/", response: Samples.response(404))
        missing.response?.timing.total = .milliseconds(1500)
        missing.error = FetchError(.httpStatus, "404")
        summary.add(missing)
        summary.add(Samples.failed())
        let lines = summary.render(elapsed: .seconds(2), width: 80, color: false).split(separator: "\n")
        #expect(lines[0] == "100 requests in 2.00 s: 98 ok, 2 failed, 124 kB, 50/s")
        #expect(lines[1] == "latency   min 1.0 ms  p50 50 ms  p90 90 ms  p99 1.50 s  max 1.50 s")
        #expect(lines.contains("status    200 × 98  404 × 1"))
        #expect(lines.contains("errors    http-status × 1  timed-out × 1"))
        #expect(lines.contains("hosts     a.example    98  mean 50 ms"))
        #expect(lines.contains("          b.example     1  mean 1.50 s  1 failed"))
        #expect(lines.contains("          example.org   1  1 failed"))
        #expect(lines.contains { $0.hasPrefix("            50 ms –  100 ms  49  ███") })
        #expect(lines.contains("           1.00 s –  2.00 s   1  █"))
        #expect((5...20).contains(lines.count))
    }

    @Test("Nothing done is told without latencies")
    func empty() {
        #expect(
            Summary().render(elapsed: .zero, width: 80, color: false)
                == "0 requests in 0.0 ms: 0 ok, 0 failed, 0 B, 0/s\n")
    }

    @Test("Counters that decide on the exit code")
    func counters() {
        var summary = Summary()
        summary.add(Samples.ok())
        summary.add(Samples.ok(response: Samples.response(401)))
        var unauthorized = Samples.ok(response: Samples.response(401))
        unauthorized.error = FetchError(.httpStatus, "401")
        summary.add(unauthorized)
        for kind in FetchError.Kind.allCases { summary.add(Samples.failed(FetchError(kind, "x"))) }
        #expect(summary.ok == 2)
        #expect(summary.failed == 27)
        #expect(summary.unauthorized == 1)
        #expect(summary.rateLimited == 1)
        // A file, and a shortage of this machine.
        #expect(summary.ioErrors == 2)
        #expect(summary.deadline == 1)
        #expect(summary.cancelled == 1)
        #expect(summary.bytes == 3 * 1256)
        #expect(summary.statuses == [200: 1, 401: 2])
    }

    @Test("Ten hosts are named, and no more than 10,000 are remembered")
    func hosts() {
        var summary = Summary()
        for index in 0..<10_050 { summary.add(Samples.failed(host: "h\(index).example")) }
        for _ in 0..<3 { summary.add(outcome(milliseconds: 1, host: "h10049.example")) }
        for _ in 0..<3 { summary.add(outcome(milliseconds: 1, host: "h7.example")) }
        #expect(summary.hosts.count == 10_000)
        #expect(summary.otherHosts.count == 53)
        let lines = summary.render(elapsed: .seconds(1), width: 80, color: false).split(separator: "\n")
        let first = lines.firstIndex { $0.hasPrefix("hosts") } ?? 0
        #expect(lines.count - first == 11)
        #expect(lines[first].contains("h7.example") && lines[first].contains("   4  "))
        #expect(lines.last == "          others         10043  mean 1.0 ms  10040 failed")
    }

    @Test("Every line fits the terminal, and colours are only where they may be", arguments: [0, 10, 20, 40, 80, 200])
    func width(width: Int) {
        var summary = Summary()
        for milliseconds in [1, 5, 50, 3000] { summary.add(outcome(milliseconds: milliseconds, host: "日本.example")) }
        summary.add(Samples.failed())
        let plain = summary.render(elapsed: .seconds(1), width: width, color: false)
        for line in plain.split(separator: "\n") { #expect(DisplayWidth.of(line) <= width) }
        #expect(!plain.contains("\u{1B}"))
        if width == 80 {
            #expect(summary.render(elapsed: .seconds(1), width: width, color: true).contains("\u{1B}[31m"))
        }
    }

    @Test(
        "Bars have round bounds, enclose every time, and are about ten",
        arguments: [
            (0, 0), (1, 1), (102_400, 102_400), (100, 900), (1000, 9999), (1000, 10_000), (1000, 1_000_000), (0, 1),
            (0, 500), (1, 3_600_000_000), (499, 86_400_000_000), (999_999, 1_000_000), (0, UInt64(Int64.max)),
        ] as [(UInt64, UInt64)])
    func edges(min: UInt64, max: UInt64) {
        let edges = LatencyBars.edges(min: min, max: max)
        #expect((2...15).contains(edges.count), "\(edges)")
        #expect(edges == edges.sorted() && Set(edges).count == edges.count)
        #expect((edges.first ?? .max) <= min && max < (edges.last ?? 0), "\(edges)")
        #expect(max > 1_000_000_000_000 || edges[1] > min, "the first bar is not empty: \(edges)")
    }

    @Test("issue 20.20: no bar is printed with two equal bounds, and no two bars with the same")
    func printedBounds() {
        var random = SeededRandom(seed: 2020)
        var pairs: [(UInt64, UInt64)] = [(0, 0), (7, 7), (1_234_000, 1_236_000), (12_300_000, 12_340_000), (49, 51)]
        for _ in 0..<2000 {
            let min = UInt64.random(in: 0...(UInt64(1) << UInt64.random(in: 0...36, using: &random)), using: &random)
            let span = UInt64.random(in: 0...(UInt64(1) << UInt64.random(in: 0...36, using: &random)), using: &random)
            pairs.append((min, min + span))
        }
        for (min, max) in pairs {
            var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
            histogram.record(min)
            histogram.record(max)
            let bars = LatencyBars(histogram, min: min, max: max)
            #expect(bars.rows.map(\.count).reduce(0, +) == 2, "\(min) \(max)")
            #expect((bars.rows.first?.low ?? .max) <= min && max < (bars.rows.last?.high ?? 0), "\(min) \(max)")
            let labels = bars.lines(width: 80, indent: 0).map { $0.prefix(17) }
            #expect(Set(labels).count == labels.count, "\(labels)")
            for label in labels { #expect(label.prefix(7) != label.suffix(7), "\(min) \(max): \(label)") }
        }
    }

    @Test("Bars count every time once, also at their bounds")
    func bars() {
        var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
        for value in [1000, 1999, 2000, 4999, 5000, 5001, 50_000, 50_007, 123_456] as [UInt64] {
            histogram.record(value)
        }
        let rows = LatencyBars(histogram, min: 1000, max: 123_456).rows
        #expect(rows.map(\.low) == [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000])
        #expect(rows.map(\.count).reduce(0, +) == 9)
        #expect(rows.map(\.count) == [2, 2, 2, 0, 0, 2, 1])
    }

    @Test("A bar is drawn in eighths, and one record among many can be seen")
    func bar() {
        #expect(LatencyBars.bar(0, of: 10, columns: 10).isEmpty)
        #expect(LatencyBars.bar(10, of: 10, columns: 10) == "██████████")
        #expect(LatencyBars.bar(1, of: 1_000_000, columns: 10) == "▏")
        #expect(LatencyBars.bar(5, of: 16, columns: 2) == "▋")
        #expect(LatencyBars.bar(15, of: 16, columns: 1) == "█" || LatencyBars.bar(15, of: 16, columns: 1) == "▉")
    }

    @Test("The progress line counts, and says when it will be over")
    func progress() {
        var line = ProgressLine()
        #expect(
            line.render(now: .zero, total: 1000, inFlight: 0, width: 80)
                == "   0/1000  0 ok  0 failed  0 in flight  0/s")
        for _ in 0..<36 { line.add(Samples.ok()) }
        line.add(Samples.failed())
        let elapsed = Duration.milliseconds(90)
        #expect(
            line.render(now: elapsed, total: 1000, inFlight: 5, width: 80)
                == "  37/1000  36 ok  1 failed  5 in flight  411/s  ETA 3s")
        #expect(
            line.render(
                now: elapsed, total: nil, inFlight: 5,
                resting: [("b.test:80", .seconds(3)), ("api.test:443", .seconds(12))], width: 80)
                == "37  36 ok  1 failed  5 in flight  2 hosts wait: api.test:443 12s  411/s")
        #expect(
            line.render(now: elapsed, total: 37, inFlight: 0, width: 80) == "37/37  36 ok  1 failed  0 in flight  411/s"
        )
        #expect(
            line.render(now: elapsed, total: 1000, inFlight: 5, resting: [("b.test:80", .seconds(3))], width: 20)
                == "  37/1000  36 ok  1…")
        #expect(line.render(now: elapsed, total: 10, inFlight: 0, width: 80).hasPrefix("37/10  36 ok"))
    }
}

extension Samples {
    /// A failure of some host.
    static func failed(host: String) -> Outcome {
        Outcome(
            input: input("http://\(host)/"), error: FetchError(.timedOut, "no answer", curlCode: .operationTimedOut))
    }
}
