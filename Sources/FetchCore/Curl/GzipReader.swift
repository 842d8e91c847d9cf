import CZlib

/// Inflates a gzip stream piece by piece, one member after the other (RFC 1952 §2.2).
///
/// Not Sendable: it belongs to the thread that reads the list.
final class GzipReader {
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInsideMember = false

    /// Makes a reader; nil when memory is short.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, and a gzip header in front.
        guard czlib_inflate_init(stream, 31) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    /// Gives the memory back.
    func close() {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether the stream may end here.
    var isComplete: Bool { !isInsideMember }

    /// Inflates a piece and calls the closure with each block of at most 64 KiB; false when the data is corrupt.
    func inflate(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        var input = Array(piece)
        var output = [UInt8](repeating: 0, count: 65_536)
        return input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            while stream.pointee.avail_in > 0 {
                isInsideMember = true
                let (code, count) = output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    let code = CZlib.inflate(stream, Z_NO_FLUSH)
                    return (code, output.count - Int(stream.pointee.avail_out))
                }
                if count > 0 { body(output[..<count]) }
                switch code {
                case Z_OK: break
                case Z_BUF_ERROR where count > 0: break
                case Z_STREAM_END:
                    isInsideMember = false
                    inflateReset(stream)
                default: return false
                }
            }
            return true
        }
    }
}
