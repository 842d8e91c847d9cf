import FetchHTTP
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchHTML

/// URLs that look endless and are not: what a trap detector drops wrongly is lost.
@Suite("URLs that are no traps") struct TrapFalseDropTests {
    /// The findings among these URLs, as one crawl would have them.
    private func drops(_ urls: some Sequence<String>) -> [String] {
        var detector = TrapDetector()
        return urls.compactMap { FetchURL($0) }.compactMap { url in
            detector.judge(url).map { "\(url.href): \($0)" }
        }
    }

    @Test("issue 21.6: of random UUID URLs none is dropped")
    func uuids() {
        var random = SeededRandom(seed: 21)
        for make in [{ "http://a/item/\($0)" }, { "http://a/get?id=\($0)" }, { "http://a/\($0)/view.html" }]
            as [(String) -> String]
        {
            let urls = (0..<9_000).map { _ in make(Self.uuid(&random)) }
            #expect(drops(urls) == [])
        }
    }

    private static func uuid(_ random: inout SeededRandom) -> String {
        let digits = (0..<32).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" }
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return parts.joined(separator: "-")
    }

    @Test(
        "issue 21.6: numbers are not dates",
        arguments: [
            { "http://a/thread-\($0)-1-1.html" }, { "http://a/thread-\($0)-\($0 % 12 + 1)-1.html" },
            { "http://a/forum/\($0)/3" }, { "http://a/n/\($0)-1.html" }, { "http://a/n/\($0)-12.html" },
            { "http://a/bug/\($0).5.10" }, { "http://a/\($0)/\($0 % 9 + 1)" }, { "http://a/v1.2.\($0).5.10/x" },
            { "http://a/item/\($0)/\($0 % 12 + 1)/\($0 % 30 + 1)" }, { "http://a/x\($0)0512y" },
            { "http://a/forum?start=\($0)" }, { "http://a/list?from=\($0)&to=\($0 + 1)" },
            { "http://a/talk?session=\(["opening", "panel2024b", "closing-note"][$0 % 3])\($0)" },
            { "http://a/talk?sid=\($0)" }, { "http://a/talk?session_id=2024session\($0)title" },
            { "http://a/viewtopic.php?f=2&t=\($0)&start=20" }, { "http://a/viewtopic.php?f=2&t=7&start=\($0)" },
            { "http://a/search?lang=en&sort=asc&page=\($0)" },
        ] as [@Sendable (Int) -> String])
    func numbers(_ make: @Sendable (Int) -> String) {
        #expect(drops((1_000...9_999).map(make)) == [])
    }

    @Test("issue 21.6: a far year counts towards the limit like any other")
    func farYears() {
        #expect(drops(["http://a/day/2099-05-12", "http://a/day/9999-12-31", "http://a/cal?year=2500&month=1"]) == [])
        let days = (0..<1_200).map { number in
            "http://a/day/\(3_000 + number / 336)-\(number / 28 % 12 + 1)-\(number % 28 + 1)"
        }
        #expect(drops(days).count == 200)
    }

    @Test("issue 21.6: an endless calendar ends in each spelling")
    func calendars() {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let spellings: [(Int, Int, Int) -> String] = [
            { "http://a/calendar/\($0)/\(two($1))/\(two($2))" }, { "http://a/calendar/\($0)/\($1)/\($2)/" },
            { "http://a/cal?day=\($0)-\(two($1))-\(two($2))" }, { "http://a/cal?d=\($0)\(two($1))\(two($2))&view=day" },
            { "http://a/cal?y=\($0)&m=\($1)&d=\($2)" }, { "http://a/cal?year=\($0)&month=\($1)&day=\($2)" },
            { "http://a/events-\($0)_\(two($1))_\(two($2)).html" },
            { "http://a/cal?view=day&time=17\(two($0 % 100))\(two($1))\(two($2))00" },
        ]
        for spelling in spellings {
            let urls = (0..<2_000).map { spelling(2_026 + $0 / 336, $0 / 28 % 12 + 1, $0 % 28 + 1) }
            #expect(drops(urls).count == 1_000, "\(urls[0])")
        }
    }

    @Test("issue 21.6: a shop without end ends")
    func facets() {
        let urls = (0..<4_096).map { number in
            "http://a/shop?color=\(number % 16)&size=\(number / 16 % 16)&price=\(number / 256)"
        }
        #expect(drops(urls).count > 2_000)
    }

    @Test(
        "issue 21.6: of the URLs of real sites none is dropped", .enabled(if: TestData.isPresent, "no ../shared/data"),
        arguments: ["python3.11-doc", "debian-reference"])
    func sites(_ name: String) throws {
        let reader = try #require(GzipReader())
        var text: [UInt8] = []
        #expect(reader.inflate(try TestData.bytes("sites/\(name).json.gz")[...]) { text += $0 } == nil)
        struct Site: Decodable { let urls: [String: [String]] }
        let urls = try JSONDecoder().decode(Site.self, from: Data(text)).urls.values.flatMap { $0 }
        #expect(urls.count > 10)
        #expect(drops(urls.map { "http://a" + $0 }) == [])
    }

    /// Files of the system's packages, as the pages of one site. `FETCHALL_TRAP_URLS` names a file of more of them, one
    /// on a line: a URL or an absolute path.
    @Test(
        "issue 21.6: of the path names of documentation packages none is dropped",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/doc"), "no /usr/share/doc"))
    func packages() throws {
        var names = try FileManager.default.subpathsOfDirectory(atPath: "/usr/share/doc").map { "/usr/share/doc/" + $0 }
        if let file = ProcessInfo.processInfo.environment["FETCHALL_TRAP_URLS"] {
            let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            names += text.split(separator: "\n").map(String.init)
        }
        let found = drops(names.map { $0.hasPrefix("/") ? "http://a" + $0 : $0 })
        #expect(found.isEmpty, "\(found.count) of \(names.count): \(found.prefix(20))")
    }
}
