import FetchHTTP
import FetchSystem
import Testing

@Suite("Lists: JSON requests")
struct JSONRequestLineTests {
    @Test("A JSON request gives all that a request has")
    func whole() throws {
        let input = try #require(
            line(
                #"{"id":"a\tb","url":"http://a/","method":"put","headers":{"X-A":"1","X-B":["2","3"]},"body":"é\u0000"}"#
            ))
        let request = try #require(input.sent)
        #expect(input.id == "a\tb")
        #expect(input.text == "http://a/")
        #expect(input.isJSONLine)
        #expect(request.method == "PUT")
        #expect(request.headers == HeaderFields([("X-A", "1"), ("X-B", "2"), ("X-B", "3")]))
        #expect(request.body == Array("é\0".utf8))
    }

    @Test(
        "Methods: known ones in capitals, others as they are, POST for a body",
        arguments: [
            (#"{"url":"http://a/"}"#, "GET"), (#"{"url":"http://a/","method":"delete"}"#, "DELETE"),
            (#"{"url":"http://a/","method":"Purge"}"#, "Purge"), (#"{"url":"http://a/","body":""}"#, "POST"),
            (#"{"url":"http://a/","body":"","method":"get"}"#, "GET"), (#"{"url":"http://a/","method":null}"#, "GET"),
            (#"{"url":"http://a/","body":null,"headers":null,"id":null}"#, "GET"),
        ])
    func method(_ text: String, _ method: String) throws {
        #expect(try #require(line(text)?.sent).method == method)
    }

    @Test(
        "A body that is no string is sent as JSON, every digit of it",
        arguments: [
            (#"{"a" : [1.50, -0, 1E400, true, null, "\u00fc\n"]}"#, #"{"a":[1.50,-0,1E400,true,null,"ü\n"]}"#),
            ("[ ]", "[]"), ("{ }", "{}"), ("12345678901234567890123.10", "12345678901234567890123.10"),
            ("false", "false"),
        ])
    func body(_ value: String, _ sent: String) throws {
        let request = try #require(line(#"{"url":"http://a/","body":\#(value)}"#)?.sent)
        #expect(String(decoding: request.body ?? [], as: UTF8.self) == sent)
        #expect(request.headers.values(of: "content-type") == ["application/json"])
        let typed = try #require(
            line(#"{"url":"http://a/","body":\#(value),"headers":{"content-TYPE":"a/b"}}"#)?.sent)
        #expect(typed.headers.values(of: "content-type") == ["a/b"])
    }

    @Test("A text body gets no type of its own")
    func textBody() throws {
        #expect(try #require(line(#"{"url":"http://a/","body":"x"}"#)?.sent).headers.isEmpty)
    }

    @Test("A number is an id, digit by digit")
    func numericIdentifier() {
        #expect(line(#"{"id":1.500,"url":"http://a/"}"#)?.id == "1.500")
        #expect(line(#"{"id":"","url":"http://a/"}"#)?.id == "")
    }

    @Test(
        "What is wrong is said and named",
        arguments: [
            (#"{"url":"http://a/""#, "at byte 18"), ("{", "at byte 1"), (#"{"url":"http://a/",}"#, "byte 19"),
            (#"{"url":"http://a/"} x"#, "text follows"), ("{}", "needs a \"url\""),
            (#"{"url":1}"#, "\"url\" of a JSON request has the wrong type"),
            (#"{"url":null}"#, "\"url\" of a JSON request has the wrong type"),
            (#"{"url":"http://a/","heders":{}}"#, "but no \"heders\""),
            (#"{"url":"http://a/","url":"http://b/"}"#, "has \"url\" twice"),
            (#"{"url":"http://a/","id":[]}"#, "\"id\" of a JSON request must be"),
            (#"{"url":"http://a/","id":true}"#, "\"id\" of a JSON request must be"),
            (#"{"url":"http://a/","method":""}"#, "not a valid HTTP method"),
            (#"{"url":"http://a/","method":"A B"}"#, "not a valid HTTP method"),
            (#"{"url":"http://a/","method":"GET\r\nX: y"}"#, "not a valid HTTP method"),
            (#"{"url":"http://a/","method":1}"#, "wrong type"),
            (#"{"url":"http://a/","headers":[]}"#, "\"headers\" of a JSON request has the wrong type"),
            (#"{"url":"http://a/","headers":{"a b":"c"}}"#, "is not a valid header name"),
            (#"{"url":"http://a/","headers":{"":"c"}}"#, "is not a valid header name"),
            (#"{"url":"http://a/","headers":{"A":1}}"#, "\"A\" needs a string"),
            (#"{"url":"http://a/","headers":{"A":["b",[]]}}"#, "\"A\" needs a string"),
            (#"{"url":"http://a/","headers":{"A":"b\r\nC: d"}}"#, "without line breaks"),
            (#"{"url":"http://a/","headers":{"A":"b\u0000"}}"#, "without line breaks"),
            (#"{"url":"http://a/","headers":{"HOST":"b"}}"#, "\"HOST\" cannot be set"),
            (#"{"url":"http://a/","headers":{"Content-length":"1"}}"#, "cannot be set"),
            (#"{"url":"http://a/","headers":{"transfer-Encoding":"x"}}"#, "cannot be set"),
            (#"{"url":"http://a/","headers":{"Connection":"x"}}"#, "cannot be set"),
        ])
    func refused(_ text: String, _ message: String) throws {
        let input = try #require(line(text))
        let error = try #require(input.refused)
        #expect(error.kind == .invalidURL)
        #expect(error.message.contains(message), "\(error.message)")
        #expect(input.isJSONLine)
        #expect(input.text == text)
    }

    @Test("issue 22.4: a JSON request may have the checksum of the body that it asks for")
    func checksum() throws {
        let digits = "900150983CD24FB0d6963f7d28e17f72"
        let input = try #require(line(#"{"url":"http://a/","md5":"\#(digits)","sha256":null}"#))
        #expect(input.checksum?.description == "md5=" + digits.lowercased())
        #expect(line(#"{"url":"http://a/"}"#)?.checksum == nil)
        // It is one of a request that cannot be sent, too, for the list of failures.
        #expect(line(#"{"url":"foo","md5":"\#(digits)"}"#)?.checksum?.algorithm == .md5)
    }

    @Test(
        "issue 22.4: a checksum that cannot be is refused",
        arguments: [
            (#"{"url":"http://a/","md5":"00"}"#, "md5 needs 32 hexadecimal digits"),
            (#"{"url":"http://a/","sha256":"900150983cd24fb0d6963f7d28e17f72"}"#, "sha256 needs 64"),
            (#"{"url":"http://a/","sha1":"x00150983cd24fb0d6963f7d28e17f7200000000"}"#, "sha1 needs 40"),
            (#"{"url":"http://a/","sha512":1}"#, "\"sha512\" of a JSON request has the wrong type"),
            (#"{"url":"http://a/","md5":{}}"#, "wrong type"), (#"{"url":"http://a/","MD5":"00"}"#, "but no \"MD5\""),
            (#"{"url":"http://a/","md5":null,"md5":null}"#, "has \"md5\" twice"),
            (
                #"{"url":"http://a/","md5":"900150983cd24fb0d6963f7d28e17f72","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d"}"#,
                "one checksum, not \"md5\" and \"sha1\""
            ),
        ])
    func refusedChecksum(_ text: String, _ message: String) throws {
        let error = try #require(line(text)?.refused)
        #expect(error.kind == .invalidURL)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("The URL of a JSON request obeys the rules of a line")
    func url() throws {
        for text in [
            #"{"id":"x","url":"example.org"}"#, #"{"id":"x","url":"http://a/ b"}"#, #"{"id":"x","url":"http://a/\nb"}"#,
        ] {
            let input = try #require(line(text))
            #expect(input.refused?.kind == .invalidURL)
            #expect(input.id == "x")
            #expect(input.isJSONLine)
        }
        #expect(line(#"{"url":"ftp://a/"}"#)?.refused?.kind == .blockedScheme)
    }

    @Test("The id names the record of a request that is wrong elsewhere")
    func identifierOfBroken() {
        #expect(line(#"{"nope":1,"id":"x"}"#)?.id == "x")
    }

    @Test(
        "What is shown of a broken request ends before a secret",
        arguments: [
            #"{"url":"http://a/","headers":{"Authorization":"Bearer hunter2"}"#,
            #"{"url":"http://a/","Authorization" : "hunter2"}"#, "{'url': 'http://a/', 'X-Api-Key': 'hunter2'}",
            "{url: http://a/, private-token: hunter2}", #"{\"Cookie\":\"hunter2\"}"#,
        ])
    func secrets(_ text: String) throws {
        let input = try #require(line(text))
        #expect(input.refused?.kind == .invalidURL)
        #expect(!input.text.contains("hunter2"))
        #expect(!"\(input)".contains("hunter2"))
        let long = try #require(line(text + String(repeating: " ", count: 70_000) + "x"))
        #expect(!long.text.contains("hunter2"))
    }

    @Test("Deep nesting is refused, not followed")
    func deep() throws {
        let text = #"{"url":"http://a/","body":"# + String(repeating: "[", count: 30_000)
        #expect(try #require(line(text)).refused?.message.contains("nested deeper") == true)
    }
}
