import FetchHTTP
@testable import FetchStore
import FetchTransport
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("A transport with a cache sends what it must and answers with what it has")
struct CachingTransportTests {
    /// A cache in a folder of its own, before a fake transport.
    private final class Setting: Sendable {
        let transport: FakeTransport
        let time = ManualTime()
        let folder: String
        let cache: ResponseCache
        let caching: CachingTransport

        init(network: NetworkOptions = NetworkOptions(), _ handler: @escaping FakeTransport.Handler) throws {
            transport = FakeTransport(handler)
            folder = FileManager.default.temporaryDirectory.path() + "fetchall-core-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            cache = try ResponseCache(path: folder + "/c.sqlite", network: network) { Issue.record("\($0)") }
            caching = CachingTransport(transport, cache: cache, time: time)
        }

        deinit {
            cache.close()
            try? FileManager.default.removeItem(atPath: folder)
        }

        @discardableResult
        func get(
            _ url: String = "http://a.test/", _ headers: [(name: String, value: String)] = [], method: String = "GET",
            into sink: BodySink = .memory, limits: TransferLimits = TransferLimits()
        ) async -> TransferResult {
            await caching.send(
                Request(Samples.url(url), method: method, headers: HeaderFields(headers)), into: sink, limits: limits)
        }

        /// The value of a field in every request that was sent.
        func sent(_ field: String) -> [String?] { transport.requests.map { $0.headers[field] } }
    }

    /// 200 with a body that says how often it was asked for; 304 where the tag is the one that the request knows.
    private static func tagged(_ fields: [(name: String, value: String)] = [("ETag", "\"1\"")]) -> FakeTransport.Handler
    {
        { request, number in
            if request.headers["if-none-match"] == "\"1\"" {
                return TransferResult(
                    response: Response(status: 304, headers: HeaderFields([("ETag", "\"1\""), ("X-New", "\(number)")])))
            }
            let body = Array("body \(number)".utf8)
            return TransferResult(
                response: Response(
                    status: 200, headers: HeaderFields(fields), body: .bytes(body), size: body.count, connects: 1,
                    remoteIP: "127.0.0.1", remotePort: 80))
        }
    }

