import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("Formats of findings")
struct FindingFormatterTests {
    private static func finding(
        _ document: String = "docs/a.md", isFile: Bool = true, line: Int? = 3, kind: String = "http-status",
        severity: Finding.Severity = .error, message: String = "404 Not Found", outcome: Outcome? = nil
    ) -> Finding {
        Finding(
            location: .init(document: document, isFile: isFile, line: line, column: line.map { _ in 5 }),
            text: "a, \"b\"",
            target: "http://example.org/x", kind: kind, severity: severity, message: message, outcome: outcome)
    }

    private static func document(_ formatter: some FindingFormatter, _ findings: [Finding]) -> String {
        var formatter = formatter
        var bytes: [UInt8] = []
        formatter.begin(into: &bytes)
        for finding in findings { formatter.append(finding, into: &bytes) }
        formatter.end(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `JSON has what is wrong, where, and the measurements`() throws {
        let findings = [
            Self.finding(), Self.finding("http://a.test/", isFile: false, outcome: Samples.ok("http://example.org/x")),
        ]
        for isLines in [false, true] {
            let text = Self.document(FindingJSONFormatter(isLines: isLines), findings)
            #expect(text.hasPrefix(isLines ? "{" : "[\n{") && text.hasSuffix(isLines ? "}\n" : "}\n]\n"))
            #expect(
                text.contains(
                    #""severity":"error","kind":"http-status","message":"404 Not Found","page":null,"file":"docs/a.md","line":3,"column":5,"text":"a, \"b\"","url":"http://example.org/x","url_effective":null,"method":null,"response_code":null"#
                ))
            #expect(text.contains(#""page":"http://a.test/","file":null"#))
            #expect(text.contains(#""response_code":200"#) && text.contains(#""remote_ip":"127.0.0.1""#))
            let documents = isLines ? text.split(separator: "\n").map(String.init) : [text]
            for document in documents { _ = try JSONValue.parse(Array(document.utf8)[...]) }
        }
        #expect(Self.document(FindingJSONFormatter(), []) == "[]\n")
        #expect(Self.document(FindingJSONFormatter(isLines: true), []).isEmpty)
    }

    @Test func `CSV has a row for each link`() {
        let text = Self.document(FindingCSVFormatter(.csv), [Self.finding()])
        let lines = text.split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].hasPrefix(
                "severity,kind,message,page,file,line,column,text,url,url_effective,method,response_code,"))
        #expect(
            lines[1].hasPrefix("error,http-status,404 Not Found,,docs/a.md,3,5,\"a, \"\"b\"\"\",http://example.org/x,"))
        let counts = Self.document(FindingCSVFormatter(.tsv), [Self.finding()]).split(separator: "\n")
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).count }
        #expect(counts.count == 2 && counts[0] == counts[1])
    }

    @Test func `the table groups links by page`() {
        let text = Self.document(
            FindingTableFormatter(), [Self.finding(), Self.finding(line: nil), Self.finding("b.md")])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 5 && lines[0] == "docs/a.md" && lines[3] == "b.md")
        #expect(lines[1].hasPrefix("  3:5      http-status"))
        #expect(lines[2].hasPrefix("  -        http-status"))
        #expect(!Self.document(FindingTableFormatter(), [Self.finding("a\u{1B}[31m")]).contains("\u{1B}"))
        let narrow = Self.document(FindingTableFormatter(width: 40), [Self.finding()])
        #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 40 })
    }

    @Test func `annotations are escaped as GitHub's toolkit does`() {
        let finding = Self.finding("a,b:c%.md", message: "100% \r\n::error::x")
        #expect(
            Self.document(FindingGitHubFormatter(), [finding])
                == "::error file=a%2Cb%3Ac%25.md,line=3,col=5,title=http-status::http://example.org/x: 100%25 %0D%0A::error::x\n"
        )
        let warning = Self.finding("http://a.test/", isFile: false, severity: .warning)
        #expect(
            Self.document(FindingGitHubFormatter(), [warning])
                == "::warning title=http-status::http://example.org/x: 404 Not Found (on http://a.test/ line 3)\n")
    }
}
