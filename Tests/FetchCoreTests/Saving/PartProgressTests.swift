import FetchHTTP
import Testing

@testable import FetchTransport

@Suite("What is there of a file, and what comes") struct PartProgressTests {
    private static let megabyte = 1_000_000
    private static let tag = HeaderFields([("ETag", "\"a\"")])

    private static func get(_ headers: HeaderFields = HeaderFields()) -> Request {
        Request(Samples.url("http://a.test/f"), headers: headers)
    }

    /// Lets an attempt bring bytes up to a size.
    private func attempt(
        _ progress: inout PartProgress, _ status: Int, _ headers: HeaderFields, to size: Int, length: Int? = 9_000_000
    ) -> Bool {
        _ = progress.asking(Self.get())
        _ = progress.begin(status: status, headers: headers, length: length, isPacked: false, isWanted: true)
        return progress.broke(at: size)
    }

    private static func part(_ first: Int, _ total: Int = 9_000_000, tag: String = "\"a\"") -> HeaderFields {
        HeaderFields([("ETag", tag), ("Content-Range", "bytes \(first)-\(total - 1)/\(total)")])
    }

    @Test func `issue 22.1: an attempt is free when it adds a megabyte of the same version`() {
        var progress = PartProgress()
        #expect(attempt(&progress, 200, Self.tag, to: 2 * Self.megabyte))
        #expect(progress.resume?.offset == 2 * Self.megabyte)
        #expect(!attempt(&progress, 206, Self.part(2 * Self.megabyte), to: 2 * Self.megabyte + 999_999))
        #expect(attempt(&progress, 206, Self.part(2 * Self.megabyte + 999_999), to: 4 * Self.megabyte))
    }

    @Test func `issue 22.1: who begins again pays, however much comes`() {
        var progress = PartProgress()
        _ = attempt(&progress, 200, Self.tag, to: 2 * Self.megabyte)
        // Range is ignored.
        #expect(!attempt(&progress, 200, Self.tag, to: 2 * Self.megabyte))
        #expect(!attempt(&progress, 200, Self.tag, to: 2 * Self.megabyte))
        // A version that changes each time.
        for round in 1...5 {
            let tag = HeaderFields([("ETag", "\"\(round)\"")])
            #expect(!attempt(&progress, 200, tag, to: 8 * Self.megabyte) || round > 1, "\(round)")
            #expect(progress.resume?.validator == .etag("\"\(round)\""))
        }
    }

    @Test func `issue 22.1: versions in turn are never free`() {
        var progress = PartProgress()
        _ = attempt(&progress, 200, HeaderFields([("ETag", "\"0\"")]), to: 5 * Self.megabyte)
        for round in 1...20 {
            let isFree = attempt(
                &progress, 200, HeaderFields([("ETag", "\"\(round % 2)\"")]), to: 5 * Self.megabyte)
            #expect(!isFree, "\(round)")
        }
    }

    @Test func `issue 22.1: without a known length no attempt is free`() {
        var progress = PartProgress()
        #expect(!attempt(&progress, 200, Self.tag, to: 2 * Self.megabyte, length: nil))
        let range = HeaderFields([
            ("ETag", "\"a\""), ("Content-Range", "bytes \(2 * Self.megabyte)-\(5 * Self.megabyte)/*"),
        ])
        #expect(!attempt(&progress, 206, range, to: 4 * Self.megabyte, length: nil))
        #expect(progress.resume?.offset == 4 * Self.megabyte)
    }

    @Test func `issue 22.2: a range ends where its Content-Range says`() {
        func end(_ range: String, _ received: Int, length: Int? = 20) -> PartProgress.RangeEnd? {
            var progress = PartProgress(size: 10, of: PartVersion(validator: .etag("\"a\""), length: length))
            _ = progress.asking(Self.get())
            _ = progress.begin(
                status: 206, headers: HeaderFields([("ETag", "\"a\""), ("Content-Range", range)]), length: nil,
                isPacked: false,
                isWanted: true)
            let end = progress.end(received)
            #expect((progress.obstacle != nil) == (end == .excess))
            return end
        }
        #expect(end("bytes 10-19/20", 10) == .whole)
        #expect(end("bytes 10-19/20", 11) == .excess)
        #expect(end("bytes 10-19/20", 9) == .missing(1))
        #expect(end("bytes 10-14/20", 5) == .missing(5))
        #expect(end("bytes 10-14/20", 6) == .excess)
        #expect(end("bytes 10-19/*", 10) == .whole)
        #expect(end("bytes 10-19/*", 10, length: nil) == .missing(nil))
        #expect(end("bytes 10-19/*", 3, length: nil) == .missing(nil))
        #expect(end("bytes 10-19/20", 10, length: nil) == .whole)
    }

