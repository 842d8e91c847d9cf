import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("issue 26: what a report keeps of a run")
struct RunReportTests {
    @Test func `issue 26: totals count each record once, by its result`() {
        var report = RunReport()
        report.add(ReportSamples.outcome())
        report.add(ReportSamples.outcome(status: 404))
        report.add(ReportSamples.outcome(status: 500), counts: false)
        var skipped = Outcome(input: Samples.input())
        skipped.crawl = CrawlDetails(depth: 1, skipped: .robots)
        report.add(skipped)
        #expect(report.totals == RunReport.Totals(ok: 1, failed: 1, skipped: 2))
        #expect(report.rows.map(\.state) == [.ok, .failed, .skipped, .skipped])
        #expect(report.rows.last?.kind == "robots")
    }

    @Test func `issue 26: beyond the limit only totals grow, and the report says how many rows it left out`() throws {
        var report = RunReport(rowLimit: 100)
        for index in 0..<250 {
            report.add(
                ReportSamples.outcome(index: index, status: index % 2 == 0 ? 200 : 404, microseconds: Int64(index)))
        }
        #expect(report.rows.count == 100 && report.leftOut == 150)
        #expect(report.totals == RunReport.Totals(ok: 125, failed: 125))
        #expect(report.slowest.count == 20 && report.slowest.first?.index == 249 && report.waterfall.count == 200)
        let page = ReportSamples.document(.html, report)
        #expect(page.contains("150 further records are in the totals only"))
        #expect(ReportSamples.document(.junit, report).contains("<property name=\"left-out\" value=\"150\"/>"))
        #expect(ReportSamples.document(.har, report).contains("150 further records are left out"))
        let markdown = ReportSamples.document(.markdown, report)
        #expect(markdown.contains("| 250 | 125 | 125 | 0 |") && markdown.contains("and 75 more failed records"))
        let json = try JSONValue.parse(Array(ReportSamples.document(.json, report).utf8)[...])
        #expect(json["totals"]?["records"]?.integer == 250)
    }

    @Test func `issue 26: findings are bounded in the same way`() {
        var report = RunReport(rowLimit: 2)
        for severity in [Finding.Severity.error, .warning, .error, .skipped] {
            let location = Finding.Location(document: "a.md", isFile: true)
            report.add(
                Finding(location: location, text: "", target: "x", kind: "malformed", severity: severity, message: "m"))
        }
        #expect(report.findings.count == 2 && report.findingsLeftOut == 2 && report.severities[.error] == 2)
        #expect(ReportSamples.document(.sarif, report).contains("2 further findings are left out"))
    }

    @Test func `issue 26: percentiles are those that are asked for, between minimum and maximum`() throws {
        var report = RunReport()
        for index in 1...1000 { report.add(ReportSamples.outcome(index: index, microseconds: Int64(index) * 1000)) }
        var head = ReportSamples.head
        head.percentiles = [50, 99.9, 100]
        let percentiles = head.percentiles(of: report)
        #expect(percentiles.map(\.name) == ["p50", "p99.9", "p100"])
        for (value, expected) in zip(percentiles.map(\.microseconds), [500_000, 999_000, 1_000_000]) {
            #expect(abs(Int(value) - expected) <= expected / 500, "\(value)")
        }
        let json = try JSONValue.parse(ReportFormat.json.bytes(of: report, head)[...])
        #expect(json["latency"]?["percentiles"]?["p100"]?.double == 1.0)
        #expect(json["latency"]?["max"]?.double == 1.0 && json["latency"]?["min"]?.double == 0.001)
        #expect(ReportSamples.head.percentiles(of: RunReport()).isEmpty)
    }

    @Test func `issue 26: failures are grouped by kind, status and host`() throws {
        var report = RunReport()
        for url in ["http://a.test/1", "http://a.test/2", "http://b.test/"] {
            report.add(ReportSamples.outcome(url, status: 404))
        }
        report.add(ReportSamples.outcome("http://a.test/3", status: 500))
        report.add(Outcome(input: Samples.input("http://a.test/4"), error: FetchError(.timedOut, "no answer")))
        let groups = report.errors.sorted
        #expect(groups.map(\.key.label) == ["http-status 404", "http-status 404", "http-status 500", "timed-out"])
        #expect(groups.map(\.count) == [2, 1, 1, 1] && groups[0].example == "http://a.test/1")
        let json = try JSONValue.parse(ReportFormat.json.bytes(of: report, ReportSamples.head)[...])
        #expect(json["by_error"]?["http-status"]?.integer == 4 && json["by_error"]?["timed-out"]?.integer == 1)
        #expect(json["errors"]?[0]?["response_code"]?.integer == 404 && json["by_status"]?["404"]?.integer == 3)
    }

    @Test func `issue 26: the intervals of statuses over time become longer, and lose none`() {
        var series = StatusSeries()
        var report = RunReport()
        for index in 0..<5000 {
            report.add(ReportSamples.outcome(index: index * 100, status: index % 10 == 0 ? 503 : 200))
        }
        series = report.series
        #expect(series.counts.count <= StatusSeries.intervalLimit && series.length == 10_240)
        #expect(series.counts.reduce(0) { $0 + $1[StatusSeries.Class.success.rawValue] } == 4500)
        #expect(series.counts.reduce(0) { $0 + $1[StatusSeries.Class.serverError.rawValue] } == 500)
    }

    @Test func `issue 26: a report without a record is complete in every format`() throws {
        for format in ReportFormat.allCases {
            let text = ReportSamples.document(format, RunReport())
            #expect(text.hasSuffix("\n") && text.contains("fetchall"), "\(format)")
            if [.json, .sarif, .har].contains(format) {
                #expect(throws: Never.self) { try JSONText.validate(Array(text.utf8)[...]) }
            }
        }
    }

    @Test func `issue 26: a run that ended early says so in every format`() {
        var head = ReportSamples.head
        head.ending = "it was interrupted"
        var report = RunReport()
        report.add(ReportSamples.outcome())
        for format in ReportFormat.allCases {
            #expect(ReportSamples.document(format, report, head).contains("it was interrupted"), "\(format)")
        }
    }
}
