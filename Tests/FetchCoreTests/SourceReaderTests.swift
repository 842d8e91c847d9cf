import FetchSystem
import Testing

@testable import FetchHTTP
@testable import FetchRecords

/// Reading lists while they arrive: files, pipes, and what happens when one side is slow or goes away.
@Suite("Lists: reading")
struct SourceReaderTests {
    private static func reader(_ paths: String...) throws -> SourceReader {
        try SourceReader(paths, defaults: RequestDefaults())
    }

    @Test("A million lines give a million inputs, in chunks of 1 to 256, in order")
    func million() async throws {
        let folder = try TemporaryFolder()
        let source = try Self.reader(try folder.file("million.txt", manyLines(1_000_000)))
        var count = 0
        var isInOrder = true
        var sizes = 1...1
        while let chunk = await source.next() {
            for input in chunk {
                isInOrder = isInOrder && input.index == count
                count += 1
            }
            sizes = min(sizes.lowerBound, chunk.count)...max(sizes.upperBound, chunk.count)
        }
        #expect(count == 1_000_000)
        #expect(isInOrder)
        #expect(sizes == 1...256)
        #expect(source.total == 1_000_000)
    }

    @Test("The first line of a pipe is there before the second is written")
    func atOnce() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        for index in 0..<3 {
            #expect(pipe.write("http://a/\(index)\n") > 0)
            let chunk = try #require(await source.next())
            #expect(chunk.map(\.text) == ["http://a/\(index)"])
        }
        // A line without its end waits for it.
        #expect(pipe.write("http://a/la") > 0)
        #expect(pipe.write("st") > 0)
        pipe.closeWriting()
        #expect(await source.next()?.map(\.text) == ["http://a/last"])
        #expect(await source.next() == nil)
        #expect(await source.next() == nil)
        #expect(source.failure == nil)
    }

    @Test("A reader that nobody takes from stops reading, and goes on when somebody does")
    func backPressure() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        let line = Array("http://example.org/a/list/of/lines/that/is/longer/than/any/queue\n".utf8)
        let block = Array(repeatElement(line, count: 60).joined())
        // The pipe is full for good once the reader has stopped: everything between two writes is its doing.
        var written = 0
        var refusals = 0
        while refusals < 20_000, written < 50_000_000 {
            let count = pipe.write(block)
            written += count
            refusals = count == 0 ? refusals + 1 : 0
            if count == 0 { await Task.yield() }
        }
        #expect(refusals == 20_000)
        // 8 chunks of 256 lines, a block being read, and a pipe of 64 KiB.
        #expect(written < 2_000_000, "\(written) bytes were read ahead")
        // Every whole line that was written is delivered.
        pipe.closeWriting()
        let inputs = await drain(source)
        #expect(inputs.count == (written + line.count - 1) / line.count)
        #expect(source.failure == nil)
    }

    @Test("Closing ends a consumer that waits for a silent pipe, and gives its descriptors back")
    func closeWhileWaiting() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        async let chunk = source.next()
        #expect(await eventually { source.isAwaited })
        #expect(pipe.hasReader)
        source.close()
        #expect(await chunk == nil)
        source.close()
        #expect(await source.next() == nil)
        // Nobody reads the pipe any more once the thread has left.
        #expect(await eventually { !pipe.hasReader })
        pipe.closeWriting()
    }

    @Test("Closing ends a reader whose queue is full")
    func closeWhileFull() async throws {
        let folder = try TemporaryFolder()
        let source = try Self.reader(try folder.file("many.txt", manyLines(100_000)))
        #expect(await source.next()?.count == 256)
        source.close()
        #expect(await source.next() == nil)
        #expect(await eventually { source.total != nil })
    }

    @Test("Cancelling the task that asks does not lose an input")
    func cancellation() async throws {
        let folder = try TemporaryFolder()
        let source = try Self.reader(try folder.file("many.txt", manyLines(10_000)))
        let task = Task { await drain(source).count }
        task.cancel()
        #expect(await task.value == 10_000)
    }

    @Test("A named pipe does not hold up the start, and is read once somebody writes")
    func namedPipe() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/fifo"
        #expect(makeFIFO(path))
        let source = try Self.reader(path)
        let writer = openForWriting(path)
        #expect(writer >= 0)
        async let inputs = drain(source)
        let pipe = TestPipe(writing: writer)
        #expect(pipe.write("http://a/\n") == 10)
        pipe.closeWriting()
        #expect(await inputs.map(\.text) == ["http://a/"])
    }

    @Test("A gzip list that is cut keeps its whole lines and never sends half a URL")
    func cutGzip() async throws {
        let folder = try TemporaryFolder()
        let lines = manyLines(10_000)
        let gzip = storedGzip(lines)
        for length in [5_000, 60_000, gzip.count - 9, gzip.count - 1] {
            let source = try Self.reader(try folder.file("cut.gz", gzip.prefix(length)))
            let inputs = await drain(source)
            #expect(source.failure?.message.contains("the gzip data ends too early") == true)
            let texts = lines.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
            #expect(inputs.map(\.text) == Array(texts.prefix(inputs.count)))
            #expect(inputs.count > length / 40)
        }
    }

    @Test("What turns out to be no text while it is read ends the list with a failure")
    func binaryPipe() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        #expect(pipe.write([0xFF]) == 1)
        #expect(pipe.write([0xFE, 0x68, 0x00]) == 3)
        pipe.closeWriting()
        #expect(await source.next() == nil)
        #expect(source.failure?.message.contains("is UTF-16") == true)
    }

    @Test("A hundred megabytes without a line break are one input that cannot be sent")
    func hugeLine() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
        var rest = 100_000_000
        while rest > 0 {
            let count = pipe.write(block)
            rest -= count
            if count == 0 { await Task.yield() }
        }
        // In one piece: the pipe is as good as empty, or will be soon.
        let isWritten = await eventually { pipe.write("\nhttp://a/\n") > 0 }
        #expect(isWritten)
        pipe.closeWriting()
        let inputs = await drain(source)
        #expect(inputs.count == 2)
        #expect(inputs.first?.refused?.message.contains("longer than 65536 bytes") == true)
        #expect(inputs.first?.text.utf8.count == 2_048)
        #expect(inputs.last?.sent != nil)
    }

    @Test("Chunks are never empty, however often the reader is woken for nothing")
    func noEmptyChunks() async throws {
        let pipe = try TestPipe()
        let source = try Self.reader(pipe.path)
        pipe.closeReading()
        // Enough that the queue fills and empties: each time it stops being full the reader is woken.
        let total = 256 * 40
        var written = 0
        var taken = 0
        while taken < total {
            while written < total, pipe.write("http://a/\(written)\n") > 0 { written += 1 }
            guard let chunk = await source.next() else { break }
            #expect(!chunk.isEmpty)
            taken += chunk.count
        }
        #expect(taken == total)
        source.close()
        pipe.closeWriting()
    }

    @Test("Inputs in memory come in order and end")
    func sequence() async throws {
        let url = try FetchURL.parse("http://a/")
        let source = SequenceSource(requests: Array(repeating: Request(url), count: 600))
        #expect(source.total == 600)
        #expect(await drain(source).map(\.index) == Array(0..<600))
        #expect(await source.next() == nil)
        let closed = SequenceSource(requests: [Request(url)])
        closed.close()
        #expect(await closed.next() == nil)
    }
}
