import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("URL templates and ids")
struct URLTemplateTests {
    private func expand(_ template: String, _ id: String) -> String? {
        guard let template = try? URLTemplate(template) else { return nil }
        return (try? template.expand { $0 == "id" ? id : nil })?.href
    }

    @Test(arguments: [
        ("42", "42"), ("a/b", "a%2Fb"), ("../../admin", "..%2F..%2Fadmin"), ("?x=1", "%3Fx%3D1"), ("a#b", "a%23b"),
        ("é", "%C3%A9"), ("100%", "100%25"), ("%2e%2e", "%252e%252e"), ("a b", "a%20b"), ("\\x", "%5Cx"),
        ("@evil.test", "%40evil.test"), ("...", "..."), ("{id}", "%7Bid%7D"), ("\r\nHost: x", "%0D%0AHost%3A%20x"),
    ])
    func `an id is one path segment or one query value, whatever is in it`(id: String, encoded: String) {
        #expect(expand("https://a.test/p/{id}/x", id) == "https://a.test/p/\(encoded)/x")
        #expect(expand("https://a.test/p?q={id}&r=1", id) == "https://a.test/p?q=\(encoded)&r=1")
    }

    @Test(arguments: [".", "..", ""])
    func `an id that would take the path away is refused`(id: String) {
        #expect(expand("https://a.test/p/{id}", id) == nil)
        #expect(expand("https://a.test/p/{id}/x", id) == nil)
    }

    @Test func `dots are fine where they are no segment of their own`() {
        #expect(expand("https://a.test/v{id}", "..") == "https://a.test/v..")
        #expect(expand("https://a.test/?v={id}", "..") == "https://a.test/?v=..")
        // Two values side by side are looked at together.
        #expect(throws: FetchError.self) { try URLTemplate("https://a.test/{a}{b}").expand { _ in "." } }
    }

    @Test(arguments: [
        "https://{id}/", "https://{id}.test/x", "{id}", "{id}://a.test/", "https://a.test:{id}/",
        "https://u:{id}@a.test/",
        "ftp://a.test/{id}", "https://a.test/{id", "https://a.test/{}", "https://a.test/{a b}",
        "https://a.test/../{id}",
        "a.test/{id}",
    ])
    func `a template whose host is not fixed, or that is no URL, is refused`(text: String) {
        #expect(throws: InputFailure.self) { try URLTemplate(text) }
    }

    @Test func `each id makes one input of each template, side by side`() async throws {
        let templates = try ["a", "b"].map { ($0, try URLTemplate("http://x.test/\($0)/{id}?l={lang}")) }
        let ids = try IDReader(["7..9", "z", "8"], dropsRepeated: true)
        let source = TemplateSource(templates, ids: ids, variables: ["lang": "en"], defaults: RequestDefaults())
        var inputs: [Input] = []
        while let chunk = await source.next() { inputs += chunk }
        #expect(inputs.map(\.index) == Array(0..<8))
        #expect(inputs.map(\.id) == ["7/a", "7/b", "8/a", "8/b", "9/a", "9/b", "z/a", "z/b"])
        #expect(inputs.last?.text == "http://x.test/b/z?l=en")
        #expect(source.total == 8)
    }

    @Test func `ranges keep their zeros, and one that runs backwards is an error`() async throws {
        let reader = try IDReader(["098..101", "x..y", "1..1"], dropsRepeated: false)
        var ids: [String] = []
        while let chunk = await reader.next() { ids += chunk }
        #expect(ids == ["098", "099", "100", "101", "x..y", "1"])
        #expect(throws: InputFailure.self) { try IDReader(["9..1"], dropsRepeated: false) }
        #expect(throws: InputFailure.self) { try IDReader(["-"], lists: ["-"], dropsRepeated: false) }
    }

    @Test func `a range of a billion is read as far as it is taken`() async throws {
        let reader = try IDReader(["1..1000000000"], dropsRepeated: false)
        #expect(await reader.next()?.first == "1")
        reader.close()
    }
}

@Suite("CSV as it is read (RFC 4180)")
struct CSVReaderTests {
    private func read(_ text: String, pieces: Int = .max) -> (rows: [[String?]], problem: String?) {
        var reader = CSVReader()
        var rows: [[String?]] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(pieces, max(1, bytes.count))) {
            let piece = bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]
            if let problem = reader.feed(piece, { row, _ in rows.append(row) }) { return (rows, problem) }
        }
        let problem = reader.finish { row, _ in rows.append(row) }
        return (rows, problem)
    }

    @Test(arguments: [Int.max, 1, 3])
    func `fields are as they were before they were written, in pieces of any size`(pieces: Int) {
        let text = "id,name\r\n1,\"a, \"\"b\"\"\r\nc\"\n\n2,\n\"\",x\ry\"z,é"
        #expect(
            read(text, pieces: pieces).rows
                == [["id", "name"], ["1", "a, \"b\"\r\nc"], ["2", ""], ["", "x"], ["y\"z", "é"]])
        #expect(read(text, pieces: pieces).problem == nil)
    }

    @Test func `what is not CSV has a location`() {
        #expect(read("a\n\"b").problem == "line 2: a quote is not closed")
        #expect(read("a\n\"b\"c\n").problem == "line 2: text follows a closing quote")
        #expect(read("\"" + String(repeating: "x", count: 1 << 21)).problem == "line 1: a field is longer than 1 MiB")
        #expect(read("").rows.isEmpty)
    }
}
