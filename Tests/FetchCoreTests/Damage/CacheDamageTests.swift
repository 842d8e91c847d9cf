import FetchHTTP
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchStore

@Suite("issue 20.16: a damaged cache gives right bodies or none, and is put aside")
struct CacheDamageTests {
    private static let kept = (0..<24).map { number in
        let size = [0, 5, 300, 2000, 9000][number % 5]
        return (
            request: Request(Samples.url("http://a.test/\(number)")),
            response: StoredResponse(
                status: 200, httpVersion: "1.1",
                headers: HeaderFields([("ETag", "\"\(number)\""), ("X", "\(number)")]),
                size: size, requestedAt: 1_767_225_600_000, receivedAt: 1_767_225_600_000 + Int64(number)),
            body: (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31 + number) }
        )
    }

    private static func open(_ folder: String, _ said: Shared<[String]>) throws(StoreFailure) -> ResponseCache {
        try ResponseCache(path: folder + "c", network: NetworkOptions()) { line in said.update { $0.append(line) } }
    }

    /// The files of a cache as they are after its end, and while it is open.
    private static func make() async throws -> [[String: [UInt8]]] {
        var made: [[String: [UInt8]]] = []
        try await Damage.inFolder { folder in
            let cache = try open(folder, Shared([]))
            for (request, response, body) in kept {
                await cache.write(.store(request, response, body: body), for: request.url)
            }
            #expect(await cache.statistics()?.responses == kept.count)
            if var found = await cache.find(kept[3].request)?.response {
                found.headers.append("X-New", "1")
                await cache.write(.update(found), for: kept[3].request.url)
            }
            #expect(await cache.find(kept[3].request)?.response.headers["x-new"] == "1")
            let opened = try Damage.read(folder)
            cache.close()
            made = [try Damage.read(folder), opened]
        }
        return made
    }

    /// What of the cache is found; a wrong answer is an issue.
    private static func check(_ cache: ResponseCache, _ note: String) async -> Int {
        var count = 0
        for (number, (request, response, body)) in kept.enumerated() {
            guard var found = await cache.find(request)?.response else { continue }
            if let bytes = await cache.body(of: found) {
                #expect(bytes == body, "\(note): the body of \(number)")
                count += 1
            }
            var expected = response
            if found.headers["x-new"] != nil { expected.headers.append("X-New", "1") }
            found.id = 0
            found.bodySeal = 0
            #expect(found == expected, "\(note): \(number)")
        }
        return count
    }

    @Test func `whatever is damaged, no body is wrong, no run ends, and what is seen is put aside`() async throws {
        let originals = try await Self.make()
        var random = SeededRandom(seed: 2016)
        var tally = (aside: 0, whole: 0, less: 0, refused: 0)
        for round in 0..<Damage.count {
            try await Damage.inFolder { folder in
                var files = originals[round % 2]
                let (name, offset) = Damage.apply(&files, &random)
                let note = "round \(round), \(name) at \(offset)"
                try Damage.write(files, to: folder)
                let said = Shared<[String]>([])
                let cache: ResponseCache
                do throws(StoreFailure) {
                    cache = try Self.open(folder, said)
                } catch {
                    // It is not known to be a cache of this version any more, so it is left alone.
                    #expect(error.isRefusal && name == "c" && offset < 72, "\(note): \(error)")
                    #expect(try Damage.read(folder)["c"] == files["c"], "\(note)")
                    tally.refused += 1
                    return
                }
                let found = await Self.check(cache, note)
                for (request, response, body) in Self.kept {
                    await cache.write(.store(request, response, body: body), for: request.url)
                }
                _ = await Self.check(cache, note)
                cache.close()
                // What is damaged is seen in the first run that reads or writes it; then the file is good.
                let again = try Self.open(folder, said)
                _ = await Self.check(again, note)
                again.close()
                let aside = try Damage.read(folder).keys.count { $0.contains(".corrupt-") && !$0.hasSuffix("-wal") }
                #expect(said.value.allSatisfy { $0.contains("is damaged") && $0.contains("was renamed") }, "\(note)")
                #expect(said.value.count == aside, "\(note): \(said.value)")
                if aside > 0 {
                    tally.aside += 1
                } else if found == Self.kept.count {
                    tally.whole += 1
                } else {
                    tally.less += 1
                }
            }
        }
        // Damage of free space is not seen; that of a file's end or its log is seen as a response that is not there.
        #expect(tally.aside > Damage.count / 10)
        if Damage.count > 1000 { print("caches: \(tally)") }
    }
}
