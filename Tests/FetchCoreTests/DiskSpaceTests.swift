import FetchHTTP
import TestSupport
import Testing

@testable import FetchTransport

@Suite("issue 22.5: a body is begun where the disk has room for it")
struct DiskSpaceTests {
    @Test(arguments: [
        (1 << 40, 1 << 30), (50_000_000_000, 500_000_000), (1_000_000_000, 16 << 20), (100_000_000, 12_500_000),
        (256 << 10, 32 << 10), (0, 0),
    ])
    func `the reserve is one percent, within bounds`(size: Int, reserve: Int) {
        #expect(DiskSpace.reserve(of: size) == reserve)
    }

    @Test func `a body that is larger than what is free is refused`() {
        let space = DiskSpace(free: 600_000_000, reserve: 20_000_000)
        #expect(space.failure(length: 580_000_000) == nil)
        let large = space.failure(length: 2_100_000_000)
        #expect(large?.message == "2.1 GB wanted, 600 MB free")
        #expect(large?.kind == .io)
        #expect(large?.isTransient == false)
        #expect(
            space.failure(length: 590_000_000)?.message
                == "590 MB wanted, 600 MB free, of which 20.0 MB are the reserve")
        #expect(space.failure(length: .max)?.kind == .io)
        // Small bodies are not worth a look; the system says when the disk is full.
        let full = DiskSpace(free: 0, reserve: 20_000_000)
        #expect(full.failure(length: 1 << 20) == nil)
        #expect(full.failure(length: 1 << 20 + 1)?.kind == .io)
    }

    @Test func `a body without an end stops at the reserve`() {
        #expect(DiskSpace(free: 20_000_000, reserve: 20_000_000).failure(written: 64 << 20) == nil)
        #expect(
            DiskSpace(free: 19_900_000, reserve: 20_000_000).failure(written: 1_300_000_000)?.message
                == "19.9 MB free after 1.3 GB, less than the reserve of 20.0 MB")
    }

    @Test func `issue 22.5: what is promised to bodies on their way is not free`() {
        let space = DiskSpace(free: 100 << 20, reserve: 10 << 20)
        #expect(space.failure(length: 50 << 20) == nil)
        #expect(space.failure(length: 50 << 20, promised: 40 << 20) == nil)
        let failure = space.failure(length: 50 << 20, promised: 41 << 20)
        #expect(failure?.message.contains("are for the bodies that are on their way") == true)
    }

    @Test func `the system is asked for files only`() throws {
        for sink in [BodySink.discard, .memory, .kept(limit: 1, file: nil), try .file(.at(-1))] {
            #expect(sink.spaceFailure(length: 1 << 60, base: 0) == nil)
            #expect(sink.spaceFailure(size: 1 << 40, last: 1 << 40) == nil)
        }
    }
}
