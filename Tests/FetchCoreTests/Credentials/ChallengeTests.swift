import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchScheduling
@testable import FetchTransport

/// What libcurl needs to answer a challenge, and how often it may.
@Suite("issue 24.2: challenges: credentials taken from a field") struct ChallengedCredentialsTests {
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func `issue 24.2: Base64 is decoded as RFC 4648 encodes it`(encoded: String, text: String) {
        #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test func `issue 24.2: what is encoded is decoded to the same bytes`() {
        var random = SeededRandom(seed: 24)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "==", "===", "====", "Z===", "=Zg=", "Z=g=", "Zg==Zg==", "Zm9v====",
        "Zm9v Zg==", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_", "Zm9\u{E9}", "Zm9\0",
    ])
    func `issue 24.2: what is not Base64 with its padding is not decoded`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(arguments: [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"), ("basic OnA=", "", "p"),
        ("BASIC dTo=", "u", ""), ("bAsIc Og==", "", ""), ("Basic dTpwOnE6", "u", "p:q:"),
    ])
    func `issue 24.2: the user is what is before the first colon of a Basic field`(
        value: String, user: String, password: String
    ) throws {
        let credentials = try #require(Credentials(basic: Array(value.utf8)))
        #expect(credentials.user == Array(user.utf8) && credentials.password == Array(password.utf8))
        #expect("\(credentials)" == "***")
    }

    @Test func `issue 24.2: any bytes of a pair come back as they were`() throws {
        for pair: [UInt8] in [[0xFF, 0x3A, 0x00, 0x80], Array("m\u{E9}:p\u{E4}ss: \u{1F600}".utf8), [0x3A]] {
            let field = Array(Credentials(pair: pair).basic.utf8)
            let credentials = try #require(Credentials(basic: field))
            #expect(credentials.user + [0x3A] + credentials.password == pair)
        }
    }

    @Test(arguments: [
        "", "Basic", "Basic ", "Basic  dTpw", "Basic\tdTpw", "BasicdTpw", "Bearer dTpw", "Basic dXA=", "Basic dTpw=",
        "Basic dTp", "Basic dTpw, Digest x=1", "Digest dTpw", "Besic dTpw", "Basi\u{3} dTpw", " Basic dTpw",
    ])
    func `issue 24.2: another scheme and what is not a pair have no user`(value: String) {
        #expect(Credentials(basic: Array(value.utf8)) == nil)
    }
}

@Suite("issue 24.2: challenges: how many a transfer answers") struct ChallengeCountTests {
    @Test func `issue 24.2: eight are answered, and the ninth is not`() {
        var count = ChallengeCount()
        #expect(!count.isOpen && count.answered == 0 && ChallengeCount.maximum == 8)
        for number in 1...8 {
            count.begin()
            #expect(count.isOpen)
            let isAccepted = count.answer()
            #expect(isAccepted && !count.isOpen && count.answered == number)
        }
        count.begin()
        let isAccepted = count.answer()
        #expect(!isAccepted)
    }

    @Test func `issue 24.2: a challenge that is the answer counts as no other request`() {
        var count = ChallengeCount()
        count.begin()
        _ = count.answer()
        count.begin()
        count.close()
        #expect(!count.isOpen && count.answered == 1)
    }
}

@Suite("issue 24.2: challenges: requests that libcurl makes count in the rate") struct ChallengeRateTests {
    private static let three = RateLimit(maxCalls: 3, period: .seconds(1))

    @Test func `issue 24.2: what is counted delays the next start, also beyond the limit`() {
        var log = SlidingLog(Self.three)
        _ = log.take(at: .milliseconds(1000))
        log.count(at: .milliseconds(1100))
        #expect(log.nextStart <= .milliseconds(1100))
        let isTaken = log.take(at: .milliseconds(1200))
        #expect(isTaken && log.nextStart == .milliseconds(2000))
        // The fourth in the window; only two may be in that of the next start.
        log.count(at: .milliseconds(1300))
        #expect(log.nextStart == .milliseconds(2100))
        let isEarly = log.take(at: .milliseconds(2099))
        #expect(!isEarly)
        let isInTime = log.take(at: .milliseconds(2100))
        #expect(isInTime && log.nextStart == .milliseconds(2200))
    }

