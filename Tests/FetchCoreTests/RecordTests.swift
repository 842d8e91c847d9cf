import FetchHTTP
import FoundationEssentials
import Testing

@Suite("The record is what section 3 of the design promises")
struct RecordTests {
    @Test("A success has all fixed fields, in their order")
    func success() {
        #expect(
            Samples.record(Samples.ok())
                == #"{"id":"a","index":0,"url":"http://example.org/","url_effective":"http://example.org/","#
                + #""method":"GET","ok":true,"response_code":200,"http_version":"2","content_type":"text/html","#
                + #""error":null,"size_download":1256,"num_redirects":1,"num_retries":2,"num_connects":1,"#
                + #""remote_ip":"127.0.0.1","remote_port":8080,"started_at":"2026-01-01T00:00:00.000Z","#
                + #""time_wait":1.5,"time_namelookup":0.000012,"time_connect":0.000345,"time_appconnect":0.0,"#
                + #""time_starttransfer":0.101,"time_total":0.1024,"retry_after":null,"cache":null,"#
                + #""filename_effective":"a.html"}"#)
    }

    @Test("A failure without an answer has null where nothing is known")
    func failure() {
        #expect(
            Samples.record(Samples.failed())
                == #"{"id":null,"index":0,"url":"http://example.org/","url_effective":null,"method":"GET","ok":false,"#
                + #""response_code":null,"http_version":null,"content_type":null,"#
                + #""error":{"kind":"timed-out","message":"no answer","exitcode":28},"size_download":null,"#
                + #""num_redirects":0,"num_retries":0,"num_connects":null,"remote_ip":null,"remote_port":null,"#
                + #""started_at":null,"time_wait":0.0,"time_namelookup":null,"time_connect":null,"#
                + #""time_appconnect":null,"time_starttransfer":null,"time_total":null,"retry_after":null,"#
                + #""cache":null,"filename_effective":null}"#)
    }

    @Test("A status that is not accepted is an error beside its answer")
    func errorBesideAnswer() {
        var outcome = Samples.ok(response: Samples.response(404))
        outcome.error = FetchError(.httpStatus, "404", curlCode: .httpReturnedError)
        let record = Samples.record(outcome)
        #expect(record.contains(#""ok":false,"response_code":404"#))
        #expect(record.contains(#""error":{"kind":"http-status","message":"404","exitcode":22},"size_download":1256"#))
    }

    @Test("A rate limit says how long, and an error without a curl code says null")
    func rateLimit() {
        let record = Samples.record(
            Samples.failed(FetchError(.rateLimited, "wait", retryAfter: .milliseconds(90_500))))
        #expect(record.contains(#""exitcode":null"#))
        #expect(record.contains(#""retry_after":90.5"#))
    }

    @Test("An input that is no request has no method and keeps its text")
    func noRequest() {
        let record = Samples.record(
            Outcome(
                input: Samples.input("no url \u{1B}[31m"), error: FetchError(.invalidURL, "no", curlCode: .urlMalformat)
            ))
        #expect(record.contains(#""url":"no url \u001b[31m","url_effective":null,"method":null"#))
    }

    @Test("Headers have lower-case names and all their values")
    func headers() {
        #expect(
            Samples.record(Samples.ok(), headers: true).hasSuffix(
                #","headers":{"server":["demo"],"set-cookie":["a=1","b=2"],"content-type":["text/html"]}}"#))
        #expect(Samples.record(Samples.failed(), headers: true).hasSuffix(#","headers":null}"#))
        #expect(!Samples.record(Samples.ok()).contains("headers"))
    }

    @Test(
        "The body stands under the name that says what it is",
        arguments: [
            ("application/json", "{\"a\": 1.10,\n\t\"b\":[ ]}", #""json":{"a": 1.10,"b":[ ]}"#),
            ("Application/JSON; charset=utf-8", "1e400", #""json":1e400"#),
            ("application/problem+json", "null", #""json":null"#), ("text/json", "[]", #""json":[]"#),
            ("application/json", "\u{FEFF}[]", #""json":[]"#),
            ("application/json", "{\"a\":", #""body":"{\"a\":""#), ("application/json", "", #""body":"""#),
            ("text/plain", "[1]", #""body":"[1]""#), ("application/jsonp", "[1]", #""body":"[1]""#),
            ("", "a\nb", #""body":"a\nb""#), ("text/plain", "a\u{0}b", #""body_base64":"YQBi""#),
        ])
    func body(contentType: String, text: String, expected: String) {
        let response = Samples.response(
            contentType: contentType.isEmpty ? nil : contentType, body: .bytes(Array(text.utf8)))
        #expect(Samples.record(Samples.ok(response: response), body: true).hasSuffix(",\(expected)}"))
    }

    @Test("A body that is not UTF-8 is base64, also if it says that it is JSON")
    func binaryBody() {
        let response = Samples.response(contentType: "application/json", body: .bytes([0x22, 0xFF, 0x22]))
        #expect(Samples.record(Samples.ok(response: response), body: true).hasSuffix(#","body_base64":"Iv8i"}"#))
    }

    @Test("Where there is no body to show, the body is null")
    func nullBody() {
        #expect(Samples.record(Samples.failed(), body: true).hasSuffix(#","body":null}"#))
        #expect(Samples.record(Samples.ok(), body: true).hasSuffix(#","body":null}"#))
        let response = Samples.response(body: .bytes([0x61]))
        #expect(!Samples.record(Samples.ok(response: response)).contains("body"))
    }

    @Test(
        "Nothing that may be a password is shown of a text that is no URL",
        arguments: [
            ("ftp://user:secret@host/x", "ftp://***@host/x"),
            ("x http://u:secret@h y://v:secret@i", "x http://***@h y://***@i"),
            ("http://u:sec@ret@host", "http://***@host"), ("http://u:se/secret@host/", "http://***@host/"),
            ("http://host:80x/a@b", "http://***@b"), ("http://host:80/a@b", "http://host:80/a@b"),
            ("http://host/a@b", "http://host/a@b"), ("https:u:secret@host", "https:***@host"),
            ("a@b", "a@b"), ("http:\\\\u:secret@h", "http:\\\\***@h"), ("no url", "no url"), ("//@", "//***@"),
        ])
    func hiddenCredentials(text: String, expected: String) {
        #expect(PrintableURL.hidingCredentials(in: text) == expected)
        let input = Input(index: 0, text: text, request: .failure(FetchError(.invalidURL, "no")))
        #expect(!Samples.record(Outcome(input: input)).contains("secret"))
    }
}
