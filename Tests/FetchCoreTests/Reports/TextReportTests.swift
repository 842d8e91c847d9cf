import FetchHTTP
import FetchSystem
import Testing

@testable import FetchHTML
@testable import FetchRecords

@Suite("issue 26: the reports for CI")
struct TextReportTests {
    /// The elements of a document; nil where libxml2 finds a mistake in it.
    private static func elements(_ document: String) throws -> [(name: String, attributes: [String: String])]? {
        let parser = try #require(XMLPushParser())
        let events = parser.push(Array(document.utf8)[...]) + parser.finish()
        if parser.problem != nil { return nil }
        return events.compactMap { event in
            guard case .start(let name, let attributes) = event else { return nil }
            return (name, Dictionary(attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    @Test(.enabled(if: XMLPushParser.isThere, "libxml2 is not installed"))
    func `issue 26: JUnit is well-formed XML whatever the texts are, and counts its tests`() throws {
        for report in [ReportSamples.hostileReport, ReportSamples.hostileFindings] {
            let elements = try #require(try Self.elements(ReportSamples.document(.junit, report)))
            let tests = elements.filter { $0.name == "testcase" }
            let count = report.findings.isEmpty ? report.rows.count : report.findings.count
            #expect(tests.count == count && elements.first?.attributes["tests"] == "\(count)")
            let suites = elements.filter { $0.name == "testsuite" }.compactMap {
                $0.attributes["tests"].flatMap { Int($0) }
            }
            #expect(suites.reduce(0, +) == count)
            #expect(elements.filter { $0.name == "failure" }.count == count)
            #expect(
                Set(elements.map(\.name)).isSubset(of: [
                    "testsuites", "testsuite", "properties", "property", "testcase", "failure",
                ]))
        }
    }

    @Test(.enabled(if: XMLPushParser.isThere, "libxml2 is not installed"))
    func `issue 26: in JUnit a failure of this machine is an error, and what was not fetched is skipped`() throws {
        var report = RunReport()
        report.add(ReportSamples.outcome())
        report.add(ReportSamples.outcome("http://b.test/", status: 404, microseconds: 12_345))
        report.add(Outcome(input: Samples.input("http://b.test/2"), error: FetchError(.cancelled, "interrupted")))
        var skipped = Outcome(input: Samples.input("http://b.test/3"))
        skipped.crawl = CrawlDetails(depth: 1, skipped: .depth)
        report.add(skipped)
        let elements = try #require(try Self.elements(ReportSamples.document(.junit, report)))
        #expect(
            elements.first?.attributes == [
                "name": "fetchall fetch", "tests": "4", "failures": "1", "errors": "1", "time": "1.500",
            ])
        let suite = try #require(elements.last { $0.name == "testsuite" })
        #expect(suite.attributes["name"] == "b.test" && suite.attributes["skipped"] == "1")
        #expect(suite.attributes["time"] == "0.012" && suite.attributes["timestamp"] == "2026-01-01T00:00:00")
        #expect(elements.first { $0.name == "failure" }?.attributes == ["type": "http-status", "message": "HTTP 404"])
        #expect(elements.first { $0.name == "error" }?.attributes["type"] == "cancelled")
    }

    @Test func `issue 26: Markdown has the lines and cells of its own tables only`() {
        for report in [ReportSamples.hostileReport, ReportSamples.hostileFindings] {
            let text = ReportSamples.document(.markdown, report)
            var widths: [Int] = []
            for line in text.split(separator: "\n" as Character) {
                if line.hasPrefix("|") {
                    widths.append(line.utf8.filter { $0 == UInt8(ascii: "|") }.count - 1)
                } else {
                    #expect(
                        ["#", "<details>", "</details>", "…and"].contains { line.hasPrefix($0) }, "\(line)")
                }
            }
            #expect(Set(widths).isSubset(of: [2, 3, 4, 5, 6, 7]) && widths.count > 10)
        }
    }

    @Test func `issue 26: SARIF has a rule for each kind and a location for each finding`() throws {
        var report = ReportSamples.hostileFindings
        report.add(
            Finding(
                location: Finding.Location(document: "http://a.test/page", isFile: false), text: "t", target: "u",
                kind: "insecure", severity: .warning, message: "see [this]{0}"))
        let json = try JSONValue.parse(ReportFormat.sarif.bytes(of: report, ReportSamples.head)[...])
        let run = try #require(json["runs"]?[0])
        #expect(run["tool"]?["driver"]?["rules"]?[1]?["id"]?.string == "malformed")
        let results = (0...ReportSamples.hostile.count).compactMap { run["results"]?[$0] }
        #expect(results.count == ReportSamples.hostile.count + 1 && run["results"]?[results.count] == nil)
        for result in results.dropLast() {
            let place = try #require(result["locations"]?[0]?["physicalLocation"])
            #expect(place["region"]?["startLine"]?.integer == 3 && place["region"]?["startColumn"]?.integer == 7)
            let uri = try #require(place["artifactLocation"]?["uri"]?.string)
            #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"`{}|\\^".utf8.contains($0) }, "\(uri)")
        }
        #expect(results.last?["level"]?.string == "warning")
        #expect(results.last?["message"]?["text"]?.string == "u: see \\[this\\]{{0}}")
    }

    @Test func `issue 26: a path in SARIF is a reference, and no scheme`() {
        func uri(_ path: String) -> String { SARIFReport.uri(Finding.Location(document: path, isFile: true)) }
        #expect(uri("docs/a b.md") == "docs/a%20b.md" && uri("/abs/x.md") == "file:///abs/x.md")
        #expect(uri("javascript:x/y.md") == "./javascript:x/y.md")
    }
}
