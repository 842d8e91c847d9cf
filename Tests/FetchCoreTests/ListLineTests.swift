@testable import FetchCore
import Testing

/// What one line of a list stands for.
@Suite struct ListLineTests {
    private func input(_ bytes: [UInt8], _ defaults: RequestDefaults = RequestDefaults(), isCut: Bool = false) -> Input?
    {
        ListLine(defaults: defaults).input(
            LineSplitter.Line(bytes: bytes[...], isCut: isCut), index: 7, place: "list.txt:12")
    }

    private func input(_ text: String, _ defaults: RequestDefaults = RequestDefaults()) -> Input? {
        input(Array(text.utf8), defaults)
    }

    private func request(_ text: String, _ defaults: RequestDefaults = RequestDefaults()) -> Request? {
        try? input(text, defaults)?.request.get()
    }

    private func message(_ text: String) -> String? { input(text)?.request.failure?.message }

    @Test(arguments: ["", " ", "\t\t", "\r", "# comment", "  # comment", "#", "#http://a/"]) func skipsWhatIsNoInput(
        _ line: String
    ) {
        #expect(input(line) == nil)
    }

    @Test(arguments: ["http://a/", "  http://a/  ", "http://a/\r", "\thttp://a/\t\r"]) func trimsWhatSurroundsAURL(
        _ line: String
    ) {
        #expect(input(line)?.text == "http://a/")
        #expect(input(line)?.id == nil)
        #expect(input(line)?.index == 7)
        #expect(request(line) == Request(Samples.url("http://a/")))
    }

    @Test func readsAnIdInFrontOfATab() {
        let line = input("my id\t http://a/#x\r")
        #expect(line?.id == "my id")
        #expect(line?.text == "http://a/#x")
        #expect(line?.isJSONLine == false)
        // Only the first tab counts; another is in the URL, where it is wrong.
        #expect(input("id\thttp://a/\tb")?.request.failure?.kind == .invalidURL)
        #expect(input("id\tnonsense")?.id == "id")
    }

    @Test func givesPlainURLsTheDefaults() {
        let defaults = RequestDefaults(method: nil, headers: HeaderFields([("X", "1")]), body: [1])
        #expect(request("http://a/", defaults)?.method == "POST")
        #expect(request("http://a/", defaults)?.body == [1])
        #expect(request("http://a/", defaults)?.headers["x"] == "1")
        #expect(request("http://a/", RequestDefaults(method: "PURGE"))?.method == "PURGE")
    }

    @Test(arguments: ["http://a/\u{1}", "http://a/ b", "http://a/\u{7F}", "http://a b/", "http://a/\u{1B}[31m"])
    func refusesControlsAndSpacesInAURL(_ line: String) {
        #expect(input(line)?.request.failure?.kind == .invalidURL)
        #expect(message(line)?.hasPrefix("list.txt:12: there is a ") == true)
        #expect(message(line)?.contains("\u{1}") == false)
    }

    @Test(arguments: ["nonsense", "a.test/x", "/path", "http//a/", "http://", "mailto:a@b.test"])
    func keepsALineThatIsNoURL(
        _ line: String
    ) {
        #expect(input(line)?.text == line)
        #expect(message(line)?.hasPrefix("list.txt:12: ") == true)
    }

    @Test func saysThatALineIsNotUTF8() {
        let line = input(Array("http://a/".utf8) + [0xFF, 0xC3])
        #expect(line?.request.failure?.message == "list.txt:12: the line is not UTF-8")
        #expect(line?.text == "http://a/\u{FFFD}\u{FFFD}")
    }

    @Test func saysThatALineWasTooLong() {
        let line = input([UInt8](repeating: 0x61, count: LineSplitter.keptLength), isCut: true)
        #expect(line?.request.failure?.message.contains("longer than 65536 bytes") == true)
        #expect(line?.text.utf8.count == LineSplitter.keptLength)
    }

    @Test func neverKeepsMuchOfABadLine() {
        let long = String(repeating: "a", count: 60_000)
        for line in [long, "id\t" + long, "{\"url\":\"" + long, "{\"url\":\"" + long + "\"}"] {
            #expect(input(line).map { $0.text.utf8.count <= LineSplitter.keptLength } == true)
        }
        // One character of a hundred thousand bytes.
        let tower = "a" + String(repeating: "\u{301}", count: 30_000)
        #expect(input(tower).map { $0.text.utf8.count <= LineSplitter.keptLength } == true)
    }
}
