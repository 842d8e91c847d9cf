import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@Suite("CSV and TSV read back as what went in")
struct CSVFormatterTests {
    /// Reads CSV as RFC 4180 says, strictly.
    private func read(_ text: String) throws -> [[String]] {
        struct Malformed: Error {}
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var bytes = Array(text.utf8)[...]
        func end() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while let byte = bytes.popFirst() {
            switch byte {
            case 0x22 where isQuoted && bytes.first == 0x22: field.append(bytes.removeFirst())
            case 0x22 where isQuoted:
                isQuoted = false
                guard bytes.first == 0x2C || bytes.first == 0x0D else { throw Malformed() }
            case _ where isQuoted: field.append(byte)
            case 0x22:
                guard field.isEmpty else { throw Malformed() }
                isQuoted = true
            case 0x2C: end()
            case 0x0D:
                guard bytes.popFirst() == 0x0A else { throw Malformed() }
                end()
                rows.append(row)
                row = []
            case 0x0A: throw Malformed()
            default: field.append(byte)
            }
        }
        guard !isQuoted, row.isEmpty, field.isEmpty else { throw Malformed() }
        return rows
    }

    private func outcome(id: String) -> Outcome {
        Outcome(input: Samples.input(id: id), error: FetchError(.io, id))
    }

    @Test("The header names the fields of the record, the error in three columns")
    func header() throws {
        let names =
            "id,index,url,url_effective,method,ok,response_code,http_version,content_type,error_kind,error_message,"
            + "exitcode,size_download,num_redirects,num_retries,num_connects,remote_ip,remote_port,started_at,time_wait,"
            + "time_namelookup,time_connect,time_appconnect,time_starttransfer,time_total,retry_after,cache,"
            + "filename_effective"
        #expect(Samples.document(CSVFormatter(), []) == names + "\r\n")
        #expect(
            Samples.document(CSVFormatter(.tsv), [])
                == String(names.map { $0 == "," ? "\t" : $0 }) + "\n")
    }

    @Test("Every row has as many fields as the header")
    func rows() throws {
        let rows = try read(Samples.document(CSVFormatter(), [Samples.ok(), Samples.failed()]))
        #expect(rows.map(\.count) == [28, 28, 28])
        #expect(
            rows[1] == [
                "a", "0", "http://example.org/", "http://example.org/", "GET", "true", "200", "2", "text/html", "", "",
                "",
                "1256", "1", "2", "1", "127.0.0.1", "8080", "2026-01-01T00:00:00.000Z", "1.5", "0.000012", "0.000345",
                "0.0", "0.101", "0.1024", "", "", "a.html",
            ])
        #expect(rows[2][9...11] == ["timed-out", "no answer", "28"])
        let tsv = Samples.document(CSVFormatter(.tsv), [Samples.ok()]).split(separator: "\n")
        #expect(tsv.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count } == [28, 28])
    }

    @Test(
        "Commas, quotes and line breaks come back",
        arguments: ["a,b", "a\"b", "\"", "\"\"", "a\nb", "a\r\nb", "a\tb", "a b", " a ", "é😀", "a'b", ",", "x\r"])
    func quoted(text: String) throws {
        let rows = try read(Samples.document(CSVFormatter(), [outcome(id: text)]))
        #expect(rows[1][0] == text)
        #expect(rows[1][10] == text)
    }

    @Test(
        "A text that a spreadsheet would run is disarmed, unless told otherwise",
        arguments: ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "\na", "=\"a,b\""])
    func formulas(text: String) throws {
        let rows = try read(Samples.document(CSVFormatter(), [outcome(id: text)]))
        #expect(rows[1][0] == "'" + text)
        let unguarded = try read(Samples.document(CSVFormatter(guardsFormulas: false), [outcome(id: text)]))
        #expect(unguarded[1][0] == text)
        #expect(Samples.document(CSVFormatter(.tsv), [outcome(id: text)]).contains("\n'"))
    }

    @Test("Our own numbers are never disarmed")
    func numbers() throws {
        var outcome = Samples.failed(FetchError(.cancelled, "x", curlCode: CurlCode(rawValue: -1)))
        outcome.wait = .seconds(-1)
        let rows = try read(Samples.document(CSVFormatter(), [outcome]))
        #expect(rows[1][11] == "-1")
        #expect(rows[1][19] == "-1.0")
    }

    @Test("A TSV record is one line, and its escapes tell what was there")
    func tsv() {
        let text = Samples.document(CSVFormatter(.tsv), [outcome(id: "a\tb\nc\r\\d\\\\n\u{1B}\"")])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix(#"a\tb\nc\r\\d\\\\n\x1b""# + "\t0\t"))
    }

    @Test("Characters that a terminal would obey are written out")
    func controls() throws {
        let rows = try read(Samples.document(CSVFormatter(), [outcome(id: "a\u{1B}[31m\u{9B}\u{202E}\u{0}")]))
        #expect(rows[1][0] == #"a\x1b[31m\x9b\u202e\x00"#)
    }

    @Test("issue 22.4: digests, and what is known about saved bodies, are columns where they are asked for")
    func savedColumns() throws {
        var outcome = Samples.ok()
        outcome.saved = SavedDetails(digest: [0x0A, 0xFF], algorithm: .md5, resumedFrom: 7, skipped: "exists")
        let options = RecordOptions(hash: .md5, saved: true)
        let rows = try read(Samples.document(CSVFormatter(options: options), [outcome, Samples.failed()]))
        #expect(
            rows.map { $0.suffix(4) } == [
                ["filename_effective", "md5", "resumed_from", "skipped"], ["a.html", "0aff", "7", "exists"],
                ["", "", "", ""],
            ])
        // A page has its reasons among its own fields; that of another digest is not shown as this one.
        outcome.crawl = CrawlDetails(depth: 1)
        let other = RecordOptions(hash: .sha1, saved: true)
        let pages = try read(Samples.document(CSVFormatter(isCrawl: true, options: other), [outcome]))
        #expect(
            pages[0].suffix(8) == [
                "sha1", "resumed_from", "depth", "parent", "title", "links_found", "robots", "skipped",
            ])
        #expect(pages[1].suffix(8) == ["", "7", "1", "", "", "", "", "exists"])
        #expect(try read(Samples.document(CSVFormatter(), [outcome]))[1].suffix(1) == [""])
    }
}