    @Test func `issue 24.2: many that are counted at one time hold up a period, not more`() {
        var log = SlidingLog(Self.three)
        for _ in 0..<50 { log.count(at: .seconds(5)) }
        #expect(log.nextStart == .seconds(6) && !log.isIdle(at: .milliseconds(5999)) && log.isIdle(at: .seconds(6)))
        let isTaken = log.take(at: .seconds(6))
        #expect(isTaken && log.nextStart <= .seconds(6))
    }

    @Test func `issue 24.2: one that is counted before starts that are not confirmed stands in their order`() {
        var log = SlidingLog(Self.three, isConfirmed: true)
        _ = log.take(at: .seconds(1))
        _ = log.take(at: .seconds(1))
        // Both starts count from 1.05 s on until their responses arrive.
        log.count(at: .milliseconds(1010))
        #expect(log.nextStart == .milliseconds(2010))
        log.confirm(.seconds(1), at: .milliseconds(1001))
        #expect(log.nextStart == .milliseconds(2001))
    }

    /// A state that lends two permits, with a rate of three in a second.
    private static func state(perKey: Bool) -> PermitState<Int> {
        PermitState(
            limits: PermitLimits(
                total: 2, rate: perKey ? nil : SlidingLog(three), ratePerKey: perKey ? SlidingLog(three) : nil))
    }

    /// The permit of a request that may start.
    private static func permit(_ verdict: PermitState<Int>.Verdict) -> Permit? {
        if case .granted(let permit) = verdict { permit } else { nil }
    }

    @Test(arguments: [false, true])
    func `issue 24.2: a returned permit counts its challenges in the rate of all and of its host`(perKey: Bool) throws {
        for (challenges, isThirdLent) in [(0, true), (1, true), (2, false)] {
            var state = Self.state(perKey: perKey)
            let first = try #require(Self.permit(state.request(1, for: "a", at: .zero)))
            state.release(first, .answered, challenges: challenges, at: .milliseconds(10)) { _, _ in true }
            #expect(state.used == 0)
            let lent = Self.permit(state.request(2, for: "a", at: .milliseconds(20)))
            #expect((lent != nil) == isThirdLent, "\(challenges)")
        }
    }

    @Test func `issue 24.2: challenges of a host do not count in the rate of another`() throws {
        var state = Self.state(perKey: true)
        let first = try #require(Self.permit(state.request(1, for: "a", at: .zero)))
        state.release(first, .answered, challenges: 8, at: .milliseconds(10)) { _, _ in true }
        #expect(Self.permit(state.request(2, for: "a", at: .milliseconds(20))) == nil)
        #expect(Self.permit(state.request(3, for: "b", at: .milliseconds(20))) != nil)
    }

    @Test(arguments: [false, true])
    func `issue 24.2: who waits is lent a permit when the challenges have left the window`(perKey: Bool) throws {
        var state = Self.state(perKey: perKey)
        let first = try #require(Self.permit(state.request(1, for: "a", at: .zero)))
        state.release(first, .answered, challenges: 3, at: .milliseconds(10)) { _, _ in true }
        #expect(Self.permit(state.request(2, for: "a", at: .milliseconds(20))) == nil)
        var granted: [Int] = []
        let wake = try #require(state.nextWake)
        #expect(wake == .milliseconds(1010))
        state.advance(to: .milliseconds(1009)) { id, _ in
            granted.append(id)
            return true
        }
        #expect(granted.isEmpty)
        state.advance(to: wake) { id, _ in
            granted.append(id)
            return true
        }
        #expect(granted == [2])
    }
}
