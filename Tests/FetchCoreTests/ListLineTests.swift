import FetchHTTP
import Testing

@Suite("Lists: one line")
struct ListLineTests {
    /// A secret stands in each, and what is shown ends before it.
    private static let secrets = [
        (#"id\#t{"url":"http://a/","headers":{"Authorization":"hunter2"}}"#, #"{"url":"http://a/","headers":{"***"#),
        ("Authorization: Bearer hunter2", "***"), ("http://a/ X-Api-Key : hunter2", "http://a/ ***"),
        ("curl -H 'Cookie: hunter2' http://a/", "curl -H '***"), ("curl -u me:hunter2 http://a/", "curl ***"),
        ("curl -ume:hunter2 http://a/", "curl ***"), ("curl --bearer hunter2", "curl ***"),
        ("curl -b a=hunter2", "curl ***"),
    ]

    @Test(arguments: secrets)
    func `issue 24: the text of a line that is not a URL ends before a secret`(text: String, shown: String) throws {
        let input = try #require(line(text))
        #expect(input.refused != nil && input.text == shown)
        #expect(!"\(input)".contains("hunter2"))
        let failed = FailedLineTests.written(input)
        #expect(!failed.text.contains("hunter2") && failed.leftOut)
        #expect(line(Array(failed.text.utf8.dropLast()))?.refused != nil)
    }

    @Test(arguments: ["http://a b/?key=1", "x -- y", "a-u b", "http://a:99999/token", "keys are: here", "x -"])
    func `other lines that are not a URL are shown whole`(text: String) throws {
        #expect(try #require(line(text)).text == text)
    }

    @Test(
        "Blank lines and comments are nothing",
        arguments: ["", " ", "\t \t", "\r", "#", "# http://a/", "  # x", "#\t{"])
    func nothing(_ text: String) { #expect(line(text) == nil) }

    @Test(
        "A URL is taken as it is written, without the blanks around it",
        arguments: ["http://a/", " http://a/", "http://a/\t ", "\thttp://a/", "http://a/\r", " http://a/ \r"])
    func plain(_ text: String) throws {
        let input = try #require(line(text))
        #expect(input.text == "http://a/")
        #expect(input.id == nil)
        #expect(input.index == 7)
        #expect(!input.isJSONLine)
        #expect(input.sent == (try Request(FetchURL.parse("http://a/"))))
    }

    @Test("A tab parts the id from the URL")
    func identifier() throws {
        let input = try #require(line(" my id \t http://a/x"))
        #expect(input.id == "my id")
        #expect(input.text == "http://a/x")
        #expect(input.sent?.url.href == "http://a/x")
        // Blanks alone part nothing, and an id needs something behind its tab.
        #expect(try #require(line("id http://a/")).refused?.kind == .invalidURL)
        #expect(try #require(line("http://a/\t")).id == nil)
        #expect(try #require(line("é\thttp://a/")).id == "é")
    }

    @Test(
        "A URL with a blank or control byte inside is invalid, never repaired",
        arguments: [
            ("http://a/b c", "a space"), ("id\thttp://a/\tb", "a control"), ("http://a/\r\rb", "a control"),
            ("http://a/\0", "a control"), ("http://a/\u{7F}", "a control"), ("http://a/\u{B}", "a control"),
            ("http://a/\rX-Injected: 1", "a control"), ("http://a/ \r\r", "a space"),
            ("http://a/ http://b/", "a space"),
        ])
    func control(_ text: String, _ message: String) throws {
        let input = try #require(line(text))
        let error = try #require(input.refused)
        #expect(error.kind == .invalidURL)
        #expect(error.curlCode == .urlMalformat)
        #expect(error.message.hasPrefix("list:3: the URL contains \(message)"))
        #expect(text.contains(input.text))
    }

    @Test(
        "A URL without a scheme is invalid and says what to write",
        arguments: [
            "example.org/x", "example.org:8080/x", "localhost:80", "//a/b", "a", "1.2.3.4", "[::1]", "a:1?q", ":x",
        ])
    func schemeless(_ text: String) throws {
        let error = try #require(line(text)?.refused)
        #expect(error.kind == .invalidURL)
        #expect(error.message.contains("http:// or https://"), "\(error.message)")
    }

    @Test(
        "Another scheme is blocked", arguments: ["ftp://a/", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@b"])
    func blocked(_ text: String) throws {
        #expect(try #require(line(text)).refused?.kind == .blockedScheme)
    }

    @Test("An id with a control character makes the line invalid")
    func controlInIdentifier() throws {
        let input = try #require(line("a\u{1B}[31m\thttp://a/"))
        #expect(input.refused?.kind == .invalidURL)
        #expect(input.id == nil)
    }

    @Test("Bytes that are no UTF-8 are invalid and their text is repaired")
    func notUTF8() throws {
        let input = try #require(line(Array("http://a/".utf8) + [0xFF, 0xC3]))
        #expect(input.refused?.message == "list:3: the line is not UTF-8")
        #expect(input.text == "http://a/\u{FFFD}\u{FFFD}")
    }

    @Test("A line may have 65,536 bytes and not one more")
    func length() throws {
        let longest = "http://a/" + String(repeating: "b", count: 65_536 - 9)
        #expect(try #require(line(longest)).sent != nil)
        #expect(try #require(line(longest + "\r")).sent != nil)
        let tooLong = try #require(line(longest + "b"))
        #expect(tooLong.refused?.message == "list:3: the line is longer than 65536 bytes")
        #expect(tooLong.text == String(longest.prefix(2_048)))
        #expect(line("#" + longest) == nil)
    }

    @Test("The text of an invalid line is cut between characters", arguments: 0..<4)
    func cut(_ offset: Int) throws {
        let text = String(repeating: "x", count: offset) + String(repeating: "😀", count: 2_000)
        let input = try #require(line(text))
        #expect(input.text.utf8.count <= 2_048)
        #expect(input.text.utf8.count > 2_044)
        #expect(text.hasPrefix(input.text))
        let noise = try #require(line([UInt8](repeating: 0xFF, count: 70_000)))
        #expect(noise.text.utf8.count <= 2_048)
    }

    @Test("A URL that can be sent keeps its whole text")
    func wholeText() throws {
        let text = "http://a/?" + String(repeating: "ü", count: 5_000)
        #expect(try #require(line(text)).text == text)
    }
}
