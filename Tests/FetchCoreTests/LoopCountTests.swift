import FetchHTTP
import Testing

@testable import FetchTransport

@Suite("How many loops a run has")
struct LoopCountTests {
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
}
