import FetchHTTP
import FetchSystem
import TestSupport
import Testing

/// A row of `normalize_crawlercommons.jsonl`.
struct NormalizeRow: Decodable {
    let input: String
    let normalized: String
}

/// The form by which a crawl knows a URL again.
@Suite struct CanonicalURLTests {
    private func form(_ text: String) throws -> String { CanonicalURL(try FetchURL.parse(text)).text }

    @Test(
        "Spellings of one page have one form",
        arguments: [
            ("HTTP://Example.ORG:80", "http://example.org/"),
            ("https://example.org:443/a/./b/../c", "https://example.org/a/c"),
            ("http://example.org/%7Euser/%2d", "http://example.org/~user/-"),
            ("http://example.org/%c3%a9", "http://example.org/%C3%A9"),
            ("http://example.org/é", "http://example.org/%C3%A9"),
            ("http://example.org/a?", "http://example.org/a"),
            ("http://example.org/a#top", "http://example.org/a"),
            ("http://example.org/a?#top", "http://example.org/a"),
            ("http://user:secret@example.org/a", "http://example.org/a"),
            ("http://example.org/?a[]=1|2", "http://example.org/?a%5B%5D=1%7C2"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ])
    func equivalent(_ text: String, _ expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test("What only the server can tell apart stays apart")
    func different() throws {
        let pairs = [
            ("http://a/x", "https://a/x"), ("http://a/x", "http://a/x/"), ("http://a/?a=1&b=2", "http://a/?b=2&a=1"),
            ("http://a/x", "http://www.a/x"), ("http://a/X", "http://a/x"), ("http://a/x%2Fy", "http://a/x/y"),
            ("http://a/?x", "http://a/?x="), ("http://a//x", "http://a/x"), ("http://a/?a+b", "http://a/?a%2Bb"),
            ("http://a/index.html", "http://a/"), ("http://a:8080/", "http://a/"), ("http://a/%", "http://a/%25"),
        ]
        for (one, other) in pairs { #expect(try form(one) != form(other), "\(one) \(other)") }
    }

    /// Appendix A of the paper: the key 00 01 … 0f, the message 00 01 … of each length.
    @Test func sipHashIsThatOfThePaper() {
        #expect(SipHash.hash([UInt8](0..<15)) == 0xa129_ca61_49be_45e5)
        // The first and the ninth of the reference implementation's vectors.
        #expect(SipHash.hash([UInt8]()) == 0x726f_db47_dd0e_0e31)
        #expect(SipHash.hash([UInt8](0..<8)) == 0x93f5_f579_9a93_2462)
    }

    @Test func fingerprintsStayTheSame() throws {
        // Stored in crawl states: a change needs a new version of them.
        #expect(
            CanonicalURL(try FetchURL.parse("http://example.org/a?b=c")).fingerprint
                == SipHash.hash("http://example.org/a?b=c".utf8))
        let many = Set(
            try (0..<20_000).map { CanonicalURL(try FetchURL.parse("http://example.org/\($0)")).fingerprint })
        #expect(many.count == 20_000)
    }

    @Test("A form is a URL whose form it is", arguments: [1, 2] as [UInt64])
    func idempotent(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var count = 0
        for _ in 0..<3_000 {
            let text = "http://u:p@example.org/" + generator.text(alphabet: "%7Ee2f/.?&=[]|{}a~'*-", upTo: 30)
            guard let url = FetchURL(text) else { continue }
            count += 1
            let form = CanonicalURL(url).text
            #expect(try self.form(form) == form, "\(text.debugDescription)")
            #expect(!form.contains("#") && !form.contains("u:p@"))
        }
        #expect(count > 2_000)
    }

    /// Rows that crawler-commons turns into something else, and why we do not.
    private static let exceptions: [String: String] = [
        "http://foo.com/aa//bb/foo.html": "an empty segment is a segment",
        "http://foo.com/aa/bb//foo.html": "an empty segment is a segment",
        "http://foo.com////aa////bb//foo.html": "an empty segment is a segment",
        "file:///foo/bar.txt": "not http",
        "file:/path/index.html": "not http",
        "file:/var/www/html/////./bar/index.html": "not http",
        "http:///////": "no host",
        "https://www.last.fm/music/Prefuse+73/_/90%+of+My+Mind+Is+With+You": "a bare % stays, as it is sent",
        "http://www.example.com/a/c/../b/search?q=foobar%": "a bare % stays, as it is sent",
        "http://www.example.com/p%zz%77%v": "a bare % stays, as it is sent",
        "http://www.example.com/search?q=foobar%2": "a bare % stays, as it is sent",
        "http://example.com/?b=1&a=1": "the order of parameters stays",
        "http://foo.com/index?b=2&a=1": "the order of parameters stays",
        "http://foo.com/index?a=1&b=": "an empty value stays",
        "http://foo.com/index?b&a=1": "the order of parameters stays",
        "http://foo.com/index?b=&a=1": "the order of parameters stays",
        "http://foo.com/index?=1&b=1&a=1": "a parameter without name stays",
    ]

    @Test("As crawler-commons, but for named exceptions", .enabled(if: TestData.isPresent, "no ../shared/data"))
    func vectors() throws {
        let rows = try TestData.rows("url/normalize_crawlercommons.jsonl", as: NormalizeRow.self)
        #expect(rows.count == 48)
        for row in rows {
            let form = FetchURL(row.input).map { CanonicalURL($0).text }
            if let reason = Self.exceptions[row.input] {
                #expect(form != row.normalized, "\(row.input) passes now; it was an exception: \(reason)")
            } else {
                #expect(form == row.normalized, "\(row.input)")
            }
        }
    }
}
