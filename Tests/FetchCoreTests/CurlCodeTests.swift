import FetchHTTP
import Testing

@testable import FetchTransport

/// What libcurl's numbers mean.
@Suite struct CurlCodeTests {
    private static let kinds: [Int32: FetchError.Kind] = [
        1: .blockedScheme, 3: .invalidURL, 5: .nameNotResolved, 6: .nameNotResolved, 7: .connectionRefused,
        8: .protocolError, 16: .protocolError, 18: .truncated, 22: .httpStatus, 28: .timedOut, 35: .tlsFailed,
        42: .cancelled, 47: .tooManyRedirects, 52: .emptyReply, 53: .tlsFailed, 54: .tlsFailed, 55: .connectionReset,
        56: .connectionReset, 58: .tlsFailed, 59: .tlsFailed, 60: .tlsFailed, 61: .undecodable, 63: .tooLarge,
        64: .tlsFailed, 77: .tlsFailed, 82: .tlsFailed, 83: .tlsFailed, 90: .tlsFailed, 91: .tlsFailed,
        92: .protocolError, 95: .protocolError, 97: .protocolError, 98: .tlsFailed,
    ]

    @Test func givesEveryCodeItsKind() {
        for code: Int32 in 0...99 {
            #expect(CurlCode(rawValue: code).kind == Self.kinds[code] ?? .io, "code \(code)")
            #expect(!CurlCode(rawValue: code).text.isEmpty)
        }
        #expect(CurlCode(rawValue: 6).text == "Couldn't resolve host name")
        #expect(CurlCode(rawValue: 4711).kind == .io)
    }

    /// What a timeout looks like: how long it took, and how far the connection had come (in milliseconds).
    struct Timeout: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: FetchError.Kind
        var total = 0
        var connect = 0
        var appConnect = 0
        var isSecure = false
        var isReused = false
        var maxTime: Int?
    }

    @Test(arguments: [
        Timeout(testDescription: "the whole time", kind: .timedOut, total: 5000, connect: 1, maxTime: 5000),
        Timeout(
            testDescription: "the whole time, by libcurl's clock", kind: .timedOut, total: 4996, connect: 1,
            maxTime: 5000),
        Timeout(testDescription: "the whole time while connecting", kind: .timedOut, total: 2000, maxTime: 2000),
        Timeout(testDescription: "both at one time", kind: .timedOut, total: 3000, maxTime: 3000),
        Timeout(testDescription: "no connection", kind: .connectTimedOut, total: 3000),
        Timeout(
            testDescription: "no connection, by libcurl's clock", kind: .connectTimedOut, total: 2997, maxTime: 9000),
        Timeout(testDescription: "no TLS", kind: .connectTimedOut, total: 3000, connect: 10, isSecure: true),
        Timeout(
            testDescription: "slow with TLS", kind: .tooSlow, total: 9000, connect: 10, appConnect: 20, isSecure: true),
        Timeout(testDescription: "slow", kind: .tooSlow, total: 9000, connect: 10),
        Timeout(testDescription: "slow before the connection's time", kind: .tooSlow, total: 2000),
        Timeout(testDescription: "slow on a used connection", kind: .tooSlow, total: 9000, isReused: true),
        Timeout(testDescription: "slow within the whole time", kind: .tooSlow, total: 4000, connect: 1, maxTime: 5000),
    ]) func tellsTheThreeTimeoutsApart(_ timeout: Timeout) {
        let isConnected = timeout.isReused || timeout.connect > 0 && (!timeout.isSecure || timeout.appConnect > 0)
        let kind = CurlCode.timeoutKind(
            total: .milliseconds(timeout.total), isConnected: isConnected, connectTimeout: .seconds(3),
            maxTime: timeout.maxTime.map { .milliseconds($0) })
        #expect(kind == timeout.kind)
    }
}

/// How many multi handles a run gets.
@Suite struct ShardPlanTests {
    @Test(arguments: [(1, 1), (10, 1), (16, 1), (17, 2), (64, 4), (256, 16), (1000, 63), (4096, 64), (100_000, 64)])
    func growsWithTheConcurrency(concurrency: Int, count: Int) {
        let plan = ShardPlan(concurrency: concurrency)
        #expect(plan.count == count)
        // All that run at one time can keep their connections.
        #expect(plan.connections * plan.count >= concurrency)
    }

    @Test func keepsNoMoreIdleConnectionsThanAsked() {
        #expect([5, 6, 256, 257].map { ShardPlan(concurrency: $0).refillsOnceATurn } == [false, true, true, false])
        #expect(ShardPlan(concurrency: 10, idleConnections: 5).connections == 5)
        #expect(ShardPlan(concurrency: 160, idleConnections: 80).connections == 8)
        #expect(ShardPlan(concurrency: 1000, idleConnections: 1).connections == 1)
        #expect(ShardPlan(concurrency: 1000, idleConnections: 0).connections == 1)
    }
}
