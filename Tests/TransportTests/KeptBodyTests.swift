import FetchHTTP
import FetchTransport
import Foundation
import TestSupport
import Testing

@Suite("A body is kept beside where it goes, unless it is too large", .timeLimit(.minutes(20)))
struct KeptBodyTests {
    @Test(arguments: [(999, false), (1000, true), (1001, true)])
    func `it is kept up to the limit, and never in part`(limit: Int, isKept: Bool) async throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await Fetcher.run(answering: { _ in .response(body: bytes) }) { fetcher in
            let result = await fetcher.get(into: .kept(limit: limit, file: nil))
            #expect(result.response?.body == (isKept ? .bytes(bytes) : .discarded))
            #expect(result.response?.size == 1000)
        }
    }

    @Test(arguments: [(1 << 20, true), (1 << 19, false)])
    func `a file gets all of it in either case`(limit: Int, isKept: Bool) async throws {
        let path = NSTemporaryDirectory() + "fetchall-kept-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try await Fetcher.run(answering: { _ in .stream(length: 1 << 20, of: Array("0123456789".utf8)) }) { fetcher in
            let result = try await fetcher.get(into: .kept(limit: limit, file: .at(file.fileDescriptor)))
            let saved = try Array(Data(contentsOf: URL(filePath: path)))
            #expect(saved.count == 1 << 20)
            #expect(result.response?.body == (isKept ? .bytes(saved) : .file))
        }
        try file.close()
    }
}
