import FetchHTML
import Testing

@Suite("URLs of text")
struct TextLinkTests {
    @Test(
        "A URL ends before punctuation that is not a part of it",
        arguments: [
            ("see https://a.example/x.", ["1:5 https://a.example/x"]),
            (
                "(https://a.example/x) (https://a.example/x_(y))",
                ["1:2 https://a.example/x", "1:24 https://a.example/x_(y)"]
            ),
            ("<https://a.example/x.>", ["1:2 https://a.example/x."]),
            ("\"http://a.example\" 'http://b.example'", ["1:2 http://a.example", "1:21 http://b.example"]),
            (
                "`text <https://a.example/>`_ `x <HTTPS://B.example/y,z>`__",
                ["1:8 https://a.example/", "1:34 HTTPS://B.example/y,z"]
            ),
            (".. _x: https://a.example/y_", ["1:8 https://a.example/y_"]),
            ("é\r\n  http://a.example/ü!?", ["2:3 http://a.example/ü"]),
            ("http://a.example/、http://b.example/。", ["1:1 http://a.example/", "1:19 http://b.example/"]),
            ("xhttp://a.example/ http:// ftp://b.example https:/c", []),
            ("http://[::1]/ [http://a.example]", ["1:1 http://[::1]/", "1:16 http://a.example"]),
            ("http://a.example/?u=http://b.example/", ["1:1 http://a.example/?u=http://b.example/"]),
            ("http://a.example/**", ["1:1 http://a.example/"]),
        ])
    func urls(text: String, expected: [String]) throws {
        for format in [DocumentFormat.text, .reStructuredText] {
            let scan = try DocumentReader.scan(Array(text.utf8), format: format)
            #expect(scan.links.map { "\($0.line):\($0.column) \($0.target)" } == expected)
        }
    }
}
