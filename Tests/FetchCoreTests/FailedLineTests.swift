import FetchHTTP
import FetchRecords
import TestSupport
import FetchSystem
import Testing

@Suite("Inputs that failed, as lines of a list")
struct FailedLineTests {
    /// The line of an input, and whether it left something out.
    static func written(_ input: Input) -> (text: String, leftOut: Bool) {
        var writer = FailedLine()
        var out: [UInt8] = []
        writer.append(input, to: &out)
        return (String(decoding: out, as: UTF8.self), writer.leftOutSecrets)
    }

    @Test(
        "A line that can be sent is written as it was",
        arguments: ["http://a/", "id\thttp://a/b?c#d", "é x\thttp://ü/", "HTTP://A/../b"])
    func plain(_ text: String) throws {
        let written = Self.written(try #require(line(text)))
        #expect(written.text == text + "\n")
        #expect(!written.leftOut)
    }

    @Test(
        "A JSON request is the same request when it is read again",
        arguments: [
            #"{"url":"http://a/"}"#, #"{"id":"a\tb\n","url":"http://a/","method":"PUT","body":"x\u0000é\n"}"#,
            #"{"id":12.50,"url":"http://a/","headers":{"X-A":["1","2"],"x-b":""},"body":{"a":[1.0,null]}}"#,
            #"{"id":"","url":"http://a/?q=\"","method":"get","body":""}"#,
            #"{"url":"http://a/","headers":{"x-a":"1","Accept":null}}"#,
            // issue 22.4: with its checksum.
            #"{"url":"http://a/","sha1":"A9993E364706816aba3e25717850c26c9cd0d89d"}"#,
        ])
    func json(_ text: String) throws {
        let input = try #require(line(text))
        let written = Self.written(input)
        let again = try #require(line(Array(written.text.utf8.dropLast())))
        #expect(again.sent == input.sent)
        #expect(again.id == input.id)
        #expect(again.checksum == input.checksum)
        #expect(again.isJSONLine)
        #expect(written.text.utf8.filter { $0 == 0x0A }.count == 1)
        #expect(!written.leftOut)
    }

    @Test(
        "No secret is ever in a line",
        arguments: [
            "http://user:hunter2@a/", "https://hunter2@a/x", "id\thttp://u:hunter2@a/", "http://u:hunter2@a:99999/",
            "http://u:hun ter2/hunter2@a/", "https:u:hunter2@a:b", #"{"url":"http://u:hunter2@a/"}"#,
            #"{"url":"http://a/","headers":{"authorization":"hunter2","X-Ok":"1"}}"#,
            #"{"url":"http://a/","headers":{"Cookie":"hunter2","PRIVATE-TOKEN":"hunter2","X-Api-Key":"hunter2"}}"#,
            #"{"url":"http://a/","headers":{"Proxy-Authorization":"hunter2","My-Secret":"hunter2"}}"#,
            #"{"url":"http://u:hunter2@a:99999/"}"#,
        ])
    func secrets(_ text: String) throws {
        let written = Self.written(try #require(line(text)))
        #expect(!written.text.contains("hunter2"))
        #expect(!written.text.contains("ter2"))
        #expect(written.leftOut)
    }

    @Test("A broken JSON request ends before its secret")
    func brokenSecret() throws {
        let written = Self.written(try #require(line(#"{"url":"http://a/","headers":{"Cookie":"hunter2"}"#)))
        #expect(!written.text.contains("hunter2"))
        #expect(line(Array(written.text.utf8.dropLast()))?.refused != nil)
    }

    @Test(
        "What was no request stays none",
        arguments: [
            "nonsense", "http://a/b c", "http://a/\rb", "http://a/\0b", "http://a/\u{7F}", "ftp://a/", "x\tnonsense",
            "http://a/" + String(repeating: "b", count: 70_000), "{", "{}", #"{"url":1}"#, #"{"url":"a b","id":"#,
            #"{"id":"x","url":"http://a/\nb"}"#, #"{"id":"x","url":"{"}"#, ##"{"id":"x","url":"# y"}"##, #"{"url":""}"#,
            #"{"url":"http://a/","nope":1}"#, "http://a/ \r\r", #"{"url":"http://a/","md5":"00"}"#,
            #"{"url":"a b","md5":"900150983cd24fb0d6963f7d28e17f72"}"#,
        ])
    func invalid(_ text: String) throws {
        let input = try #require(line(text))
        try Self.expectStaysInvalid(input)
    }

    @Test("Bytes that were no UTF-8 do not become a URL by their repair")
    func repaired() throws {
        let input = try #require(line(Array("http://a/".utf8) + [0xFF]))
        try Self.expectStaysInvalid(input)
    }

    @Test(
        "An input of a program is a line too, whatever its id and text",
        arguments: ["a\tb", "#x", "{", " x", "", "a\nb", "\u{FEFF}x"])
    func foreign(_ id: String) throws {
        let url = try FetchURL.parse("http://a/")
        let good = Input(index: 0, id: id, text: "http://a/", request: .success(Request(url)))
        let again = try #require(line(Array(Self.written(good).text.utf8.dropLast())))
        #expect(again.id == id)
        #expect(again.sent == Request(url))
        for text in ["", " ", "# x", "a\nb", "http://a/\nhttp://b/", id] {
            let error = FetchError(.invalidURL, "no")
            try Self.expectStaysInvalid(Input(index: 0, id: id, text: text, request: .failure(error)))
        }
    }

    @Test("Random lines keep what they are: the same request, or none")
    func random() throws {
        var random = SeededRandom(seed: 99)
        for _ in 0..<20_000 {
            let text = "h" + random.text(alphabet: "ttp:///a.b@:?# \t{}\"url,id", upTo: 60)
            guard let input = line(text) else { continue }
            if let request = input.sent {
                let again = try #require(line(Array(Self.written(input).text.utf8.dropLast())))
                #expect(again.sent?.url == request.url.withoutCredentials)
                #expect(again.id == input.id)
            } else {
                try Self.expectStaysInvalid(input)
            }
        }
    }

    private static func expectStaysInvalid(_ input: Input) throws {
        let written = written(input)
        // By bytes: CR and LF are one character.
        #expect(written.text.utf8.filter { $0 == 0x0A }.count == 1, "\(written.text.debugDescription)")
        #expect(written.text.utf8.last == 0x0A)
        #expect(!written.text.contains("\0"))
        let again = try #require(line(Array(written.text.utf8.dropLast())), "\(written.text.debugDescription)")
        #expect(again.refused != nil, "\(written.text.debugDescription)")
    }
}
