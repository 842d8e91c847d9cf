import CZlib

/// Decompresses one stream of zlib's formats into memory of the caller: nothing is copied in between.
///
/// Not Sendable: it belongs to the thread that made it. Its memory is freed at the end of its life.
package struct InflateStream: ~Copyable {
    /// The framing of the compressed data.
    package enum Framing {
        /// RFC 1952; one member.
        case gzip
        /// RFC 1950.
        case zlib
        /// RFC 1951.
        case raw
    }

    /// The result of one step.
    package enum Step {
        /// The number of bytes written.
        case wrote(Int)
        /// The number of bytes written; the stream has ended.
        case ended(Int)
        /// The number of bytes written before corrupt data, and what is wrong with it in zlib's words.
        case corrupt(Int, String)
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Makes a stream; nil when memory is exhausted.
    package init?(_ framing: Framing) {
        // The largest window, with zlib's marks for the header.
        let windowBits: Int32 =
            switch framing {
            case .gzip: 15 + 16
            case .zlib: 15
            case .raw: -15
            }
        // zlib keeps a pointer to it, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflate_init(stream, windowBits) == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Consumes input and writes the decompressed bytes, as far as the output has room.
    package mutating func step(
        _ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) -> Step {
        // zlib only reads it; its pointer is not const for historical reasons.
        let start = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = start.map { UnsafeMutablePointer(mutating: $0) }
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
        let code = CZlib.inflate(stream, Z_NO_FLUSH)
        let count = room.count - Int(stream.pointee.avail_out)
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - Int(stream.pointee.avail_in))...])
        switch code {
        case Z_STREAM_END: return .ended(count)
        case Z_OK, Z_BUF_ERROR: return .wrote(count)
        default: return .corrupt(count, stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)")
        }
    }

    /// Begins another stream of the same framing.
    package mutating func restart() { inflateReset(stream) }
}
