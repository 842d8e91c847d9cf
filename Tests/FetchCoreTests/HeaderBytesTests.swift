import FetchHTTP
import FetchHTML
import FetchSystem
import Testing

@testable import FetchGitHub
@testable import FetchRecords
@testable import FetchStore

/// Values of fields that are not UTF-8, wherever they go out again.
@Suite("Bytes of header fields")
struct HeaderBytesTests {
    private static let odd: [UInt8] = [0x22, 0x76, 0xFC, 0xFF, 0x22]

    /// Fields whose text stands for bytes: each character is the byte of its number.
    private static func fields(_ text: String) -> HeaderFields {
        HeaderFields(lines: (text + "\r\n").unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    @Test func `issue 20.9: fields that are filtered, copied and written for libcurl keep their bytes`() {
        let fields = Self.fields("A:  \u{FC}x \r\nB: 2\r\na: \u{E4}\r\nC:")
        #expect(fields.bytes(of: "a") == [0xFC, 0x78])
        #expect(fields.allBytes(of: "A") == [[0xFC, 0x78], [0xE4]])
        #expect(fields.bytes(of: "D") == nil)
        #expect(fields.filter { $0 != "B" }.allBytes(of: "a") == [[0xFC, 0x78], [0xE4]])
        let lines: [[UInt8]] = [[0x41, 0x3A, 0x20, 0xFC, 0x78], Array("B: 2".utf8), [0x61, 0x3A, 0x20, 0xE4]]
        #expect(fields.requestLines == lines + [Array("C;".utf8)])
        var sent = HeaderFields()
        sent.append("X", bytes: [0xFC, 0x0D, 0x0A, 0x00, 0x41])
        #expect(sent.lines == Array("X: ".utf8) + [0xFC, 0x20, 0x20, 0x20, 0x41, 0x0A])
    }

    @Test func `issue 20.9: a redirect keeps them in the URL and in the fields that go along`() throws {
        var request = Request(Samples.url("http://a.test/"))
        request.headers.append("X-A", bytes: Self.odd)
        request.headers.append("User-Agent", bytes: Self.odd)
        for (location, name) in [("/z/\u{FC}?\u{E4}", "x-a"), ("http://b.test/\u{FC}?\u{E4}", "user-agent")] {
            let response = Response(status: 303, headers: Self.fields("Location: " + location))
            guard case .follow(let next) = RedirectPolicy().step(after: response, to: request, followed: 0) else {
                Issue.record("not followed")
                continue
            }
            #expect(next.url.href.hasSuffix("/%FC?%E4"))
            #expect(next.headers.bytes(of: name) == Self.odd)
        }
    }

    @Test func `issue 20.9: the links of the Link field too`() {
        let fields = Self.fields("Link: </n\u{FC}>; rel=next, </l?\u{E4}>; rel=\"last\"")
        let links = LinkHeader.links(in: fields, base: Samples.url("http://a.test/"))
        #expect(links.map(\.url.href) == ["http://a.test/n%FC", "http://a.test/l?%E4"])
        let targets = LinkField.targets(in: fields.references("link").joined(separator: ", "))
        #expect(targets == ["next": "/n%FC", "last": "/l?%E4"])
    }

    @Test func `issue 20.9: validators of the cache are compared and sent as bytes`() {
        let stored = StoredResponse(
            status: 200, httpVersion: "1.1", headers: CachePolicy.storedFields(Self.fields("ETag: \"v\u{FC}\u{FF}\"")),
            size: 0, requestedAt: 0, receivedAt: 0)
        #expect(CachePolicy.conditions(for: stored.headers).bytes(of: "if-none-match") == Self.odd)
        #expect(CachePolicy.confirms(Self.fields("ETag: \"v\u{FC}\u{FF}\""), stored))
        #expect(!CachePolicy.confirms(Self.fields("ETag: \"v\u{FD}\u{FF}\""), stored))
        let updated = CachePolicy.updated(stored.headers, by: Self.fields("X: \u{FC}"))
        #expect(updated.bytes(of: "etag") == Self.odd && updated.bytes(of: "x") == [0xFC])
    }

    @Test func `issue 20.9: two values that differ in such bytes are two requesters, variants and inputs`() {
        let maker = CacheKey.Maker(secret: [1, 2, 3], network: NetworkOptions())
        let requests = [Self.fields("Cookie: \u{FC}\r\nX: \u{FC}"), Self.fields("Cookie: \u{FD}\r\nX: \u{FD}")].map {
            Request(Samples.url(), headers: $0)
        }
        #expect(Set(requests.map { maker.key(for: $0) }).count == 2)
        #expect(Set(requests.map { maker.variant(["x"], of: $0) }).count == 2)
        #expect(Set(requests.map { Input(index: 0, text: "", request: .success($0)).fingerprint }).count == 2)
    }

    @Test func `issue 20.9: a line of failures leaves out what JSON cannot hold`() {
        let request = Request(Samples.url(), headers: Self.fields("X-A: \u{FC}\r\nX-B: b"))
        let input = Input(index: 0, text: "http://a.test/", request: .success(request), isJSONLine: true)
        #expect(FailedLineTests.written(input).text.contains(#""headers":{"X-B":["b"]}"#))
        #expect(!FailedLineTests.written(input).text.contains("\u{FFFD}"))
    }

    @Test func `issue 20.9: a sitemap of robots.txt and the lines of a text sitemap too`() {
        let robots = RobotsPolicy(parsing: Array("Sitemap: /m".utf8) + [0xFC], agent: "fetchall")
        #expect(robots.sitemaps == ["/m%FC"])
        let list = Array("http://a.test/\n http://a.test/l".utf8) + [0xFC, 0x0A]
        let sitemap = SitemapReader.read(list, url: Samples.url("http://a.test/m.txt"))
        #expect(sitemap.entries.map(\.url.href) == ["http://a.test/", "http://a.test/l%FC"])
    }
}
