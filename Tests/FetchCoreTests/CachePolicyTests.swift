import FetchHTTP
import Testing

@testable import FetchStore

@Suite("The cache keeps and uses what RFC 9111 lets a private cache keep and use")
struct CachePolicyTests {
    private static let date = "Thu, 01 Jan 2026 00:00:00 GMT"
    /// That date in milliseconds since 1970.
    private static let now: Int64 = 1_767_225_600_000

    private static func fields(_ text: String) -> HeaderFields { HeaderFields(lines: Array((text + "\n").utf8)) }

    private static func response(_ headers: String, status: Int = 200) -> Response {
        Response(status: status, headers: fields(headers))
    }

    private static func stored(_ headers: String, status: Int = 200, ago seconds: Int64 = 0) -> StoredResponse {
        StoredResponse(
            status: status, httpVersion: "1.1", headers: fields(headers), size: 10, requestedAt: now - seconds * 1000,
            receivedAt: now - seconds * 1000)
    }

    private static func get(_ headers: String = "", _ method: String = "GET") -> Request {
        Request(Samples.url(), method: method, headers: headers.isEmpty ? HeaderFields() : fields(headers))
    }

    // MARK: Storing

    @Test(
        "What may be stored",
        arguments: [
            // §3: nothing that is neither fresh for a moment nor can be asked about
            ("Content-Type: text/html", 200, false),
            ("ETag: \"a\"", 200, true),
            ("Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT", 200, true),
            ("Last-Modified: yesterday", 200, false),
            ("Cache-Control: max-age=60", 200, true),
            ("Cache-Control: max-age=0", 200, false),
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nExpires: Thu, 01 Jan 2026 00:01:00 GMT", 200, true),
            // §5.2.2.5, §5.2.2.3
            ("ETag: \"a\"\nCache-Control: no-store", 200, false),
            ("ETag: \"a\"\nCache-Control: NO-STORE , max-age=60", 200, false),
            ("ETag: \"a\"\nCache-Control: must-understand, no-store", 200, true),
            // §5.2.2.4: no-cache may be stored, §5.2.2.7: private too, by a private cache
            ("ETag: \"a\"\nCache-Control: no-cache", 200, true),
            ("ETag: \"a\"\nCache-Control: private", 200, true),
            // §4.1
            ("ETag: \"a\"\nVary: *", 200, false),
            ("ETag: \"a\"\nVary: accept, *", 200, false),
            ("ETag: \"a\"\nVary: accept", 200, true),
            // RFC 9110 §15.1: heuristically cacheable, and those that are not without a word
            ("ETag: \"a\"", 404, true),
            ("ETag: \"a\"", 301, true),
            ("ETag: \"a\"", 302, false),
            ("ETag: \"a\"\nCache-Control: max-age=60", 302, true),
            // §3.3, and what asks for another attempt
            ("ETag: \"a\"\nCache-Control: max-age=60", 206, false),
            ("Cache-Control: max-age=60", 401, false),
            ("Cache-Control: max-age=60", 429, false),
            ("Cache-Control: max-age=60", 503, false),
            ("ETag: \"a\"", 304, false),
        ])
    func storing(headers: String, status: Int, expected: Bool) {
        #expect(CachePolicy.isStorable(Self.response(headers, status: status), to: Self.get()) == expected)
    }

    @Test("A request with no-store leaves nothing behind (§5.2.1.5)")
    func requestNoStore() {
        let response = Self.response("ETag: \"a\"\nCache-Control: max-age=60")
        #expect(!CachePolicy.isStorable(response, to: Self.get("Cache-Control: no-store")))
        #expect(CachePolicy.isStorable(response, to: Self.get("Authorization: Bearer t")))
    }

    @Test("An answer to Authorization may be kept by a private cache (§3.5 binds shared ones)")
    func authorization() {
        #expect(CachePolicy.isStorable(Self.response("ETag: \"a\""), to: Self.get("Authorization: Basic eA==")))
    }

    @Test("Connection's fields, hop-by-hop fields and cookies are not kept (§3.1)")
    func storedFields() {
        let kept = CachePolicy.storedFields(
            Self.fields(
                "ETag: \"a\"\nConnection: X-Hop , close\nX-Hop: 1\nKeep-Alive: x\nTransfer-Encoding: chunked\n"
                    + "Set-Cookie: s=secret\nProxy-Authenticate: Basic\nX-Mine: 2"))
        #expect(kept.fields.map(\.name) == ["ETag", "X-Mine"])
    }

    // MARK: Freshness

