import Testing

@testable import FetchCore

@Suite("Which loop gets a request")
struct OriginHomesTests {
    @Test("two loops where many requests are in flight and there is a processor for each")
    func count() {
        func count(_ concurrency: Int, processors: Int = 2, cookies: Bool = false) -> Int {
            var options = NetworkOptions()
            options.concurrency = concurrency
            if cookies { options.cookieFile = "cookies.txt" }
            return TransferLoops.count(options, processors: processors)
        }
        #expect(count(31) == 1)
        #expect(count(32) == 2)
        #expect(count(10_000, processors: 64) == 2)
        #expect(count(10_000, processors: 1) == 1)
        #expect(count(100, cookies: true) == 1)
    }

    @Test("origins take turns, and each stays where it is")
    func turns() throws {
        var homes = OriginHomes()
        let texts = ["https://a/1", "https://b/1", "https://c/1", "https://a/2", "https://b:444/1", "https://u@c/2"]
        #expect(try texts.map { homes.isSecond(try FetchURL.parse($0)) } == [true, false, true, true, false, true])
    }

    @Test("a million origins are not remembered, and go on taking turns")
    func bounded() throws {
        var homes = OriginHomes()
        var seconds = 0
        for number in 0..<OriginHomes.maximumCount * 2 {
            if homes.isSecond(try FetchURL.parse("https://h\(number)/")) { seconds += 1 }
        }
        #expect(seconds == OriginHomes.maximumCount)
    }
}
