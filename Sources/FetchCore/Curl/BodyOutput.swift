/// A body on its way to a file: the first megabyte at once, which is all of most bodies, the rest in pieces by the
/// ``BodyWriter``.
struct BodyOutput {
    /// Bytes that are written at once.
    static let directSize = 1 << 20

    private var written = 0
    private var piece: [UInt8] = []
    private var writer: BodyWriter?
    private var descriptor: Int32 = -1

    /// Begins anew, after ``finish()``.
    mutating func begin() { written = 0 }

    /// Writes bytes, or sees to it that they will be.
    ///
    /// - Parameters:
    ///   - bytes: What came.
    ///   - descriptor: The file; the same one until ``finish()``.
    ///   - makeWriter: The loop's writer; nil where it has none, and everything is written at once.
    /// - Returns: Why this, or what came before, could not be written.
    mutating func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ makeWriter: () -> BodyWriter?
    ) -> FetchError? {
        if writer == nil {
            written += bytes.count
            guard written > Self.directSize, let writer = makeWriter() else {
                return SystemFile.write(bytes, to: descriptor)
            }
            self.writer = writer
            self.descriptor = descriptor
            piece.reserveCapacity(BodyWriter.pieceSize)
        }
        piece.append(contentsOf: bytes)
        // libcurl gives 16 KiB at a time: the next ones would have the array grow.
        return piece.count + bytes.count > BodyWriter.pieceSize ? handOver() : nil
    }

    /// Waits until all is in the file, which may then be closed.
    ///
    /// - Returns: Why not all of it is.
    mutating func finish() -> FetchError? {
        guard let writer else { return nil }
        let refused = piece.isEmpty ? nil : handOver()
        let failure = writer.finish(descriptor)
        self = BodyOutput()
        return refused ?? failure
    }

    private mutating func handOver() -> FetchError? {
        let failure = writer?.write(piece, to: descriptor)
        piece = []
        piece.reserveCapacity(BodyWriter.pieceSize)
        return failure
    }
}
