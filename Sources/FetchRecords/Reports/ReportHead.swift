import FetchHTTP
import FetchSystem
import Histogram

/// What a report says about the run besides its records.
package struct ReportHead: Sendable {
    /// The version of the program.
    package var version: String
    /// The command: `fetch`, `crawl` and so on.
    package var command: String
    /// The duration of the run.
    package var elapsed: Duration
    /// Why it ended early, as a part of a sentence (`interrupted`); nil if it did not.
    package var ending: String?
    /// The totals of the link checker (`214 links on 37 pages: …`), which stand for those of records; nil for records.
    package var links: String?
    /// Percentiles above 0, up to 100.
    package var percentiles: [Double]

    /// The percentiles of a report that names none.
    package static let usualPercentiles: [Double] = [50, 90, 95, 99, 99.9]

    /// Takes each value as it is.
    package init(
        version: String, command: String, elapsed: Duration, ending: String? = nil,
        percentiles: [Double] = ReportHead.usualPercentiles
    ) {
        self.version = version
        self.command = command
        self.elapsed = elapsed
        self.ending = ending
        self.percentiles = percentiles
    }

    /// `fetchall fetch: 12 records, 2 failed`
    func title(_ report: RunReport) -> String {
        if let links { return "fetchall \(command): \(links)" }
        let totals = report.totals
        var text = "fetchall \(command): \(totals.records) \(totals.records == 1 ? "record" : "records")"
        if totals.failed > 0 { text += ", \(totals.failed) failed" }
        if let errors = report.severities[.error], errors > 0 {
            text += ", \(errors) broken \(errors == 1 ? "link" : "links")"
        }
        return text
    }

    /// Name and value of each percentile, in microseconds: `p99.9`. Empty without responses.
    func percentiles(of report: RunReport) -> [(name: String, microseconds: Int64)] {
        guard let extremes = report.requests.extremes else { return [] }
        return percentiles.map { percentile in
            // The histogram rounds up to the end of a bucket, but nothing took longer than the maximum.
            let value = min(report.requests.latencies.valueAtPercentile(percentile), UInt64(extremes.max))
            return ("p\(Self.text(percentile))", max(Int64(clamping: value), extremes.min))
        }
    }

    /// `99`, `99.9`
    private static func text(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
