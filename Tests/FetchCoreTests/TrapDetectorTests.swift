import FetchHTTP
import Testing

@testable import FetchHTML

/// URLs that a site makes without end.
@Suite struct TrapDetectorTests {
    private typealias Trap = TrapDetector.Trap

    private func traps(_ urls: [String], limits: TrapDetector.Limits = .init()) throws -> [TrapDetector.Finding?] {
        var detector = TrapDetector(limits: limits)
        return try urls.map { detector.judge(try FetchURL.parse($0)) }
    }

    @Test(
        "Ordinary URLs are none",
        arguments: [
            "http://a/", "http://a/index.php?id=1", "http://a/2024/05/12/title.html", "http://a/a/b/a/c",
            "http://a/x/x/y",
            "http://a/wiki/2024-05", "http://a/?s=shoes", "http://a/?sid=7", "http://a/forum/viewtopic.php?t=12345",
            "http://a/1776/07/04", "http://a/files/20240512/x", "http://a/search?q=a&b=c&d=e",
            "http://a/calendar/2099/01", "http://a/c?year=2040&month=3", "http://a/?d=2033-01-01",
            "http://a/9999/12/31",
            "http://a/00/00/00/00/00/00/00/file", "http://a/tiles/7/7/7/7.png",
        ])
    func ordinary(_ url: String) throws {
        #expect(try traps([url]) == [nil])
    }

    @Test(
        "Endless spellings are caught at once",
        arguments: [
            ("http://a/x/x/x/x", Trap.repetitions), ("http://a/en/b/en/b/en/b/en/b", .repetitions),
            ("http://a/p/q/p/r/p/s/p/t/p/u/p", .repetitions),
            ("http://a/" + String(repeating: "é/", count: 400), .length),
            ("http://a/" + (1...21).map { "\($0)" }.joined(separator: "/"), .segments),
            ("http://a/?" + (1...31).map { "p\($0)" }.joined(separator: "&"), .parameters),
        ])
    private func spelling(_ url: String, _ trap: Trap) throws {
        #expect(try traps([url]).first??.trap == trap)
    }

    @Test func limitsAreSaidOnce() throws {
        let findings = try traps(["http://a/x/x/x/x", "http://a/y/y/y/y", "http://b/x/x/x/x"])
        #expect(findings.map { $0?.isFirst } == [true, false, true])
        #expect(findings.first??.limit == 3)
        #expect(findings.first??.pattern == "a")
    }

    @Test func sessionsOfOnePageAreCounted() throws {
        for make in [
            { "http://a/p;jsessionid=\($0)0A1B2C3D?x=1" }, { "http://a/p?x=1&PHPSESSID=\($0)abcdef012345" },
            { "http://a/(S(\($0)lcl4hxw))/p" }, { "http://a/p?sid=\($0)f3a9c07be51d2846" },
        ] as [(Int) -> String] {
            let findings = try traps((1...6).map(make))
            #expect(findings.map { $0?.trap } == [nil, nil, nil, .sessions, .sessions, .sessions], "\(make(1))")
            #expect(findings.map { $0?.isFirst } == [nil, nil, nil, true, false, false])
        }
        // Other pages with sessions are pages.
        #expect(try traps((1...6).map { "http://a/p\($0)?PHPSESSID=abcdef012345" }) == [nil, nil, nil, nil, nil, nil])
    }

    @Test func aCalendarStopsAtItsLimit() throws {
        var limits = TrapDetector.Limits()
        limits.dates = 10
        let days = (1...15).map { "http://a/cal?view=day&date=2024-05-\($0)" }
        let findings = try traps(days, limits: limits)
        #expect(findings.prefix(10).allSatisfy { $0 == nil })
        #expect(findings.dropFirst(10).allSatisfy { $0?.trap == .dates })
        #expect(findings[10]?.pattern == "a/cal?view=day&date=*")
        #expect(findings[10]?.description == "an endless calendar (a/cal?view=day&date=*)")
        // Articles that have a date in their path differ in their titles.
        #expect(
            try traps((1...15).map { "http://a/2024/05/\($0)/title-\($0)" }, limits: limits).allSatisfy { $0 == nil })
    }

    @Test func combinationsOfParametersStopAtTheirLimit() throws {
        var limits = TrapDetector.Limits()
        limits.facets = 20
        let facets = (0..<27).map { "http://a/shop?color=\($0 % 3)&size=\($0 / 3 % 3)&page=\($0 / 9)" }
        let found = try traps(facets, limits: limits)
        #expect(found.prefix(20).allSatisfy { $0 == nil })
        #expect(found.dropFirst(20).allSatisfy { $0?.trap == .facets })
        #expect(found.dropFirst(20).map { $0?.isFirst } == [true] + Array(repeating: false, count: 6))
        #expect(try traps((1...20).map { "http://a/topic?t=\($0)&f=2" }, limits: limits).allSatisfy { $0 == nil })
    }

    @Test func zeroTurnsALimitOff() throws {
        let limits = TrapDetector.Limits.none
        let endless = "http://a/" + String(repeating: "x/", count: 2_000) + "?year=2099&a&b&c"
        #expect(try traps([endless], limits: limits) == [nil])
    }

    @Test func memoryIsBounded() throws {
        var detector = TrapDetector(maximumPatterns: 100)
        for number in 0..<1_000 {
            #expect(detector.judge(try FetchURL.parse("http://a/\(number)?a&b&c")) == nil)
            _ = detector.judge(try FetchURL.parse("http://a/often?PHPSESSID=\(number)abcdef"))
            #expect(detector.patterns <= 100)
        }
        // What comes often is not forgotten with the rest.
        #expect(detector.judge(try FetchURL.parse("http://a/often?PHPSESSID=abcdefg"))?.isFirst == false)
    }
}
