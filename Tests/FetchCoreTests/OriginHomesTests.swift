import Testing

@testable import FetchCore

@Suite("Which loop gets a request")
struct OriginHomesTests {
    @Test("two loops where several requests are in flight and there is a processor for each")
    func count() {
        func count(_ concurrency: Int, processors: Int = 2, cookies: Bool = false, saves: Bool = false) -> Int {
            var options = NetworkOptions()
            options.concurrency = concurrency
            if cookies { options.cookieFile = "cookies.txt" }
            return TransferLoops.count(options, processors: processors, savesBodies: saves)
        }
        #expect(count(7) == 1)
        #expect(count(8) == 2)
        #expect(count(10_000, processors: 64) == 2)
        #expect(count(10_000, processors: 1) == 1)
        #expect(count(100, cookies: true) == 1)
        #expect([1, 2, 5].map { count($0, saves: true) } == [1, 2, 2])
        #expect(count(5, processors: 1, saves: true) == 1)
    }

    @Test("an origin stays where it was first")
    func stays() throws {
        var homes = OriginHomes()
        #expect(homes.isSecond(try FetchURL.parse("https://a/1"), ifNew: true))
        #expect(!homes.isSecond(try FetchURL.parse("https://b/1"), ifNew: false))
        #expect(homes.isSecond(try FetchURL.parse("https://a/2"), ifNew: false))
        #expect(!homes.isSecond(try FetchURL.parse("https://u@b/2"), ifNew: true))
        #expect(homes.isSecond(try FetchURL.parse("http://b/2"), ifNew: true))
    }

    @Test("a million origins are not remembered")
    func bounded() throws {
        var homes = OriginHomes()
        for number in 0...OriginHomes.maximumCount {
            #expect(homes.isSecond(try FetchURL.parse("https://h\(number)/"), ifNew: true))
        }
        #expect(!homes.isSecond(try FetchURL.parse("https://h0/"), ifNew: false))
    }
}
