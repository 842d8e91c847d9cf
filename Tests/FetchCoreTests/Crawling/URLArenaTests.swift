import FetchHTTP
import TestSupport
import Testing

@testable import FetchCrawl

@Suite("Texts of URLs")
struct URLArenaTests {
    @Test("come out as they went in, whatever their length")
    func lengths() {
        var arena = URLArena()
        let lengths = [0, 1, 3, 4, 127, 128, 16_383, 16_384, 262_144, 1, 300_000, 5, 262_130, 9]
        let texts = lengths.enumerated().map { number, length in
            String(repeating: "é\(number)", count: length).prefix(length)
        }
        for text in texts { arena.append(text.utf8[...]) }
        #expect(arena.count == texts.count)
        for (number, text) in texts.enumerated() { #expect(arena[number] == text) }
    }

    @Test("of a host that a URL does not begin with are kept whole")
    func foreignHost() throws {
        let frontier = MemoryFrontier()
        let url = try FetchURL.parse("http://a:81/x?y")
        for (number, origin) in ["http://a:81", "http://a:8", "http://a", "somewhere else"].enumerated() {
            var turn = FrontierTurn()
            turn.candidates = [Candidate(url: url, fingerprint: UInt64(number + 1), origin: origin, depth: 0)]
            _ = frontier.take(turn, now: 0, ttl: 1)
        }
        let records = frontier.scan(after: nil, limit: 9).records
        #expect(records.map(\.url) == Array(repeating: url, count: 4))
    }
}
