import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("Forms and additions to URLs")
struct FormFieldTests {
    @Test(
        "issue 23.3: fields are read as curl reads them",
        arguments: [
            ("a=1", FormField(name: "a", value: "1")), ("a=", FormField(name: "a", value: "")),
            ("a= x ", FormField(name: "a", value: "x")), (#"a=" x;\"\\ ""#, FormField(name: "a", value: #" x;"\ "#)),
            (#"a="open"#, FormField(name: "a", value: #""open"#)),
            ("a=1;type=text/html", FormField(name: "a", value: "1", contentType: "text/html")),
            ("a=b=c", FormField(name: "a", value: "b=c")),
            ("a=@x", FormField(name: "a", kind: .upload, value: "x")),
            ("a=<x", FormField(name: "a", kind: .textFile, value: "x")),
            (
                "a=@x;type=text/x; charset=utf-8;filename=y",
                FormField(name: "a", kind: .upload, value: "x", contentType: "text/x; charset=utf-8", fileName: "y")
            ),
            (#"a=@"x,y""#, FormField(name: "a", kind: .upload, value: "x,y")),
        ])
    func grammar(text: String, field: FormField) throws {
        #expect(try FormField(text) == field)
    }

    @Test(arguments: [
        "a", "=1", "", "a=1;b", "a=1;filename=x", "a=@", "a=@x,y", "a=(", "a=1;type=x", "a=1;type=a/b\r\nX: y",
        #"a="x"y"#,
    ])
    func `issue 23.3: what curl drops with a warning is refused`(text: String) {
        #expect(throws: ParseFailure.self) { try FormField(text) }
    }

    @Test func `issue 23.3: a form without files has one boundary for the same values, one with files a random one`() {
        func form(_ value: MultipartForm.Value, random: UInt64) -> String? {
            MultipartForm.content(of: [(FormField(name: "a", value: "x"), value)], random: random).contentType
        }
        #expect(form(.bytes([1]), random: 1) == form(.bytes([1]), random: 2))
        #expect(form(.bytes([1]), random: 1) != form(.bytes([2]), random: 1))
        let file = MultipartForm.Value.file(FileReference(path: "x"))
        #expect(form(file, random: 1) != form(file, random: 2))
    }

    @Test(
        "issue 23.3: a query and a file name are added to a URL",
        arguments: [
            ("http://a/", "x=1", "http://a/?x=1"), ("http://a/?", "x", "http://a/?x"),
            ("http://a/?y#f", "x", "http://a/?y&x"), ("http://a/", "#a b\n%", "http://a/?%23a%20b%0A%"),
        ])
    func query(url: String, more: String, result: String) throws {
        #expect(try FetchURL.parse(url).appending(query: Array(more.utf8)).href == result)
    }

    @Test(arguments: [
        ("http://a/d/?q", "x y/é", "http://a/d/x%20y%2F%C3%A9?q"), ("http://a/d", "x", "http://a/d"),
    ])
    func `issue 23.3: a file name is added behind a slash only`(url: String, name: String, result: String) throws {
        #expect(try FetchURL.parse(url).appending(fileName: name).href == result)
    }
}