    private static func text(_ result: TransferResult) -> String? {
        guard case .bytes(let bytes)? = result.response?.body else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("The second time it asks, and a 304 gives the stored body with the new fields")
    func revalidation() async throws {
        let setting = try Setting(Self.tagged())
        #expect(await setting.get().response?.cache == .stored)
        for number in 2...3 {
            let result = await setting.get()
            #expect(Self.text(result) == "body 1")
            #expect(result.response?.status == 200)
            #expect(result.response?.size == 6)
            #expect(result.response?.cache == .revalidated)
            #expect(result.response?.headers["x-new"] == "\(number)")
        }
        #expect(setting.sent("if-none-match") == [nil, "\"1\"", "\"1\""])
    }

    @Test("What is fresh is not asked about, and once it is stale it is")
    func freshness() async throws {
        let setting = try Setting(Self.tagged([("ETag", "\"1\""), ("Cache-Control", "max-age=60")]))
        await setting.get()
        setting.time.advance(by: .seconds(59))
        let result = await setting.get()
        #expect(result.response?.cache == .fresh)
        #expect(Self.text(result) == "body 1")
        #expect(result.response?.connects == 0)
        #expect(setting.transport.requests.count == 1)
        setting.time.advance(by: .seconds(1))
        #expect(await setting.get().response?.cache == .revalidated)
        #expect(setting.transport.requests.count == 2)
        // A 304 without a word on freshness leaves the lifetime, which begins anew.
        #expect(await setting.get().response?.cache == .fresh)
    }

    @Test("Only what is fresh is at hand without sending")
    func atHand() async throws {
        let setting = try Setting(Self.tagged([("ETag", "\"1\""), ("Cache-Control", "max-age=60")]))
        let request = Request(Samples.url())
        let ask = { await setting.caching.answerAtHand(request, into: .memory, limits: TransferLimits()) }
        #expect(await ask() == nil)
        await setting.get()
        #expect(await ask()?.response?.cache == .fresh)
        setting.time.advance(by: .seconds(60))
        #expect(await ask() == nil)
        #expect(setting.transport.requests.count == 1)
    }

    @Test("A body goes where the caller wants it: nowhere, into memory, into a file")
    func sinks() async throws {
        let setting = try Setting(Self.tagged([("ETag", "\"1\""), ("Cache-Control", "max-age=60")]))
        #expect(await setting.get(into: .discard).response?.body == .discarded)
        #expect(setting.transport.sinks == [.kept(limit: ResponseCache.largestBody, file: nil)])
        #expect(await setting.get(into: .discard).response?.body == .discarded)
        #expect(Self.text(await setting.get(into: .memory)) == "body 1")
        let path = setting.folder + "/body"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let handle = open(path, O_WRONLY)
        let result = try await setting.get(into: .file(.at(handle)))
        close(handle)
        #expect(result.response?.body == .file)
        #expect(try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self) == "body 1")
        #expect(setting.transport.requests.count == 1)
    }

    @Test("Another Authorization, or another field that Vary names, is another answer")
    func identities() async throws {
        let setting = try Setting(Self.tagged([("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")]))
        let askers: [[(name: String, value: String)]] = [
            [], [("Authorization", "Bearer a")], [("Authorization", "Bearer b")], [("Accept-Language", "de")],
        ]
        for (number, headers) in askers.enumerated() {
            #expect(Self.text(await setting.get("http://a.test/", headers)) == "body \(number + 1)")
        }
        for (number, headers) in askers.enumerated() {
            let result = await setting.get("http://a.test/", headers)
            #expect(Self.text(result) == "body \(number + 1)")
            #expect(result.response?.cache == .fresh)
        }
        #expect(setting.transport.requests.count == 4)
    }

    @Test(
        "The user's own conditions, ranges and methods go past it, and an unsafe method removes what is stored (§4.4)")
    func bypass() async throws {
        let setting = try Setting(Self.tagged([("ETag", "\"1\""), ("Cache-Control", "max-age=60")]))
        await setting.get()
        let conditional = await setting.get("http://a.test/", [("If-None-Match", "\"1\"")])
        #expect(conditional.response?.status == 304)
        #expect(conditional.response?.cache == nil)
        #expect(await setting.get("http://a.test/", [("Range", "bytes=0-1")]).response?.cache == nil)
        #expect(await setting.get(method: "HEAD").response?.cache == nil)
        #expect(await setting.get().response?.cache == .fresh)
        await setting.get(method: "POST")
        #expect(await setting.get().response?.cache == .stored)
    }

    @Test("What may not be kept is a miss each time")
    func misses() async throws {
        let setting = try Setting(Self.tagged([("ETag", "\"1\""), ("Cache-Control", "no-store")]))
        for _ in 1...2 { #expect(await setting.get().response?.cache == .miss) }
        #expect(setting.sent("if-none-match") == [nil, nil])
    }

    @Test("An answer that broke off, or is too large, is not kept")
    func broken() async throws {
        let setting = try Setting { request, number in
            var response = Response(
                status: 200, headers: HeaderFields([("ETag", "\"1\"")]), body: .bytes([1, 2]), size: 2)
            if number == 1 { return TransferResult(response: response, error: FetchError(.truncated, "cut")) }
            // The sink gave the bytes up on the way.
            response.body = .discarded
            response.size = ResponseCache.largestBody + 1
            return TransferResult(response: response)
        }
        #expect(await setting.get(into: .discard).response?.cache == .miss)
        #expect(await setting.get(into: .discard).response?.cache == .miss)
        await setting.get(into: .discard)
        #expect(setting.sent("if-none-match") == [nil, nil, nil])
    }

    @Test("A 304 that speaks of another response is asked again, without a condition")
    func foreign304() async throws {
        let setting = try Setting { request, number in
            if request.headers.contains("if-none-match") {
                return TransferResult(response: Response(status: 304, headers: HeaderFields([("ETag", "\"other\"")])))
            }
            return TransferResult(
                response: Response(
                    status: 200, headers: HeaderFields([("ETag", "\"\(number)\"")]), body: .bytes([UInt8(number)]),
                    size: 1))
        }
        await setting.get()
        let result = await setting.get()
        #expect(result.response?.status == 200)
        #expect(result.response?.body == .bytes([3]))
        #expect(setting.sent("if-none-match") == [nil, "\"1\"", nil])
    }

    @Test("A failure while asking is the answer: nothing stale is given out (§4.2.4)")
    func failure() async throws {
        let setting = try Setting { request, number in
            if number > 1 { return TransferResult(error: FetchError(.connectionRefused, "refused")) }
            return TransferResult(
                response: Response(status: 200, headers: HeaderFields([("ETag", "\"1\"")]), body: .bytes([1]), size: 1))
        }
        await setting.get()
        let result = await setting.get()
        #expect(result.error?.kind == .connectionRefused)
        #expect(result.response == nil)
    }

    @Test("A redirect is kept without its body, for those who follow it")
    func redirects() async throws {
        let setting = try Setting { _, _ in
            TransferResult(
                response: Response(
                    status: 301, headers: HeaderFields([("Location", "/x"), ("Cache-Control", "max-age=60")]), size: 5))
        }
        let following = TransferLimits(dropsRedirectBody: true)
        #expect(await setting.get(limits: following).response?.cache == .stored)
        #expect(await setting.get(limits: following).response?.cache == .fresh)
        #expect(await setting.get().response?.cache == .miss)
    }

    @Test("No secret gets into the file")
    func secrets() async throws {
        let setting = try Setting(
            Self.tagged([("ETag", "\"1\""), ("Vary", "Authorization, X-Api-Key"), ("Set-Cookie", "session=hunter1")]))
        await setting.get(
            "http://user:hunter2@a.test/?token=hunter3",
            [("X-Api-Key", "hunter4"), ("Cookie", "hunter5"), ("Authorization", "Bearer hunter6")])
        #expect(await setting.cache.statistics()?.responses == 1)
        setting.cache.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: setting.folder) {
            let bytes = try Array(Data(contentsOf: URL(filePath: setting.folder + "/" + name)))
            for secret in ["hunter", "aHVudGVy", "dXNlcjpo"] {
                #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(secret) in \(name)")
            }
            #expect(bytes.firstRange(of: Array("body 1".utf8)) != nil)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: setting.folder + "/c.sqlite")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("Many at once, and the same file twice in one process")
    func concurrent() async throws {
        let setting = try Setting(Self.tagged())
        let other = try ResponseCache(path: setting.folder + "/c.sqlite", network: NetworkOptions()) {
            Issue.record("\($0)")
        }
        let second = CachingTransport(setting.transport, cache: other, time: setting.time)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let request = Request(Samples.url("http://a.test/\(number % 50)"))
                    let transport = number % 2 == 0 ? setting.caching : second
                    let result = await transport.send(request, into: .memory, limits: TransferLimits())
                    #expect(result.response?.status == 200)
                }
            }
        }
        other.close()
        #expect(await setting.cache.statistics()?.responses == 50)
    }
}
