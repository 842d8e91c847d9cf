import FetchHTTP

@testable import FetchRecords

/// Reports for tests of their formats.
enum ReportSamples {
    /// What pages and servers write to be taken for markup, in one format or another.
    static let hostile = [
        "</script><script>owned()</script>", "<!--<script>", "</title></style><img src=x onerror=owned()>",
        "\u{2028}after\u{2029}", "javascript:owned()", "JaVaScRiPt:owned()", "a|b`c``d", "[text](http://evil.test/)",
        "![x](http://evil.test/)", "<http://evil.test/>", "line\n::error::owned\r\n# heading",
        "\u{0}\u{1}\u{8}\u{B}\u{1F}",
        "\u{FFFE}\u{FFFF}\u{FEFF}", "\u{202E}gnp.exe\u{2066}", "\u{1B}[31mred\u{9B}0m\u{7F}", "]]>&lt;&#0;&unknown;",
        "' onmouseover='owned()", "\" onmouseover=\"owned()", "{0} [link](1) \\", "@everyone #1", "=cmd|'/c calc'!A1",
        "back\\slash\\", "``` \n ```", "👩‍💻 é \u{65}\u{301}",
    ]

    static let head = ReportHead(version: "1.2.3", command: "fetch", elapsed: .milliseconds(1500))

    /// A record of a response.
    static func outcome(
        _ url: String = "http://a.test/", index: Int = 0, status: Int = 200, microseconds: Int64 = 10_000,
        request: HeaderFields = HeaderFields(), response: [(String, String)] = [], body: String = ""
    ) -> Outcome {
        var timing = Timing()
        timing.total = .microseconds(microseconds)
        timing.nameLookup = .microseconds(microseconds / 10)
        timing.connect = .microseconds(microseconds / 5)
        timing.appConnect = .microseconds(microseconds / 2)
        timing.startTransfer = .microseconds(microseconds * 9 / 10)
        let parsed = FetchURL(url)
        let input = Input(
            index: index, text: url,
            request: parsed.map { .success(Request($0, headers: request)) }
                ?? .failure(FetchError(.invalidURL, "'\(url)' is not a valid URL")))
        return Outcome(
            input: input, effectiveURL: parsed,
            response: Response(
                status: status, headers: HeaderFields(response.map { (name: $0.0, value: $0.1) }),
                body: .bytes(Array(body.utf8)), size: body.utf8.count, connects: 1, remoteIP: "192.0.2.1",
                remotePort: 443, timing: timing),
            error: status < 400 ? nil : FetchError(.httpStatus, "HTTP \(status)"), timing: timing,
            startedAt: 1_767_225_600_000 + Int64(index))
    }

    /// A report in which each text of a page, a server or a list is a hostile one.
    static var hostileReport: RunReport {
        var report = RunReport(exchanges: .bodies)
        for (index, text) in hostile.enumerated() {
            var failed = outcome(
                index: 2 * index, status: 404, response: [("X-Text", text), ("Location", text)], body: text)
            failed.input.id = text
            failed.error = FetchError(.httpStatus, text)
            failed.crawl = CrawlDetails(depth: 1, title: text)
            report.add(failed)
            let input = Input(
                index: 2 * index + 1, text: text,
                request: .failure(FetchError(.invalidURL, "'\(text)' is not a valid URL")))
            report.add(Outcome(input: input, error: FetchError(.invalidURL, "'\(text)' is not a valid URL")))
        }
        return report
    }

    /// A report of findings in which each text is a hostile one.
    static var hostileFindings: RunReport {
        var report = RunReport()
        for text in hostile {
            let location = Finding.Location(document: text, isFile: true, line: 3, column: 7)
            report.add(
                Finding(
                    location: location, text: text, target: text, kind: "malformed", severity: .error, message: text))
        }
        return report
    }

    /// A format's document as text; the bytes are UTF-8.
    static func document(_ format: ReportFormat, _ report: RunReport, _ head: ReportHead = ReportSamples.head) -> String
    {
        String(validating: format.bytes(of: report, head), as: UTF8.self) ?? "not UTF-8"
    }
}
