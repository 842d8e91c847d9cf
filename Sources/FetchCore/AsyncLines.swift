import FetchSystem

/// The lines of a text file as they are read; a file of any size needs the memory of a few chunks.
///
/// ```swift
/// for try await line in AsyncLines(path: "access.log") where line.contains("500") {
///     errors += 1
/// }
/// ```
///
/// A line ends with LF or CRLF, which are not part of it. The text is UTF-8: a byte order mark is dropped, bytes that
/// are not UTF-8 become U+FFFD, and a gzip file is decompressed. The file is opened when the loop begins and closed
/// when it ends, also by `break` or by cancelling the task.
public struct AsyncLines: AsyncSequence, Sendable {
    /// A line without its line break.
    public typealias Element = String
    /// The error of the loop.
    public typealias Failure = any Error

    private let path: String

    /// Lines of a file.
    ///
    /// - Parameter path: The file; `-` is standard input.
    public init(path: String) { self.path = path }

    /// Makes an iterator that reads from the first line.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }

    /// Reads the lines.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let path: String
        private var reading: OpenLines?
        private var chunk: ArraySlice<String> = []
        private var isOver = false

        fileprivate init(path: String) { self.path = path }

        /// The next line; nil at the end.
        ///
        /// - Throws: ``InputFailure`` for a file that cannot be read to its end, or with a line of more than 65,536
        ///   bytes; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> String? {
            // Without the parameter, a loop on an actor would leave it and return to it for every line.
            if let line = chunk.popFirst() { return line }
            guard !isOver else { return nil }
            let reading = try self.reading ?? OpenLines(path: path)
            self.reading = reading
            if let next = try await reading.next() {
                chunk = next[...]
                return chunk.popFirst()
            }
            isOver = true
            self.reading = nil
            return nil
        }
    }
}

/// A file whose lines a thread reads.
private final class OpenLines: Sendable {
    private let lines: ReadAhead<String>

    init(path: String) throws {
        let file = path == "-" ? ListFile.standardInput : try ListFile.open(path, isOfURLs: false)
        do {
            lines = try ReadAhead(queueLength: 4) { waker, push in
                defer { if file.descriptor != 0 { SystemFile.close(file.descriptor) } }
                return LineReading(text: TextReading(file: file, waker: waker)).run(push)
            }
        } catch {
            if file.descriptor != 0 { SystemFile.close(file.descriptor) }
            throw error
        }
    }

    // The only sign that a loop was left by `break`. Closing twice does nothing.
    deinit { lines.close() }

    func next() async throws -> [String]? {
        let chunk = await withTaskCancellationHandler {
            await lines.next()
        } onCancel: {
            lines.close()
        }
        if let chunk { return chunk }
        try Task.checkCancellation()
        if let failure = lines.failure { throw failure }
        return nil
    }
}
