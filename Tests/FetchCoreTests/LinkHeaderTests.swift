import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// The Link header.
@Suite struct LinkHeaderTests {
    private func links(_ fields: String..., requisites: Bool = false) throws -> [String] {
        let headers = HeaderFields(fields.map { (name: "Link", value: $0) })
        let base = try FetchURL.parse("http://example.org/dir/page?x")
        return LinkHeader.links(in: headers, base: base, requisites: requisites).map {
            "\($0.kind) \($0.url.href)\($0.isNofollow ? " nofollow" : "")"
        }
    }

    @Test func linksToPages() throws {
        #expect(
            try links(
                "<p2>; rel=\"next\", </first>;rel=first;title=\"a, <b>; rel=prev\"",
                "<//o/#x>; REL=\"canonical nofollow\"")
                == ["header http://example.org/dir/p2", "header http://example.org/first", "header http://o/ nofollow"])
    }

    @Test func requisitesOnRequest() throws {
        let field = "</s.css>; rel=preload; as=style, <https://api.example/>; rel=preconnect, <x>"
        #expect(try links(field).isEmpty)
        #expect(try links(field, requisites: true) == ["linkedResource http://example.org/s.css"])
    }

    @Test func anchorsOfOtherPagesAreNotOurs() throws {
        #expect(try links("<a>; rel=next; anchor=\"/other\"").isEmpty)
        #expect(try links("<a>; rel=next; anchor=\"#part\"", "<b>; anchor=\"?x\"; rel=next").count == 2)
    }

    @Test func theFirstRelCountsAndBrokenOnesAreSkipped() throws {
        #expect(try links("<a>; rel=prev; rel=preconnect") == ["header http://example.org/dir/a"])
        #expect(try links("<a>; rel=icon; rel=next").isEmpty)
        #expect(
            try links("a; rel=next, <b>; ; x= ;rel = next , <mailto:x>; rel=next, <c; rel=next") == [
                "header http://example.org/dir/b"
            ])
        #expect(try links("<a>; rel=\"ne\\xt\"") == ["header http://example.org/dir/a"])
        #expect(try links("", ",,,", "<", "<>", "<>;rel=next").count == 1)
    }

    @Test("Any field ends", arguments: [1, 2] as [UInt64])
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var found = 0
        for _ in 0..<3_000 {
            let text = "<x" + generator.text(alphabet: "<>;,=\"\\ relnxta>;rel=next,", upTo: 60)
            found += try links(text).count
            var entries = 0
            for _ in LinkField(Array(text.utf8)) { entries += 1 }
            #expect(entries <= text.utf8.count)
        }
        #expect(try links(String(repeating: "<a>;rel=next,", count: 5_000)).count == LinkHeader.maximumLinks)
    }
}
