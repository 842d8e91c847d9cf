import FetchHTTP
@testable import FetchRecords
import FetchSystem
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Lists that arrive while they are read. The pipe has a name, as `<(command)` of a shell has one.
@Suite(.timeLimit(.minutes(20))) struct SourceReaderPipeTests {
    /// A pipe with a name, and its end for writing.
    private final class NamedPipe: Sendable {
        let path = NSTemporaryDirectory() + "fetchall-pipe-\(UUID().uuidString)"
        let writeEnd: Int32

        init() throws {
            guard mkfifo(path, 0o600) == 0 else { throw InputFailure("no pipe: errno \(errno)") }
            // With both ends the opening waits for nobody.
            writeEnd = open(path, O_RDWR | O_CLOEXEC)
            guard writeEnd >= 0 else { throw InputFailure("no end to write to: errno \(errno)") }
        }

        deinit { unlink(path) }

        func write(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { systemWrite(writeEnd, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }

        func write(_ text: String) { write(Array(text.utf8)) }

        func close() { SystemFile.close(writeEnd) }
    }

    private func reader(_ pipe: NamedPipe) throws -> SourceReader {
        try SourceReader([pipe.path], defaults: RequestDefaults())
    }

    /// The next inputs; an empty chunk is nothing.
    private func next(_ reader: SourceReader) async -> [String]? {
        while let chunk = await reader.next() {
            if !chunk.isEmpty { return chunk.map(\.text) }
        }
        return nil
    }

    @Test func givesTheFirstLineBeforeThePipeIsClosed() async throws {
        let pipe = try NamedPipe()
        let reader = try reader(pipe)
        pipe.write("http://a/\nhttp://b")
        #expect(await next(reader) == ["http://a/"])
        #expect(reader.total == nil)
        pipe.write("/\nhttp://c/")
        #expect(await next(reader) == ["http://b/"])
        pipe.close()
        #expect(await next(reader) == ["http://c/"])
        #expect(await next(reader) == nil)
        #expect(reader.total == 3)
    }

    @Test func endsAReadThatWaitsWhenItIsClosed() async throws {
        let pipe = try NamedPipe()
        defer { pipe.close() }
        let reader = try reader(pipe)
        pipe.write("http://a/\n")
        #expect(await next(reader) == ["http://a/"])
        let task = Task { await reader.next() == nil }
        await Task.yield()
        reader.close()
        #expect(await task.value)
        // The reading thread has ended too, although nothing came.
        while reader.total == nil { await Task.yield() }
        #expect(reader.failure == nil)
    }

    @Test func holdsTheWriterBackWhileNobodyTakesAnything() async throws {
        let pipe = try NamedPipe()
        let reader = try reader(pipe)
        let written = Shared(0)
        let total = 400_000
        let isDone = AsyncGate()
        _ = BackgroundThread.start {
            let line = Array("http://a/\n".utf8)
            let block = Array(repeatElement(line, count: 100).joined())
            for _ in 0..<(total / 100) {
                pipe.write(block)
                written.update { $0 += 100 }
            }
            pipe.close()
            isDone.open()
        }
        // Until the queue, the buffer and the pipe are full: nothing moves for a while.
        var before = -1
        while written.value != before {
            before = written.value
            try await Task.sleep(for: .milliseconds(50))
        }
        let inputsInQueue = SourceReader.chunkSize * (SourceReader.queueLength + 1)
        #expect(written.value <= inputsInQueue + 2 * 65_536 / 10 + 100)
        var count = 0
        while let chunk = await reader.next() { count += chunk.count }
        #expect(count == total)
        await isDone.wait()
    }

    /// What a list starts with may come a byte at a time.
    @Test(arguments: ["plain", "marked", "gzip", "utf16", "short"]) func looksAtTheFirstBytesHoweverTheyCome(
        _ kind: String
    ) async throws {
        let pipe = try NamedPipe()
        let text = Array("http://a/\n".utf8)
        let starts: [String: [UInt8]] = [
            "marked": [0xEF, 0xBB, 0xBF] + text, "gzip": LoopbackServer.gzip(text), "utf16": [0xFF, 0xFE, 0x68, 0],
            "short": [0xEF],
        ]
        let bytes = starts[kind] ?? text
        let reader = try reader(pipe)
        for byte in bytes {
            pipe.write([byte])
            // Until it was taken: each byte is a read of its own.
            var left: Int32 = 1
            while left > 0, reader.total == nil {
                await Task.yield()
                _ = ioctl(pipe.writeEnd, UInt(FIONREAD), &left)
            }
        }
        pipe.close()
        let found = await next(reader)
        switch kind {
        case "utf16":
            #expect(found == nil)
            #expect(reader.failure?.message.contains("is UTF-16") == true)
        case "short":
            #expect(found == ["\u{FFFD}"])
        default:
            #expect(found == ["http://a/"])
            #expect(reader.failure == nil)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
