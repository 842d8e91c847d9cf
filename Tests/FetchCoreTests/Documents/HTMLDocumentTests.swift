import Testing

@testable import FetchHTML

@Suite("Links and anchors of HTML documents")
struct HTMLDocumentTests {
    private func scan(_ html: String) throws -> DocumentScan {
        try DocumentReader.scan(Array(html.utf8), format: .html)
    }

    @Test("Each link has the line and column of its value, its text and its kind")
    func links() throws {
        let html = """
            <!DOCTYPE html>\r
            <p>ü <a rel=nofollow href = 'a?x=1&amp;y=2'> one\r
              <b>two</b> <!-- no --> &amp; three</a>\r<area href=b>
            <img src="c.png" srcset="d.png 1x, e.png?&amp; 2x"><video poster=f.jpg src=g.mp4></video>
            <link rel=stylesheet href=h.css><link rel=canonical href=i><link rel=preconnect href=//j>
            <meta http-equiv=refresh content="0; url=k.html"><iframe src=l></iframe><script src=m.js>"<a href=no>"</script>
            """
        #expect(
            try scan(html).links == [
                DocumentLink(target: "a?x=1&y=2", line: 2, column: 30, text: "one two & three", isNofollow: true),
                DocumentLink(target: "b", line: 4, column: 12),
                DocumentLink(target: "c.png", line: 5, column: 11, isPage: false),
                DocumentLink(target: "d.png", line: 5, column: 26, isPage: false),
                DocumentLink(target: "e.png?&", line: 5, column: 36, isPage: false),
                DocumentLink(target: "f.jpg", line: 5, column: 66, isPage: false),
                DocumentLink(target: "g.mp4", line: 5, column: 76, isPage: false),
                DocumentLink(target: "h.css", line: 6, column: 27, isPage: false),
                DocumentLink(target: "i", line: 6, column: 58),
                DocumentLink(target: "k.html", line: 7, column: 42),
                DocumentLink(target: "l", line: 7, column: 62, isPage: false),
                DocumentLink(target: "m.js", line: 7, column: 85, isPage: false),
            ])
    }

    @Test("Anchors are the ids of all elements and the names of links")
    func anchors() throws {
        let scan = try scan(
            "<h1 id=top-1>x</h1><svg><g id='g &amp; h'/></svg><a name=n>y</a><p name=no id=''><!-- <p id=c> --><base href=/b/>"
        )
        #expect(scan.anchors == ["top-1", "g & h", "n"])
        #expect(scan.base == "/b/")
    }

    @Test("Comments, templates and the text of scripts have no links")
    func none() throws {
        let html = """
            <!-- <a href=a> --><template><a href=b></template><style><a href=c></style><textarea><a href=d></textarea>
            <title><a href=e></title><script>document.write('<a href=f>')</script>&lt;a href=g>
            """
        #expect(try scan(html).links.isEmpty)
    }

    @Test("The charset is that of the mark, the Content-Type, the meta element, or UTF-8")
    func charsets() throws {
        let latin: [UInt8] = Array("<p>".utf8) + [0xE9] + Array("<a href=".utf8) + [0xE9] + Array(">".utf8)
        #expect(try DocumentReader.scan(latin, format: .html).links.map(\.target) == ["é"])
        #expect(try DocumentReader.scan(latin, format: .html, encoding: "iso-8859-2").links.map(\.column) == [13])
        let units = Array("<a href=ü>".utf16)
        let utf16: [UInt8] =
            [0xFF, 0xFE] + units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] as [UInt8] }
        #expect(try DocumentReader.scan(utf16, format: .html).links.map(\.target) == ["ü"])
        let meta = Array("<meta charset=windows-1251><a href=".utf8) + [0xC4] + Array(">".utf8)
        #expect(try DocumentReader.scan(meta, format: .html).links.map(\.target) == ["Д"])
        let marked = [0xEF, 0xBB, 0xBF] + Array("<a href=x>".utf8)
        #expect(try DocumentReader.scan(marked, format: .html).links.map(\.column) == [9])
    }
}
