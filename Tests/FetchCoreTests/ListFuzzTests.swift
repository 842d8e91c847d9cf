import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchRecords

@Suite("Lists: any bytes at all")
struct ListFuzzTests {
    private static let alphabet = "http://a.b/?#@:[]{}\"url,id\\ \t\r\n%41headersbodymethod0-9né"

    @Test("Random lines never crash, and their texts are bounded")
    func lines() {
        var random = SeededRandom(seed: 7)
        var sent = 0
        for round in 0..<30_000 {
            let start = ["", "http://a/", "id\thttp://", #"{"url":"http://a/","#][round % 4]
            guard let input = line(start + random.text(alphabet: Self.alphabet, upTo: 200)) else { continue }
            if let request = input.sent {
                sent += 1
                #expect(!request.url.href.utf8.contains { $0 <= 0x20 || $0 >= 0x7F })
                #expect(!request.headers.fields.contains { $0.value.utf8.contains(0x0D) })
            } else {
                #expect(input.text.utf8.count <= 2_048)
                #expect(input.refused?.kind == .invalidURL || input.refused?.kind == .blockedScheme)
            }
        }
        // Otherwise this says nothing about the lines that are sent.
        #expect(sent > 500)
    }

    @Test("A list gives the same inputs in pieces of any sizes")
    func pieces() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<300 {
            let bytes = Array(random.text(alphabet: Self.alphabet + "\n\n\n", upTo: 2_000).utf8)
            let whole = Self.texts([bytes[...]])
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
                pieces.append(bytes[start..<end])
                start = end
            }
            #expect(Self.texts(pieces) == whole)
        }
    }

    @Test("Random JSON that parses is sent as it was meant")
    func json() throws {
        var random = SeededRandom(seed: 9)
        for _ in 0..<5_000 {
            let id = random.text(alphabet: Self.alphabet, upTo: 30)
            let body = random.text(alphabet: Self.alphabet, upTo: 100)
            var bytes: [UInt8] = []
            JSONValue.object([("url", .string("http://a/")), ("id", .string(id)), ("body", .string(body))]).append(
                to: &bytes)
            let input = try #require(line(bytes))
            #expect(input.id == id)
            #expect(input.sent?.body == Array(body.utf8))
        }
    }

    /// The texts of a list that comes in pieces, or the problem with it.
    private static func texts(_ pieces: [ArraySlice<UInt8>]) -> [String] {
        var content = ListContent()
        var splitter = LineSplitter()
        var texts: [String] = []
        var lines = ListLine(defaults: RequestDefaults())
        let take = { (line: LineSplitter.Line) in
            if let input = lines.input(line, index: 0, location: "") {
                texts.append(input.text)
            }
        }
        for piece in pieces {
            if let problem = content.feed(piece, { splitter.feed($0, take) }) { return [problem] }
        }
        if let problem = content.finish({ splitter.feed($0, take) }) { return [problem] }
        splitter.finish(take)
        return texts
    }
}