    @Test(
        "How long a response is fresh (§4.2.1, §4.2.2)",
        arguments: [
            ("Cache-Control: max-age=60", 60),
            ("Cache-Control: max-age=\"60\"", 60),
            ("Cache-Control: max-age=60, max-age=5", 60),
            ("Cache-Control: private=\"a, max-age=9\", max-age=60", 60),
            ("Cache-Control: max-age=-1", 0),
            ("Cache-Control: max-age=1.5", 0),
            ("Cache-Control: max-age", 0),
            ("Cache-Control: max-age=99999999999999999999", 1 << 31),
            // max-age stands above Expires (§5.3), and s-maxage is for shared caches (§5.2.2.10)
            ("Cache-Control: max-age=60\nExpires: Thu, 01 Jan 2026 01:00:00 GMT", 60),
            ("Cache-Control: s-maxage=60", 0),
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nExpires: Thu, 01 Jan 2026 01:00:00 GMT", 3600),
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nExpires: Wed, 31 Dec 2025 01:00:00 GMT", 0),
            ("Expires: Thu, 01 Jan 2026 00:00:30 GMT", 30),
            ("Expires: 0\nLast-Modified: Thu, 01 Jan 1998 00:00:00 GMT", 0),
            // a tenth, and a day at most
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nLast-Modified: Wed, 31 Dec 2025 23:43:20 GMT", 100),
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nLast-Modified: Thu, 01 Jan 1998 00:00:00 GMT", 86_400),
            ("Date: Thu, 01 Jan 2026 00:00:00 GMT\nLast-Modified: Fri, 02 Jan 2026 00:00:00 GMT", 0),
            ("ETag: \"a\"", 0),
        ])
    func lifetimes(headers: String, expected: Int) {
        #expect(CachePolicy.lifetime(Self.fields(headers), status: 200, receivedAt: Self.now) == expected)
    }

    @Test("A lifetime is guessed for statuses that allow it only (§4.2.2)")
    func noGuess() {
        let headers = Self.fields("Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT")
        #expect(CachePolicy.lifetime(headers, status: 302, receivedAt: Self.now) == 0)
        #expect(CachePolicy.lifetime(headers, status: 404, receivedAt: Self.now) == 86_400)
    }

    @Test("How old a response is (§4.2.3)")
    func ages() {
        let old = Self.stored("Date: \(Self.date)\nAge: 7", ago: 100)
        #expect(CachePolicy.age(of: old, now: Self.now) == 107)
        // Its Date says that it was an hour old when it came.
        let apparent = Self.stored("Date: Wed, 31 Dec 2025 23:00:00 GMT")
        #expect(CachePolicy.age(of: apparent, now: Self.now) == 3600)
        // The time on the way counts, as it may have been spent in another cache.
        var slow = Self.stored("Age: 10")
        slow.requestedAt -= 5000
        #expect(CachePolicy.age(of: slow, now: Self.now) == 15)
        let aged = CachePolicy.aged(old, now: Self.now).fields.map { "\($0.name): \($0.value)" }
        #expect(aged == ["Date: \(Self.date)", "Age: 107"])
        #expect(CachePolicy.age(of: Self.stored("Age: nonsense"), now: Self.now) == 0)
        #expect(CachePolicy.age(of: Self.stored(""), now: Self.now - 3_600_000) == 0)
    }

    // MARK: Using

