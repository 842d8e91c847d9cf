import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("Write-out formats mean what they mean to curl")
struct WriteOutTests {
    private func written(_ format: String, _ outcome: Outcome = Samples.ok()) throws -> String {
        try Samples.document(WriteOut(format), [outcome])
    }

    @Test(
        "A variable is written as curl writes it",
        arguments: [
            ("http_code", "200", "000"), ("response_code", "200", "000"),
            ("url", "http://example.org/", "http://example.org/"),
            ("url_effective", "http://example.org/", ""), ("urlnum", "0", "0"), ("id", "a", ""),
            ("method", "GET", "GET"),
            ("scheme", "http", "http"), ("http_version", "2", "0"), ("content_type", "text/html", ""),
            ("size_download", "1256", "0"), ("speed_download", "12265", "0"),
            ("time_namelookup", "0.000012", "0.000000"),
            ("time_connect", "0.000345", "0.000000"), ("time_appconnect", "0.000000", "0.000000"),
            ("time_starttransfer", "0.101000", "0.000000"), ("time_total", "0.102400", "0.000000"),
            ("time_wait", "1.500000", "0.000000"), ("num_redirects", "1", "0"), ("num_retries", "2", "0"),
            ("num_connects", "1", "0"), ("remote_ip", "127.0.0.1", ""), ("remote_port", "8080", "0"),
            ("errormsg", "", "no answer"), ("exitcode", "0", "28"), ("filename_effective", "a.html", ""),
            ("stdout", "", ""), ("onerror", "", ""),
            ("header_json", #"{"server":["demo"],"set-cookie":["a=1","b=2"],"content-type":["text/html"]}"#, "{}"),
        ])
    func variables(name: String, ok: String, failed: String) throws {
        #expect(try written("%{\(name)}") == ok)
        #expect(try written("%{\(name)}", Samples.failed()) == failed)
    }

    @Test("Every variable is tried above or here")
    func json() throws {
        #expect(try written("%{json}") == Samples.record(Samples.ok()))
        #expect(
            try Samples.document(WriteOut("%{json}", options: RecordOptions(headers: true)), [Samples.ok()])
                == Samples.record(Samples.ok(), headers: true))
        #expect(WriteOutVariable.allCases.count == 30)
    }

    @Test(
        "Text, escapes and percent signs",
        arguments: [
            ("", ""), ("a b", "a b"), (#"\n\t\r\\"#, "\n\t\r\\"), (#"\x\"#, #"\x\"#), ("100%%", "100%"), ("%", "%"),
            ("%x %", "%x %"), ("%%{url}", "%{url}"), ("é\r\n😀", "é\r\n😀"), ("{%{http_code}}", "{200}"),
            ("%header{server}", "demo"), ("%header{SET-COOKIE}", "a=1"), ("%header{none}|", "|"),
            (#"%{http_code} %{size_download}\n"#, "200 1256\n"),
        ])
    func text(format: String, expected: String) throws {
        #expect(try written(format) == expected)
    }

    @Test("What follows onerror is written for failures only")
    func onError() throws {
        #expect(try written("a%{onerror}b%{errormsg}") == "a")
        #expect(try written("a%{onerror}b%{errormsg}", Samples.failed()) == "abno answer")
    }

    @Test("An error that curl has no code for is neither success nor an error of curl's")
    func unknownExitCode() throws {
        #expect(try written("%{exitcode}", Samples.failed(FetchError(.cancelled, "x"))) == "-1")
    }

    @Test("Statuses have three digits, and no time is no speed")
    func odd() throws {
        var response = Samples.response(999)
        response.timing = Timing()
        #expect(try written("%{http_code} %{speed_download}", Samples.ok(response: response)) == "999 0")
    }

    @Test(
        "A format that cannot be meant is refused with a message that names the mistake",
        arguments: [
            ("%{nope}", "%{nope}"), ("%{", "}"), ("%{url", "%{url"), ("%header{", "}"), ("%header{}", "%header{}"),
            ("%header{a:all:b}", "a:all:b"), ("%{stderr}", "%{stderr}"), ("%output{x}", "%output{}"),
            ("%{a\u{1B}b}", "a\\x1bb"), ("%{}", "%{}"), ("%{URL}", "%{URL}"),
        ])
    func refused(format: String, mention: String) {
        let error = #expect(throws: ParseFailure.self) { _ = try WriteOut(format) }
        #expect(error?.message.contains(mention) == true)
        #expect(error?.description == error?.message)
    }

    @Test("Control characters from servers are not obeyed")
    func controls() throws {
        var response = Samples.response(contentType: "a\u{1B}[31m")
        response.headers.append("X", "\u{202E}b")
        let text = try written("%{content_type}|%header{x}", Samples.ok(response: response))
        #expect(text == #"a\x1b[31m|\u202eb"#)
    }
}
