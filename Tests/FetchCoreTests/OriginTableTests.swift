import FetchHTTP
import Testing

@testable import FetchTransport

@Suite("What is remembered of origins")
struct OriginTableTests {
    private static func url(_ text: String) throws -> FetchURL { try FetchURL.parse(text) }

    @Test("an origin keeps its value, and others know nothing of it")
    func origins() throws {
        var table = OriginTable<Int>()
        var made: [Origin] = []
        func value(_ text: String) throws -> Int {
            table.value(of: try Self.url(text)) {
                made.append($0)
                return made.count
            }
        }
        let texts = ["http://a/1", "http://b/1", "https://a/1", "http://a:81/1"]
        #expect(try texts.map(value) == [1, 2, 3, 4])
        #expect(made == (try texts.map { try Self.url($0).origin }))
        #expect(try ["http://user@a/2?x", "http://a:80/3", "http://a/4", "https://a/5"].map(value) == [1, 1, 1, 3])
    }

    @Test("a million origins are not remembered")
    func bounded() throws {
        var table = OriginTable<KnownOrigin>()
        weak var first: KnownOrigin?
        for number in 0...OriginTable<KnownOrigin>.maximumCount + 1 {
            let known = table.value(of: try Self.url("http://h\(number)/")) { _ in KnownOrigin() }
            if number == 0 { first = known }
        }
        #expect(first == nil)
    }
}

@Suite("What a loop knows of an origin")
struct KnownOriginTests {
    @Test("a request goes where the last connection became idle")
    func lastFirst() {
        let known = KnownOrigin()
        #expect(!known.mayTakeMore)
        #expect(known.take() == nil)
        known.append(2)
        known.append(0)
        #expect(known.mayTakeMore)
        #expect(known.take() == 0)
        #expect(known.take() == 2)
        #expect(known.take() == nil)
        #expect(!known.mayTakeMore)
    }

    @Test("connections that requests share may always take one more")
    func shared() {
        let known = KnownOrigin()
        known.isShared = true
        #expect(known.mayTakeMore)
    }
}
