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
}
