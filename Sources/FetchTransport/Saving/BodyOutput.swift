import FetchHTTP

/// A body that is written to a file: the first megabyte immediately, which is all of most bodies, the rest in pieces by
/// the ``BodyWriter``.
struct BodyOutput {
    /// The number of bytes that are written immediately.
    static let directSize = 1 << 20

    private var written = 0
    private var piece: [UInt8] = []
    private var writer: BodyWriter?
    private var file: BodyFile?

    /// Starts again, after ``finish()``.
    mutating func begin() { written = 0 }

    /// Writes bytes, or queues them.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - file: The file; the same one until ``finish()``.
    ///   - makeWriter: Returns the loop's writer; nil if it has none, and everything is written immediately.
    /// - Returns: Why these or earlier bytes could not be written.
    mutating func write(
        _ bytes: UnsafeRawBufferPointer, to file: BodyFile, _ makeWriter: () -> BodyWriter?
    ) -> FetchError? {
        if writer == nil {
            written += bytes.count
            guard written > Self.directSize, let writer = makeWriter() else {
                return file.write(bytes)
            }
            self.writer = writer
            self.file = file
            piece.reserveCapacity(BodyWriter.pieceSize)
        }
        piece.append(contentsOf: bytes)
        // libcurl passes 16 KiB at a time, which would make the array grow.
        return piece.count + bytes.count > BodyWriter.pieceSize ? handOver() : nil
    }

    /// Waits until everything is in the file, which may then be closed.
    ///
    /// - Returns: Why not all of it is.
    mutating func finish() -> FetchError? {
        guard let writer, let file else { return nil }
        let refused = piece.isEmpty ? nil : handOver()
        let failure = writer.finish(file)
        self = BodyOutput()
        return refused ?? failure
    }

    private mutating func handOver() -> FetchError? {
        let failure = file.flatMap { writer?.write(piece, to: $0) }
        piece = []
        piece.reserveCapacity(BodyWriter.pieceSize)
        return failure
    }
}
