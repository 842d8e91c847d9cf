import CZlib

/// Decompresses a gzip stream in pieces, one member after the other (RFC 1952 §2.2).
///
/// Not Sendable: it belongs to the thread that reads the list.
package final class GzipReader {
    /// The position in the stream.
    private enum State { case inMember, betweenMembers }

    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 65_536)
    private var state = State.inMember

    /// Makes a reader; nil when memory is exhausted.
    package init?() {
        // zlib keeps a pointer to it, so it must not move.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, and a gzip header.
        guard czlib_inflate_init(stream, 31) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    /// Frees the memory.
    package func close() {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether the stream may end here.
    package var isComplete: Bool { state == .betweenMembers }

    /// Decompresses a piece and calls the closure with each block of at most 64 KiB.
    ///
    /// - Returns: Why the data is corrupt, in zlib's words; nil if it is valid so far.
    package func inflate(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) -> String? {
        piece.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return nil }
            // zlib only reads it; its pointer is not const for historical reasons.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
            stream.pointee.avail_in = UInt32(input.count)
            return inflateAll(body)
        }
    }

    private func inflateAll(_ body: (ArraySlice<UInt8>) -> Void) -> String? {
        while true {
            if state == .betweenMembers {
                // Tapes and some programs pad with zeros; anything else must be another member.
                while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                }
                guard stream.pointee.avail_in > 0 else { return nil }
                inflateReset(stream)
                state = .inMember
            }
            let (code, count) = inflateOnce()
            if count > 0 { body(output[..<count]) }
            switch code {
            case Z_STREAM_END: state = .betweenMembers
            case Z_OK, Z_BUF_ERROR:
                // The output had room left, so only more input can give more.
                if count < output.count { return nil }
            default:
                return stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
            }
        }
    }

    private func inflateOnce() -> (code: Int32, count: Int) {
        output.withUnsafeMutableBufferPointer { output in
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            return (code, output.count - Int(stream.pointee.avail_out))
        }
    }
}