    @Test func `issue 22.2: what a server does not continue stays until a complete body replaces it`() {
        var progress = PartProgress(size: 10, of: PartVersion(validator: .etag("\"a\""), length: 20))
        func answer(_ status: Int, _ fields: [(String, String)] = []) -> PartProgress.Beginning? {
            progress.begin(
                status: status, headers: HeaderFields(fields), length: 20, isPacked: false, isWanted: status < 300)
        }
        #expect(progress.asking(Self.get()).headers.contains("range"))
        #expect(answer(416, [("Content-Range", "bytes */7")]) == .fail("the server has no bytes from 10"))
        #expect(!progress.broke(at: 10) && progress.startsAgain)
        for status in [503, 204] {
            #expect(!progress.asking(Self.get()).headers.contains("range"))
            #expect(progress.needsHead)
            let beginning = answer(status)
            #expect(status == 503 ? beginning == nil : beginning != .write)
            #expect(!progress.broke(at: 10) && progress.obstacle != nil)
        }
        _ = progress.asking(Self.get())
        #expect(answer(200, [("ETag", "\"b\"")]) == .write)
        #expect(progress.obstacle == nil && progress.version?.validator == .etag("\"b\""))
    }

    @Test func `issue 22.2: the next request asks for the rest, uncompressed, if it is the same version`() throws {
        var progress = PartProgress()
        _ = attempt(&progress, 200, Self.tag, to: 700)
        let request = progress.asking(Self.get(HeaderFields([("Accept-Encoding", "br"), ("X-A", "1")])))
        #expect(request.headers.values(of: "range") == ["bytes=700-"])
        #expect(request.headers.values(of: "if-range") == ["\"a\""])
        #expect(request.headers.values(of: "accept-encoding") == ["identity"])
        #expect(request.headers["x-a"] == "1")
        // A range of the user's own, a body, or another method is left alone.
        for other in [
            Self.get(HeaderFields([("Range", "bytes=1-2")])),
            Request(Samples.url("http://a.test/f"), method: "POST"),
            Request(Samples.url("http://a.test/f"), body: [1]),
        ] { #expect(progress.asking(other).headers == other.headers) }
    }

    @Test func `issue 22.2: only a strong version is continued`() {
        let old = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        let cases: [(fields: [(String, String)], isPacked: Bool, continues: Bool)] = [
            ([("ETag", "\"a\"")], false, true), ([("ETag", "W/\"a\"")], false, false), ([], false, false),
            ([old, ("Date", "Sun, 06 Nov 1994 08:49:38 GMT")], false, true),
            ([old, ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")], false, false), ([old], false, false),
            ([("ETag", "W/\"a\""), old, ("Date", "Sun, 06 Nov 1994 09:49:37 GMT")], false, true),
            ([("ETag", "\"a\"")], true, false), ([("ETag", "\"a")], false, false),
            ([("ETag", "\"a\""), ("ETag", "\"b\"")], false, false), ([("ETag", "\"\u{E9}\"")], false, false),
        ]
        for (fields, isPacked, continues) in cases {
            var progress = PartProgress()
            _ = progress.asking(Self.get())
            _ = progress.begin(
                status: 200, headers: HeaderFields(fields), length: nil, isPacked: isPacked, isWanted: true)
            _ = progress.broke(at: 10)
            #expect((progress.resume != nil) == continues, "\(fields)")
        }
    }

    @Test func `issue 22.2: a response is taken only for what it proves to be`() {
        typealias Verdict = ResumePoint.Verdict
        let point = ResumePoint(offset: 10, validator: .etag("\"a\""), length: 20)
        func verdict(_ status: Int, _ fields: [(String, String)]) -> Verdict {
            let tag = fields.contains { $0.0 == "ETag" } ? [] : [("ETag", "\"a\"")]
            return point.verdict(status: status, headers: HeaderFields(tag + fields))
        }
        func isUseless(_ verdict: Verdict) -> Bool { if case .useless = verdict { true } else { false } }
        let range = ("Content-Range", "bytes 10-19/20")
        #expect(verdict(206, [range]) == .append(length: 20, count: 10))
        #expect(verdict(206, [("content-range", "Bytes 10-14/20")]) == .append(length: 20, count: 5))
        #expect(verdict(206, [("Content-Range", "bytes 10-19/*")]) == .append(length: 20, count: 10))
        #expect(verdict(206, [range, ("ETag", "\"a\""), ("Content-Length", "10")]) == .append(length: 20, count: 10))
        #expect(verdict(200, [range]) == .restart)
        #expect(verdict(203, []) == .restart)
        #expect(verdict(416, [("Content-Range", "bytes */10")]) != .complete)
        #expect(
            ResumePoint(offset: 20, validator: .etag("\"a\""), length: 20).verdict(
                status: 416, headers: HeaderFields([("Content-Range", "bytes */20")])) == .complete)
        // A server that does not know If-Range says nothing of the version (RFC 9110 §15.3.7 demands it).
        #expect(isUseless(point.verdict(status: 206, headers: HeaderFields([range]))))
        let dated = ResumePoint(
            offset: 10, validator: .lastModified("Sun, 06 Nov 1994 08:49:37 GMT"), length: 20, weakTag: "W/\"1\"")
        #expect(dated.verdict(status: 206, headers: HeaderFields([range])) == .append(length: 20, count: 10))
        #expect(isUseless(dated.verdict(status: 206, headers: HeaderFields([range, ("ETag", "W/\"2\"")]))))
        for status in [301, 404, 500, 503] { #expect(verdict(status, [range]) == .unrelated) }
        for status in [204, 205] { #expect(isUseless(verdict(status, []))) }
        for fields in [
            [], [("Content-Range", "bytes 9-19/20")], [("Content-Range", "bytes 11-19/20")],
            [("Content-Range", "bytes 10-19/21")], [("Content-Range", "bytes 10-20/20")],
            [("Content-Range", "bytes 10-9/20")], [("Content-Range", "lines 10-19/20")],
            [("Content-Range", "bytes 10-19")], [("Content-Range", "bytes -10/20")],
            [("Content-Range", "bytes 10-19/99999999999999999999")], [range, range],
            [range, ("ETag", "\"b\"")], [range, ("ETag", "W/\"a\"")], [range, ("Content-Encoding", "gzip")],
            [range, ("Content-Length", "9")], [("Content-Type", "multipart/byteranges; boundary=x")],
        ] { #expect(isUseless(verdict(206, fields)), "\(fields)") }
        for fields in [[], [("Content-Range", "bytes */9")], [("Content-Range", "bytes 0-9/10")]] {
            #expect(isUseless(verdict(416, fields)), "\(fields)")
        }
    }

    @Test func `issue 22.2: a note tells what it was told, and a damaged one nothing`() throws {
        let url = Samples.url("https://a.test:8443/x/y%20z?token=secret")
        for (validator, length) in [
            (BodyValidator.etag("\"q\\\\x\""), 5), (.lastModified("Sun, 06 Nov 1994 08:49:37 GMT"), nil),
        ] {
            let version = PartVersion(
                validator: validator, length: length,
                weakTag: length == nil ? "W/\"2\"" : nil,
                modified: length == nil ? "Sun, 06 Nov 1994 08:49:37 GMT" : nil, fileName: length.map { _ in "a b" })
            let note = PartNote(url, version)
            #expect(PartNote(note.bytes) == note)
            #expect(!String(decoding: note.bytes, as: UTF8.self).contains("secret"))
            #expect(note.isAbout(url))
            // Another query may be another body, which only an entity tag and the length tell.
            #expect(note.isAbout(Samples.url("https://a.test:8443/x/y%20z?token=other")) == (length != nil))
            #expect(!note.isAbout(Samples.url("https://a.test:8443/x/y")))
            #expect(!note.isAbout(Samples.url("https://b.test:8443/x/y%20z")))
            for count in 0..<note.bytes.count - 1 { #expect(PartNote(Array(note.bytes[..<count])) == nil) }
        }
        let text = String(
            decoding: PartNote(url, PartVersion(validator: .etag("\"a\""), length: 5)).bytes, as: UTF8.self)
        for (old, new) in [
            ("\"version\":1", "\"version\":2"), ("\"length\":5", "\"length\":-5"), ("\"length\":5", "\"length\":\"5\""),
            ("\"etag\"", "\"tag\""), ("\"origin\"", "\"Origin\""), (",\"length\":5", ""),
        ] { #expect(PartNote(Array(text.replacing(old, with: new).utf8)) == nil, "\(new)") }
    }
}
