import Testing

@testable import FetchCore

@Suite("Where an origin's idle connections are")
struct ConnectionPlacesTests {
    private static func url(_ text: String) throws -> FetchURL { try FetchURL.parse(text) }

    @Test("a request goes where its origin's last connection became idle")
    func lastFirst() throws {
        var places = ConnectionPlaces()
        let a = places.origin(of: try Self.url("http://a/1"))
        #expect(!a.mayTakeMore)
        #expect(a.take() == nil)
        a.append(2)
        a.append(0)
        #expect(a.mayTakeMore)
        #expect(a.take() == 0)
        #expect(a.take() == 2)
        #expect(a.take() == nil)
        #expect(!a.mayTakeMore)
    }

    @Test("connections that requests share may always take one more")
    func shared() throws {
        var places = ConnectionPlaces()
        places.origin(of: try Self.url("https://a/1")).isShared = true
        #expect(places.origin(of: try Self.url("https://a/2")).mayTakeMore)
        #expect(!places.origin(of: try Self.url("https://b/1")).mayTakeMore)
    }

    @Test("origins know nothing of one another, and the same origin is found again")
    func origins() throws {
        var places = ConnectionPlaces()
        let a = places.origin(of: try Self.url("http://a/1"))
        let b = places.origin(of: try Self.url("http://b/1"))
        let other = places.origin(of: try Self.url("https://a/1"))
        let port = places.origin(of: try Self.url("http://a:81/1"))
        #expect(Set([a, b, other, port].map(ObjectIdentifier.init)).count == 4)
        a.append(1)
        #expect(places.origin(of: try Self.url("http://user@a/2?x")) === a)
        #expect(places.origin(of: try Self.url("http://a:80/3")) === a)
        #expect(b.take() == nil)
        #expect(places.origin(of: try Self.url("http://a/4")).take() == 1)
    }

    @Test("a million origins are not remembered")
    func bounded() throws {
        var places = ConnectionPlaces()
        weak var first: KnownOrigin?
        for number in 0...ConnectionPlaces.maximumCount + 1 {
            let known = places.origin(of: try Self.url("http://h\(number)/"))
            if number == 0 { first = known }
        }
        #expect(first == nil)
    }
}
