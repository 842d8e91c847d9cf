import FetchHTTP
import FetchSystem

/// A run as JUnit XML, as Jenkins reads it (junit-10.xsd of its xUnit plugin): a suite for each host, a test for each
/// record. With findings, each of them is a test too, in a suite for its document, and stands for the records that failed.
struct JUnitReport {
    let report: RunReport
    let head: ReportHead

    /// A test.
    private struct Case {
        var name: String
        var group: String
        var microseconds: Int64 = 0
        /// `failure`, `error` or `skipped`; nil for success.
        var verdict: String?
        var kind = ""
        var message = ""
    }

    /// What says something about this machine or the run, not about the server.
    private static let ownKinds: Set<String> = [
        FetchError.Kind.io.rawValue, FetchError.Kind.localLimit.rawValue, FetchError.Kind.cancelled.rawValue,
        FetchError.Kind.deadline.rawValue,
    ]

    /// The document.
    var bytes: [UInt8] {
        let rows = report.findings.isEmpty ? report.rows : report.rows.filter { $0.state == .ok }
        var cases = report.findings.map(Self.test) + rows.map(Self.test)
        // Sound links are no findings: the whole of them is a test that has passed.
        if cases.isEmpty, let links = head.links { cases.append(Case(name: links, group: "links")) }
        let suites = Self.grouped(cases)
        let all = suites.flatMap(\.cases)
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(
            "<testsuites name=\"\(ReportText.markup("fetchall " + head.command))\" tests=\"\(all.count)\" "
                + "failures=\"\(Self.count(all, "failure"))\" errors=\"\(Self.count(all, "error"))\" "
                + "time=\"\(ReportText.thousandths(head.elapsed.microseconds / 1000))\">")
        for (index, suite) in suites.enumerated() {
            lines.append(opening(suite.name, suite.cases))
            if index == 0 { lines += properties }
            lines += suite.cases.map { Self.line($0, suite.name) }
            lines.append("</testsuite>")
        }
        // Without a record there is a suite nevertheless: readers take a file without one for a broken build.
        if suites.isEmpty { lines += [opening("fetchall", [])] + properties + ["</testsuite>"] }
        lines.append("</testsuites>\n")
        return Array(lines.joined(separator: "\n").utf8)
    }

    private func opening(_ name: String, _ cases: [Case]) -> String {
        let time = cases.reduce(0) { $0 + $1.microseconds }
        let stamp = report.startedAt.map { " timestamp=\"\(ReportText.time($0).prefix(19))\"" } ?? ""
        return "<testsuite name=\"\(ReportText.markup(name))\" tests=\"\(cases.count)\" "
            + "failures=\"\(Self.count(cases, "failure"))\" errors=\"\(Self.count(cases, "error"))\" "
            + "skipped=\"\(Self.count(cases, "skipped"))\" time=\"\(ReportText.thousandths(time / 1000))\"\(stamp)>"
    }

    private var properties: [String] {
        var values = [("version", head.version)]
        if let ending = head.ending { values.append(("ended-early", ending)) }
        let leftOut = report.leftOut + report.findingsLeftOut
        if leftOut > 0 { values.append(("left-out", "\(leftOut)")) }
        let lines = values.map { "<property name=\"\($0)\" value=\"\(ReportText.markup($1))\"/>" }
        return ["<properties>"] + lines + ["</properties>"]
    }

    private static func line(_ test: Case, _ suite: String) -> String {
        let start =
            "<testcase name=\"\(ReportText.markup(test.name))\" classname=\"\(ReportText.markup(suite))\" "
            + "time=\"\(ReportText.thousandths(test.microseconds / 1000))\""
        guard let verdict = test.verdict else { return start + "/>" }
        let type = ReportText.markup(test.kind)
        let message = ReportText.markup(test.message)
        return start + "><\(verdict) type=\"\(type)\" message=\"\(message)\"/></testcase>"
    }

    private static func test(_ row: ReportRow) -> Case {
        var test = Case(name: row.url, group: row.host.isEmpty ? "no host" : row.host)
        if let id = row.id { test.name = "\(id): \(row.url)" }
        if row.method != "GET" { test.name = "\(row.method) \(test.name)" }
        test.microseconds = row.timing?.total ?? 0
        test.kind = row.kind ?? ""
        test.message = row.message ?? row.kind ?? ""
        switch row.state {
        case .ok: break
        case .skipped: test.verdict = "skipped"
        case .failed: test.verdict = ownKinds.contains(test.kind) ? "error" : "failure"
        }
        return test
    }

    private static func test(_ finding: Finding) -> Case {
        let location = finding.location
        let line = location.line.map { ":\($0)" + (location.column.map { ":\($0)" } ?? "") } ?? ""
        var test = Case(name: "\(location.document)\(line) \(finding.target)", group: location.document)
        test.kind = finding.kind
        test.message = finding.message
        // A warning does not end the run with a failure.
        test.verdict = finding.severity == .error ? "failure" : "skipped"
        return test
    }

    private static func grouped(_ cases: [Case]) -> [(name: String, cases: [Case])] {
        var indices: [String: Int] = [:]
        var suites: [(name: String, cases: [Case])] = []
        for test in cases {
            if let index = indices[test.group] {
                suites[index].cases.append(test)
            } else {
                indices[test.group] = suites.count
                suites.append((test.group, [test]))
            }
        }
        return suites
    }

    private static func count(_ cases: [Case], _ verdict: String) -> Int {
        cases.count { $0.verdict == verdict }
    }
}
