import FetchHTTP
import FetchScheduling
import FetchTransport
import Synchronization
import FetchSystem
import TestSupport
import FetchRecords
import Testing

@testable import FetchStore

@Suite("A request that occurs more than once is sent once")
struct DuplicatesTests {
    private static func source(_ urls: [String]) throws -> Duplicates {
        try Duplicates(SchedulerRun.inputs(urls), keepsHeaders: true, folder: "/tmp")
    }

    /// Runs the list; gives the outcomes as a writer of records would see them.
    private static func run(_ urls: [String], on run: SchedulerRun) async throws -> [Outcome] {
        let source = try source(urls)
        defer { source.end() }
        return await run.scheduler.run(source) { stream in
            var all: [Outcome] = []
            for await batch in stream {
                for outcome in batch { all += source.outcomes(of: outcome) }
                stream.release(batch.count)
            }
            return all
        }.sorted { $0.input.index < $1.input.index }
    }

    @Test("Every line has its outcome, with its own text and index, and each URL was sent once")
    func once() async throws {
        let urls = (0..<3000).map { "http://a.test/\($0 % 7)" + ($0 % 2 == 0 ? "" : "#\($0)") }
        let transport = FakeTransport { request, _ in
            TransferResult(response: Response(status: 200, headers: HeaderFields([("X-Path", request.url.path)])))
        }
        let outcomes = try await Self.run(urls, on: SchedulerRun(transport))
        #expect(outcomes.map(\.input.index) == Array(0..<3000))
        #expect(outcomes.map(\.input.text) == urls)
        #expect(outcomes.allSatisfy { $0.isOK && $0.response?.headers["x-path"] == "/\($0.input.index % 7)" })
        #expect(transport.requests.count == 7)
    }

    @Test("Duplicates of one that is under way wait for it, and share its failure")
    func waiting() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { _, _ in
            await gate.wait()
            return TransferResult(error: FetchError(.connectionReset, "reset", curlCode: .receiveError))
        }
        let run = SchedulerRun(transport)
        async let outcomes = Self.run(Array(repeating: "http://a.test/", count: 50), on: run)
        await gate.waitForArrivals(1)
        gate.open()
        #expect(try await outcomes.map { $0.error?.kind } == Array(repeating: .connectionReset, count: 50))
        #expect(transport.requests.count == 1)
    }

    @Test("Another method, header, body or password is another request")
    func differences() throws {
        let url = Samples.url("http://a.test/")
        let requests = [
            Request(url), Request(url, method: "HEAD"), Request(url, headers: HeaderFields([("A", "b")])),
            Request(url, method: "POST", body: []), Request(url, method: "POST", body: [1]),
            Request(Samples.url("http://u:p@a.test/")), Request(Samples.url("http://u:q@a.test/")),
        ]
        #expect(Set(requests.map { $0.digest(with: nil) }).count == requests.count)
        #expect(Request(Samples.url("http://a.test/#x")).digest(with: nil) == requests[0].digest(with: nil))
    }

    @Test("issue 22.4: a request with another checksum, or a body that looks like one, is another")
    func checksums() throws {
        let sums = try ["md5=900150983cd24fb0d6963f7d28e17f72", "md5=900150983cd24fb0d6963f7d28e17f73"].map(
            Checksum.init)
        let url = Samples.url("http://a.test/")
        let bodies: [[UInt8]?] = [nil, Array(sums[0].description.utf8), Array("checksum".utf8)]
        let digests = bodies.flatMap { body in
            [nil, sums[0], sums[1]].map { Request(url, body: body).digest(with: $0) }
        }
        #expect(Set(digests).count == 9)
        // The journal tells them apart too.
        var input = Samples.input()
        let plain = input.fingerprint
        input.checksum = sums[0]
        #expect(input.fingerprint != plain)
        input.checksum = nil
        #expect(input.fingerprint == plain)
    }

    @Test("Inputs that are no requests go their way")
    func invalid() async throws {
        let outcomes = try await Self.run(["foo", "foo", "http://a.test/"], on: SchedulerRun(FakeTransport()))
        #expect(outcomes.map { $0.error?.kind } == [.invalidURL, .invalidURL, nil])
    }

    @Test("An outcome comes out of its bytes as it went in")
    func packing() throws {
        var full = Samples.ok(response: Samples.response(body: .bytes(Array("body".utf8))))
        full.response?.cache = .revalidated
        var failed = Samples.failed(
            FetchError(.rateLimited, "é", curlCode: .httpReturnedError, retryAfter: .milliseconds(1500)))
        failed.wait = .seconds(3)
        var saved = Samples.ok()
        saved.saved = SavedDetails(digest: [1, 2], algorithm: .sha1, resumedFrom: 7, skipped: "exists")
        var resumed = Samples.ok()
        resumed.saved = SavedDetails(resumedFrom: 0)
        for outcome in [full, failed, saved, resumed, Outcome(input: Samples.input())] {
            let packed = OutcomePacking.pack(outcome, keepsHeaders: true)
            let copy = try #require(OutcomePacking.unpack(packed, for: outcome.input))
            #expect(copy.saved == outcome.saved)
            #expect(
                Samples.record(copy, body: true, headers: true) == Samples.record(outcome, body: true, headers: true))
            for cut in 0..<packed.count {
                #expect(OutcomePacking.unpack(Array(packed[..<cut]), for: outcome.input) == nil)
            }
        }
    }

    @Test("A password in a redirect's URL is not written down")
    func secrets() {
        var outcome = Samples.ok()
        outcome.effectiveURL = Samples.url("http://user:hunter2@a.test/")
        let packed = String(decoding: OutcomePacking.pack(outcome, keepsHeaders: true), as: UTF8.self)
        #expect(!packed.contains("hunter2"))
    }
}
