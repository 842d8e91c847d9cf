import Testing

@testable import FetchTransport

@Suite("Faults of libcurl by version")
struct CurlFaultsTests {
    @Test(
        "a folded first field line is refused before libcurl stores it from 7.83.0 to 8.0.1",
        arguments: [
            (0x07_52_00, false), (0x07_53_00, true), (0x07_58_01, true), (0x08_00_01, true), (0x08_01_00, false),
            (0x08_15_00, false), (0, false),
        ] as [(UInt32, Bool)])
    func foldedHeader(version: UInt32, hasFault: Bool) {
        #expect(CurlFaults(version: version).writesThroughFreedField == hasFault)
    }

    @Test(
        "what a connection and a handle keep is looked at in the versions that keep it",
        arguments: [
            (0x07_58_01, [true, true, true, true]), (0x08_00_00, [false, true, true, true]),
            (0x08_07_01, [false, true, true, true]), (0x08_08_00, [false, false, false, true]),
            (0x08_13_00, [false, false, false, true]), (0x08_14_00, [false, false, false, false]),
        ] as [(UInt32, [Bool])])
    func whatIsKept(version: UInt32, expected: [Bool]) {
        let faults = CurlFaults(version: version)
        #expect(
            [
                faults.reusesUncleanConnection, faults.multiplexesHTTP1, faults.keepsSystemError,
                faults.keepsCookieHost,
            ] == expected)
        #expect(faults.checksConnections == (expected[0] || expected[1]))
    }
}
