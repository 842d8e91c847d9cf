import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("issue 26: HTTP archives, and secrets in reports")
struct HARReportTests {
    private static let secrets = [
        "t0pS3cret", "c00kieV4lue", "s3rverC00kie", "qu3ryT0ken", "p4ssw0rd", "fr4gmentT0ken",
    ]

    /// A report of a run whose requests have credentials that its server repeats everywhere.
    private static var secretReport: RunReport {
        var report = RunReport(exchanges: .bodies)
        let fields = HeaderFields([
            ("Authorization", "Bearer \(secrets[0])"), ("Cookie", "sid=\(secrets[1])"), ("X-Api-Key", "short"),
            ("Accept", "text/html"),
        ])
        let all = secrets.joined(separator: " ")
        let url = "http://me:\(secrets[4])@a.test/?token=\(secrets[3])&q=kept#access_token=\(secrets[5])"
        for index in 0..<3 {
            var outcome = ReportSamples.outcome(
                url, index: index, status: 404, request: fields,
                response: [
                    ("Set-Cookie", "s=\(secrets[2]); Path=/"), ("X-Echo", all),
                    ("Location", "http://u:\(secrets[4])@b.test/?sig=abc"), ("Proxy-Authorization", "Basic eDp5"),
                ], body: "You sent \(all)")
            outcome.error = FetchError(.httpStatus, "GET \(url): \(all)")
            outcome.crawl = CrawlDetails(depth: 0, title: all)
            outcome.input.id = all
            report.add(outcome)
        }
        return report
    }

    @Test func `issue 26: no report contains a credential of the request, a cookie or a secret of a URL`() {
        for format in ReportFormat.allCases {
            let text = ReportSamples.document(format, Self.secretReport)
            for secret in Self.secrets { #expect(!text.contains(text: secret), "\(format) has \(secret)") }
            #expect(format == .sarif || format == .json || text.contains(text: "***"), "\(format)")
            #expect(!text.contains(text: "sig=abc") && !text.contains(text: "eDp5"))
        }
        #expect(ReportSamples.document(.har, Self.secretReport).contains(text: "q=kept"))
    }

    @Test func `issue 26: what one record's server sets is hidden in what another's repeats`() {
        var report = RunReport()
        report.add(ReportSamples.outcome(response: [("Set-Cookie", "sid=s3ssionOfTheFirst")]))
        var other = ReportSamples.outcome("http://b.test/", status: 500)
        other.error = FetchError(.httpStatus, "s3ssionOfTheFirst")
        report.add(other)
        #expect(report.rows[1].message == "***")
    }

    @Test func `issue 26: the fields of HAR are those of version 1.2, and the phases make the time`() throws {
        var report = RunReport(exchanges: .fields)
        report.add(
            ReportSamples.outcome(
                "http://a.test/?a=b+c&d", microseconds: 10_000, response: [("Content-Type", "text/plain")]))
        report.add(Outcome(input: Samples.input("ftp://x/"), error: FetchError(.invalidURL, "x")))
        let json = try JSONValue.parse(ReportFormat.har.bytes(of: report, ReportSamples.head)[...])
        let log = try #require(json["log"])
        #expect(log["version"]?.string == "1.2" && log["creator"]?["name"]?.string == "fetchall")
        #expect(log["comment"]?.string?.contains(text: "1 records have no entry") == true)
        let entry = try #require(log["entries"]?[0])
        #expect(log["entries"]?[1] == nil && entry["startedDateTime"]?.string == "2026-01-01T00:00:00.000Z")
        for member in ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"] {
            #expect(entry["request"]?[member] != nil, "\(member)")
        }
        for member in [
            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
            "bodySize",
        ] { #expect(entry["response"]?[member] != nil, "\(member)") }
        #expect(entry["request"]?["queryString"]?[0]?["value"]?.string == "b c")
        #expect(entry["request"]?["queryString"]?[1]?["name"]?.string == "d")
        #expect(entry["response"]?["content"]?["mimeType"]?.string == "text/plain")
        #expect(entry["response"]?["content"]?["text"] == nil)
        let timings = try #require(entry["timings"])
        let expected = ["blocked": -1, "dns": 1, "connect": 4, "ssl": 3, "send": 0, "wait": 4, "receive": 1]
        for (name, value) in expected { #expect(timings[name]?.double == Double(value), "\(name)") }
        #expect(entry["time"]?.double == 10)
    }

    @Test func `issue 26: bodies are text or base64, and bounded`() throws {
        var report = RunReport(exchanges: .bodies)
        report.add(ReportSamples.outcome(body: "é"))
        var binary = ReportSamples.outcome(index: 1)
        binary.response?.body = .bytes([0xFF, 0])
        report.add(binary)
        var large = ReportSamples.outcome(index: 2)
        large.response?.body = .bytes([UInt8](repeating: 0x78, count: HARExchange.largestBody + 1))
        report.add(large)
        let json = try JSONValue.parse(ReportFormat.har.bytes(of: report, ReportSamples.head)[...])
        let contents = (0..<3).compactMap { json["log"]?["entries"]?[$0]?["response"]?["content"] }
        #expect(contents[0]["text"]?.string == "é" && contents[0]["encoding"] == nil)
        #expect(contents[1]["text"]?.string == "/wA=" && contents[1]["encoding"]?.string == "base64")
        #expect(contents[2]["text"] == nil && contents[2]["comment"]?.string?.contains(text: "left out") == true)
    }

    @Test func `issue 26: hostile texts leave HAR and the totals valid JSON`() throws {
        for format in [ReportFormat.har, .json, .sarif] {
            for report in [ReportSamples.hostileReport, ReportSamples.hostileFindings] {
                try JSONText.validate(format.bytes(of: report, ReportSamples.head)[...])
            }
        }
    }
}
