import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("issue 26: the HTML report")
struct HTMLReportTests {
    /// What stands between two texts, for each time that they occur.
    private static func blocks(_ text: String, _ start: String, _ end: String) -> [String] {
        text.parts(separatedByText: start).dropFirst().map { beginning(of: String($0), before: end) }
    }

    /// A text up to another one that occurs in it.
    private static func beginning(of text: String, before end: String) -> String {
        String(text.parts(separatedByText: end)[0])
    }

    @Test func `issue 26: the policy allows the style and the script of the file, by the hash of their content`() throws
    {
        let page = ReportSamples.document(.html, ReportSamples.hostileReport)
        let style = try #require(Self.blocks(page, "<style>", "</style>").first)
        let script = try #require(Self.blocks(page, "<script>", "</script>").first)
        for (block, directive) in [(style, "style-src"), (script, "script-src")] {
            let hash = Base64.encode(try #require(StreamDigest.of(Array(block.utf8), .sha256)))
            #expect(page.contains(text: "\(directive) 'sha256-\(hash)'"))
        }
        #expect(page.contains(text: "default-src 'none'") && !page.contains(text: "unsafe-inline"))
        #expect(page.contains(text: "base-uri 'none'; form-action 'none'"))
    }

    @Test func `issue 26: the page has one style, one script and one block of data, whatever the texts are`() {
        for report in [ReportSamples.hostileReport, ReportSamples.hostileFindings, RunReport()] {
            let page = ReportSamples.document(.html, report).lowercased()
            #expect(page.parts(separatedByText: "<script").count == 3)
            #expect(page.parts(separatedByText: "</script").count == 3)
            #expect(
                page.parts(separatedByText: "<style").count == 2 && page.parts(separatedByText: "</style").count == 2)
            #expect(!page.contains(text: "<!--") && !page.contains(text: "<img") && !page.contains(text: "<iframe"))
            #expect(!page.contains(text: " style=") && !page.contains(text: "href=\"javascript:"))
            // Every tag is one of ours, and none of their attributes is a handler.
            let markup = Self.beginning(of: page, before: "<script type=")
            for tag in Self.blocks(markup, "<", ">") {
                #expect(!tag.contains(text: " on"), "\(tag)")
            }
        }
    }

    @Test func `issue 26: the data is JSON that a script element cannot end with`() throws {
        let page = ReportSamples.document(.html, ReportSamples.hostileReport)
        let data = try #require(
            Self.blocks(page, "<script type=\"application/json\" id=\"data\">", "</script>").first)
        #expect(!data.utf8.contains { "<>&".utf8.contains($0) })
        let json = try JSONValue.parse(Array(data.utf8)[...])
        #expect(json["rows"]?[0]?[7]?.string == "http://a.test/")
        #expect(json["rows"]?[1]?[7]?.string == ReportText.visible(ReportSamples.hostile[0]))
        #expect(json["rows"]?[1]?[8]?.integer == 0 && json["rows"]?[0]?[8]?.integer == 1)
        #expect(json["rows"]?[2 * ReportSamples.hostile.count - 1] != nil)
    }

    @Test func `issue 26: links are http or https only, and hand nothing over`() {
        let page = ReportSamples.document(.html, ReportSamples.hostileReport)
        let markup = Self.beginning(of: page, before: "<script type=")
        let links = Self.blocks(markup, "<a class=\"url\" ", ">")
        #expect(!links.isEmpty)
        for link in links {
            #expect(link.hasPrefix("href=\"http://a.test/") && link.hasSuffix("rel=\"noopener noreferrer\""), "\(link)")
        }
    }

    @Test func `issue 26: charts have text beside them or a label, tables a caption, and what is clicked is a button`()
    {
        var report = RunReport()
        for index in 0..<30 { report.add(ReportSamples.outcome(index: index, status: index % 3 == 0 ? 404 : 200)) }
        let page = ReportSamples.document(.html, report)
        for drawing in Self.blocks(Self.beginning(of: page, before: "<script"), "<svg", ">") {
            #expect(
                drawing.contains(text: "aria-hidden=\"true\"") || drawing.contains(text: "role=\"img\" aria-label="))
        }
        let markup = Self.beginning(of: page, before: "<script")
        #expect(Self.blocks(markup, "<table", "</table>").allSatisfy { $0.contains(text: "<caption>") })
        #expect(
            Self.blocks(markup, "aria-sort=\"none\">", "</th>").allSatisfy { $0.hasPrefix("<button type=\"button\"") })
        for id in ["search", "show"] { #expect(page.contains(text: "<label for=\"\(id)\">")) }
        for id in ["latency", "over-time", "failures", "slowest", "waterfall", "records"] {
            #expect(page.contains(text: "<h2 id=\"\(id)\">"), "\(id)")
        }
        #expect(page.contains(text: "lang=\"en\"") && page.contains(text: "prefers-color-scheme: dark"))
        #expect(page.contains(text: "@media print") && page.contains(text: "width=device-width"))
    }
}
