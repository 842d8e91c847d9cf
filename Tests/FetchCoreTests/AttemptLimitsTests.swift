import Testing

@testable import FetchScheduling

@Suite("issue 22.1: how long an attempt may take")
struct AttemptLimitsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var maxTime: Duration?
        var speedLimit: Int?
        var speedTime: Duration?
        var saves = false
        var crawls = false
        let time: Duration?
        let speed: Int
        var over: Duration = .seconds(30)
    }

    @Test(arguments: [
        Case(testDescription: "records", time: .seconds(30), speed: 0),
        Case(testDescription: "records of a crawl", crawls: true, time: .seconds(30), speed: 0),
        Case(testDescription: "saved bodies", saves: true, time: nil, speed: 1024),
        Case(testDescription: "saved bodies of a crawl", saves: true, crawls: true, time: .seconds(600), speed: 1024),
        Case(testDescription: "-m", maxTime: .seconds(5), time: .seconds(5), speed: 0),
        Case(testDescription: "-m, saved", maxTime: .seconds(5), saves: true, time: .seconds(5), speed: 1024),
        Case(
            testDescription: "-m, saved in a crawl", maxTime: .seconds(5), saves: true, crawls: true,
            time: .seconds(5), speed: 1024),
        Case(testDescription: "-m 0", maxTime: .zero, time: nil, speed: 0),
        Case(testDescription: "-m 0 of a crawl", maxTime: .zero, crawls: true, time: nil, speed: 0),
        Case(
            testDescription: "-m 0, saved in a crawl", maxTime: .zero, saves: true, crawls: true, time: nil,
            speed: 1024),
        Case(testDescription: "--speed-limit", speedLimit: 7, time: .seconds(30), speed: 7),
        Case(testDescription: "--speed-limit, saved", speedLimit: 7, saves: true, time: nil, speed: 7),
        Case(testDescription: "--speed-limit 0, saved", speedLimit: 0, saves: true, time: nil, speed: 0),
        Case(
            testDescription: "--speed-time alone is 1 byte a second, as in curl", speedTime: .seconds(3),
            time: .seconds(30), speed: 1, over: .seconds(3)),
        Case(
            testDescription: "--speed-time alone, saved", speedTime: .seconds(3), saves: true, time: nil, speed: 1024,
            over: .seconds(3)),
        Case(testDescription: "--speed-time 0", speedTime: .zero, saves: true, time: nil, speed: 0, over: .zero),
        Case(
            testDescription: "--speed-time 0 with --speed-limit", speedLimit: 9, speedTime: .zero, time: .seconds(30),
            speed: 0, over: .zero),
    ])
    func `what the user gave is completed by what the run does`(_ test: Case) {
        let limits = AttemptLimits(
            maxTime: test.maxTime, speedLimit: test.speedLimit, speedTime: test.speedTime, savesBodies: test.saves,
            followsLinks: test.crawls)
        #expect(limits.maxTime == test.time)
        #expect(limits.speedLimit == test.speed)
        #expect(limits.speedTime == test.over)
    }
}
