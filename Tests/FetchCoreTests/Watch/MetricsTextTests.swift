import FetchHTTP
import Testing

@testable import FetchWatch

/// The rules of promtool (`check metrics`) and of the text format 0.0.4, as far as they concern what a run writes.
@Suite("issue 26: metrics hold the rules of Prometheus' text format")
struct MetricsTextTests {
    /// A metric as a reader of the format sees it.
    private struct Family {
        var help = ""
        var type = ""
        var samples: [(name: String, labels: [String: String], value: Double)] = []
    }

    /// The families of a text, each of which is one block; failures are expectations that do not hold.
    private static func parse(_ bytes: [UInt8]) throws -> [String: Family] {
        let text = try #require(String(validating: bytes, as: UTF8.self))
        #expect(text.hasSuffix("\n") && !text.contains("\r"))
        var families: [String: Family] = [:]
        var current = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if let match = line.wholeMatch(of: #/# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/#) {
                current = String(match.output.1)
                #expect(families[current] == nil, "\(current) has two blocks")
                families[current] = Family(help: String(match.output.2))
            } else if let match = line.wholeMatch(of: #/# TYPE ([a-zA-Z0-9_:]+) (counter|gauge|histogram)/#) {
                #expect(String(match.output.1) == current && families[current]?.samples.isEmpty == true)
                families[current]?.type = String(match.output.2)
            } else {
                let sample = #/([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\+Inf|-?[0-9]+(?:\.[0-9]+)?)/#
                let match = try #require(line.wholeMatch(of: sample), "\(line)")
                let name = String(match.output.1)
                #expect(name == current || name.hasPrefix(current + "_"), "\(name) is not in its block")
                let labels = try Self.labels(match.output.2 ?? "")
                families[current]?.samples.append((name, labels, Double(String(match.output.3)) ?? .infinity))
            }
        }
        return families
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            let pair = #/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\\\|\\"|\\n)*)"(?:,|$)/#
            let match = try #require(rest.prefixMatch(of: pair), "\(text)")
            #expect(labels.updateValue(String(match.output.2), forKey: String(match.output.1)) == nil)
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    /// What promtool's linter complains about.
    private static func lint(_ families: [String: Family]) {
        for (name, family) in families {
            #expect(!family.help.isEmpty && !family.type.isEmpty, "\(name)")
            #expect(family.type == "counter" ? name.hasSuffix("_total") : !name.hasSuffix("_total"), "\(name)")
            #expect(!name.contains(":") && name.lowercased() == name, "\(name)")
            let words = name.split(separator: "_")
            for word in ["counter", "gauge", "histogram", "summary"] { #expect(!words.contains(word[...]), "\(name)") }
            for unit in [
                "ms", "milliseconds", "microseconds", "s", "sec", "minutes", "kb", "kilobytes", "b", "percent",
            ] {
                #expect(!words.contains(unit[...]), "\(name) has no base unit")
            }
            var seen: Set<[String]> = []
            for sample in family.samples {
                let key = [sample.name] + sample.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
                #expect(seen.insert(key).inserted, "\(key) occurs twice")
                if family.type == "histogram" { continue }
                #expect(sample.name == name && sample.labels["le"] == nil && sample.labels["quantile"] == nil)
                for end in ["_bucket", "_sum", "_count"] { #expect(!name.hasSuffix(end)) }
                if family.type == "counter" { #expect(sample.value >= 0) }
            }
            if family.type == "histogram" { lintHistogram(name, family) }
        }
    }

    private static func lintHistogram(_ name: String, _ family: Family) {
        let buckets = family.samples.filter { $0.name == name + "_bucket" }
        let bounds = buckets.map { $0.labels["le"] == "+Inf" ? Double.infinity : Double($0.labels["le"] ?? "") ?? -1 }
        #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count && bounds.last == .infinity)
        #expect(buckets.map(\.value) == buckets.map(\.value).sorted(), "buckets are cumulative")
        let count = family.samples.first { $0.name == name + "_count" }
        #expect(count != nil && count?.value == buckets.last?.value)
        #expect(family.samples.contains { $0.name == name + "_sum" })
        #expect(family.samples.count == buckets.count + 2)
    }

    private static func metrics(_ state: WatchState) throws -> [String: Family] {
        let head = WatchSnapshot.Head(version: "1.2.3", command: "check", startedAt: 1_767_225_600_500)
        return try parse(
            WatchSnapshot(head: head, state: state, elapsed: .milliseconds(2500), isFinal: false).metrics)
    }

    @Test func `issue 26: a run that has done nothing, and one with hosts, failures and waits, hold them`() throws {
        Self.lint(try Self.metrics(WatchState()))
        var state = WatchState()
        for index in 0..<300 {
            state.add(
                ReportSamples.outcome(
                    "http://h\(index % 250).test/", status: index % 7 == 0 ? 503 : 200,
                    microseconds: Int64(index) * 400_000))
        }
        var gauges = WatchState.Gauges()
        gauges.total = 1000
        gauges.waiting = (0..<60).map { .init(authority: "h\($0).test:443", rest: .milliseconds($0 * 10)) }
        state.take(gauges, at: .seconds(2))
        let families = try Self.metrics(state)
        Self.lint(families)
        let hosts = families["fetchall_host_requests_total"]?.samples ?? []
        #expect(hosts.count == 2 * (WatchState.hostLimit + 1))
        #expect(hosts.reduce(0) { $0 + $1.value } == 300)
        #expect(families["fetchall_host_wait_seconds"]?.samples.count == 50)
        #expect(families["fetchall_response_duration_seconds"]?.samples.last?.value == 300)
        #expect(families["fetchall_start_time_seconds"]?.samples.first?.value == 1_767_225_600.5)
        let bucket = families["fetchall_response_duration_seconds"]?.samples.first { $0.labels["le"] == "0.5" }
        #expect(bucket?.value == 2, "0 and 0.4 s")
    }

    @Test func `issue 26: values of labels are escaped, and a metric without samples is not there`() throws {
        var text = MetricsText()
        text.add("a_total", .counter, "A \\ and\na line.", [([("x", "q\"b\\l\nn")], "1")])
        text.add("b", .gauge, "Nothing.", [])
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == "# HELP a_total A \\\\ and\\na line.\n# TYPE a_total counter\na_total{x=\"q\\\"b\\\\l\\nn\"} 1\n")
        Self.lint(try Self.parse(text.bytes))
        #expect(MetricsText.seconds(microseconds: 250_000) == "0.25")
        #expect(MetricsText.seconds(microseconds: 30_000_000) == "30")
        #expect(MetricsText.seconds(microseconds: 1) == "0.000001")
    }
}
