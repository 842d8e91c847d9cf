import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("Digests of bodies in memory")
struct BodyDigestsTests {
    private static let md5 = "900150983cd24fb0d6963f7d28e17f72"

    private func outcome(_ body: Response.Body, _ error: FetchError? = nil, checksum: String? = nil) throws -> Outcome {
        var outcome = Samples.ok(response: Samples.response(body: body))
        outcome.fileName = nil
        outcome.error = error
        outcome.input.checksum = try checksum.map(Checksum.init)
        return outcome
    }

    @Test("issue 22.4: a complete body has a digest; one that broke off, or was not kept, has none")
    func hash() throws {
        let abc = Response.Body.bytes(Array("abc".utf8))
        let digests = BodyDigests(hash: .md5)
        for (body, error, isThere) in [
            (abc, nil, true), (abc, FetchError(.httpStatus, "404"), true), (abc, FetchError(.truncated, "cut"), false),
            (abc, FetchError(.cancelled, ""), false), (.discarded, nil, false), (.file, nil, false),
        ] as [(Response.Body, FetchError?, Bool)] {
            var outcome = try outcome(body, error)
            digests.apply(to: &outcome)
            #expect(outcome.saved?.digest.map(Checksum.hexadecimal) == (isThere ? Self.md5 : nil))
            #expect(outcome.error == error)
        }
        var failed = Samples.failed()
        digests.apply(to: &failed)
        #expect(failed.saved == nil)
    }

    @Test("issue 22.4: what the transfer has computed is not computed again, and only saved pages have one")
    func once() throws {
        var outcome = try outcome(.bytes([1]))
        outcome.saved = SavedDetails(digest: [7], algorithm: .md5, resumedFrom: 3)
        BodyDigests(hash: .md5).apply(to: &outcome)
        #expect(outcome.saved == SavedDetails(digest: [7], algorithm: .md5, resumedFrom: 3))
        outcome.saved = nil
        BodyDigests(hash: .md5, savedOnly: true).apply(to: &outcome)
        #expect(outcome.saved == nil)
        outcome.fileName = "x"
        BodyDigests(hash: .md5, savedOnly: true).apply(to: &outcome)
        #expect(outcome.saved?.digest?.count == 16)
    }

    @Test("issue 22.4: a body with another checksum is an error that names both")
    func mismatch() throws {
        let abc = Response.Body.bytes(Array("abc".utf8))
        let digests = BodyDigests(hash: nil)
        var good = try outcome(abc, checksum: "md5=" + Self.md5)
        digests.apply(to: &good)
        #expect(good.isOK && good.saved == nil)
        let wrong = "md5=" + String(repeating: "0", count: 32)
        var bad = try outcome(abc, checksum: wrong)
        digests.apply(to: &bad)
        #expect(bad.error?.kind == .checksumMismatch)
        #expect(bad.error?.message == "the body has md5=\(Self.md5), but \(wrong) is expected")
        #expect(bad.error?.isTransient == false)
        var cut = try outcome(abc, FetchError(.truncated, "cut"), checksum: wrong)
        digests.apply(to: &cut)
        #expect(cut.error?.kind == .truncated)
    }
}
