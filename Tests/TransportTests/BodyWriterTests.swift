import FetchHTTP
import Foundation
import TestSupport
import Testing

@testable import FetchTransport

@Suite("Large bodies are written beside the loop", .timeLimit(.minutes(20)))
struct BodyWriterTests {
    /// An empty file for the body.
    private func withFile<Result>(_ body: (FileHandle, URL) async throws -> Result) async throws -> Result {
        let url = URL(filePath: NSTemporaryDirectory() + "fetchall-writer-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: url.path, contents: nil))
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try #require(FileHandle(forWritingAtPath: url.path))
        defer { try? file.close() }
        return try await body(file, url)
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test(arguments: [0, 1, 1 << 20, 1 << 20 + 1, (1 << 20) + (256 << 10) + 7, 12_345_678])
    func `a body of any size is in its file byte for byte when its end is told`(size: Int) async throws {
        let bytes = Self.pattern(size)
        try await withFile { file, url in
            try await Fetcher.run(answering: { _ in .response(body: bytes) }) { fetcher in
                let result = try await fetcher.get(into: .file(.at(file.fileDescriptor)))
                #expect(result.error == nil)
                let saved = try Data(contentsOf: url)
                #expect(saved == Data(bytes))
            }
        }
    }

    @Test func `bodies that come at once do not mix`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await Fetcher.run(answering: { request in
                .response(body: [UInt8](repeating: request.path.utf8.last ?? 0, count: 5_000_000))
            }) { fetcher in
                for name in ["/a", "/b", "/c", "/d"] {
                    group.addTask {
                        try await withFile { file, url in
                            let result = try await fetcher.get(name, into: .file(.at(file.fileDescriptor)))
                            #expect(result.error == nil)
                            let saved = try Data(contentsOf: url)
                            #expect(saved.count == 5_000_000)
                            #expect(saved.allSatisfy { $0 == name.utf8.last })
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `what cannot be written is told at the file's end, and other files are whole`() async throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        defer { try? full.close() }
        try await withFile { file, url in
            let writer = try #require(BodyWriter())
            defer { writer.shutdown() }
            let (fullFile, good) = (try BodyFile.at(full.fileDescriptor), try BodyFile.at(file.fileDescriptor))
            let piece = Self.pattern(300_000)
            _ = writer.write(piece, to: fullFile)
            for _ in 0..<40 { #expect(writer.write(piece, to: good) == nil) }
            let failure = try #require(writer.finish(fullFile))
            #expect(failure.kind == .io)
            #expect(failure.message.contains("No space left on device"))
            #expect(writer.finish(good) == nil)
            let saved = try Data(contentsOf: url)
            #expect(saved.count == 40 * piece.count)
            // The number of a file that is closed belongs to the next one, which has failed at nothing.
            #expect(writer.finish(fullFile) == nil)
        }
    }

    @Test func `a body that cannot be written ends the transfer`() async throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        defer { try? full.close() }
        let fullFile = try BodyFile.at(full.fileDescriptor)
        var output = BodyOutput()
        let writer = try #require(BodyWriter())
        defer { writer.shutdown() }
        let bytes = Self.pattern(BodyOutput.directSize + 1)
        // More than is written at once, so all of it goes by way of the writer.
        let failures = bytes.withUnsafeBytes { bytes in
            (0..<100).map { _ in output.write(bytes, to: fullFile) { writer } }
        }
        #expect(failures.last??.kind == .io)
        #expect(output.finish()?.kind == .io)
    }

    @Test func `a transfer that is cancelled leaves its file alone from then on`() async throws {
        try await withFile { file, url in
            try await Fetcher.run(answering: { _ in .stream(length: 1 << 34, of: Array("0123456789".utf8)) }) {
                fetcher in
                let saved = try BodyFile.at(file.fileDescriptor)
                let task = Task { await fetcher.get(into: .file(saved)) }
                while try Data(contentsOf: url).count < 3 << 20 { try await Task.sleep(for: .milliseconds(5)) }
                task.cancel()
                #expect(await task.value.error?.kind == .cancelled)
                let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize
                try await Task.sleep(for: .milliseconds(50))
                var later = url
                later.removeAllCachedResourceValues()
                let laterSize = try later.resourceValues(forKeys: [.fileSizeKey]).fileSize
                #expect(laterSize == size)
            }
        }
    }
}