    @Test(
        "What a stored response is good for",
        arguments: [
            // §4.2: fresh, and exactly at its end not any more
            ("Cache-Control: max-age=60", "", 59, "fresh"),
            ("Cache-Control: max-age=60", "", 60, "none"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "", 60, "ask"),
            ("ETag: \"a\"", "", 0, "ask"),
            // §5.2.2.4
            ("Cache-Control: max-age=60, no-cache\nETag: \"a\"", "", 0, "ask"),
            ("Cache-Control: max-age=60, no-cache=\"set-cookie\"\nETag: \"a\"", "", 0, "ask"),
            // §5.2.1.4, §5.4, §5.2.1.1, §5.2.1.3
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: no-cache", 0, "ask"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Pragma: no-cache", 0, "ask"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Pragma: no-cache\nCache-Control: max-age=60", 0, "fresh"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: max-age=0", 1, "ask"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: max-age=10", 10, "fresh"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: min-fresh=30", 30, "ask"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: min-fresh=30", 29, "fresh"),
            // §5.2.1.2, §5.2.2.2, §4.2.4
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: max-stale=10", 70, "fresh"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: max-stale=10", 71, "ask"),
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: max-stale", 9999, "fresh"),
            ("Cache-Control: max-age=60, must-revalidate\nETag: \"a\"", "Cache-Control: max-stale", 61, "ask"),
            ("Cache-Control: max-age=60, must-revalidate\nETag: \"a\"", "", 59, "fresh"),
            // §5.2.1.5
            ("Cache-Control: max-age=60\nETag: \"a\"", "Cache-Control: no-store", 0, "none"),
        ])
    func using(headers: String, asked: String, age: Int, expected: String) {
        let use = CachePolicy.use(
            Self.stored(headers, ago: Int64(age)), for: Self.get(asked), limits: TransferLimits(), now: Self.now)
        switch use {
        case .fresh: #expect(expected == "fresh")
        case .revalidate: #expect(expected == "ask")
        case .none: #expect(expected == "none")
        }
    }

    @Test("A response that is larger than allowed, or whose body was dropped, is of no use")
    func unusable() {
        var stored = Self.stored("Cache-Control: max-age=60\nETag: \"a\"")
        let use = { CachePolicy.use($0, for: Self.get(), limits: $1, now: Self.now) }
        #expect(use(stored, TransferLimits(maxBodySize: 9)) == .none)
        #expect(use(stored, TransferLimits(maxBodySize: 10)) == .fresh)
        stored.isBodyDropped = true
        #expect(use(stored, TransferLimits()) == .none)
        #expect(use(stored, TransferLimits(dropsRedirectBody: true)) == .fresh)
    }

    @Test("Ranges, conditions of the user's own, bodies and other methods are not the cache's concern (§4, §4.3.1)")
    func concern() {
        #expect(CachePolicy.isConcerned(with: Self.get("Accept: text/html")))
        for field in ["Range: bytes=0-1", "If-None-Match: \"a\"", "if-modified-since: x", "If-Range: \"a\""] {
            #expect(!CachePolicy.isConcerned(with: Self.get(field)), "\(field)")
        }
        #expect(!CachePolicy.isConcerned(with: Self.get("", "HEAD")))
        #expect(!CachePolicy.isConcerned(with: Self.get("", "POST")))
        var request = Self.get()
        request.body = [1]
        #expect(!CachePolicy.isConcerned(with: request))
    }

    @Test(
        "An unsafe method that succeeds makes what is stored worthless (§4.4)",
        arguments: [
            ("POST", 201, true), ("DELETE", 204, true), ("PUT", 301, true), ("POST", 404, false), ("POST", 500, false),
            ("HEAD", 200, false), ("OPTIONS", 200, false),
        ])
    func invalidation(method: String, status: Int, expected: Bool) {
        #expect(CachePolicy.invalidates(Self.get("", method), status) == expected)
    }

    // MARK: Asking again

    @Test("Both validators are sent, dates that are none are not (§4.3.1)")
    func conditions() {
        let both = CachePolicy.conditions(for: Self.fields("ETag: W/\"a\"\nLast-Modified: \(Self.date)"))
        #expect(both.fields.map(\.name) == ["If-None-Match", "If-Modified-Since"])
        #expect(both["if-none-match"] == "W/\"a\"")
        #expect(CachePolicy.conditions(for: Self.fields("Last-Modified: never\nETag:")).isEmpty)
    }

    @Test("A 304 replaces fields, but not those of the body it does not have (§3.2, §4.3.4)")
    func updating() {
        let stored = Self.fields(
            "ETag: \"a\"\nX-Old: 1\nX-Two: 1\nX-Two: 2\nContent-Type: text/html\nContent-Length: 10\nAge: 9\nDate: old")
        let answer = Self.fields(
            "Date: new\nx-two: 3\nContent-Length: 0\nContent-Type: text/plain\nContent-Encoding: br\nSet-Cookie: a=1\n"
                + "Connection: close\nX-New: 4")
        let fields = CachePolicy.updated(stored, by: answer).fields.map { "\($0.name): \($0.value)" }
        #expect(
            fields == [
                "ETag: \"a\"", "X-Old: 1", "Content-Type: text/html", "Content-Length: 10", "Date: new", "x-two: 3",
                "X-New: 4",
            ])
    }

    @Test("A 304 with another strong tag speaks of another response (§4.3.4)")
    func confirming() {
        let stored = Self.stored("ETag: \"a\"")
        #expect(CachePolicy.confirms(Self.fields("ETag: \"a\""), stored))
        #expect(CachePolicy.confirms(Self.fields("Date: x"), stored))
        #expect(CachePolicy.confirms(Self.fields("ETag: W/\"b\""), stored))
        #expect(!CachePolicy.confirms(Self.fields("ETag: \"b\""), stored))
    }
}
