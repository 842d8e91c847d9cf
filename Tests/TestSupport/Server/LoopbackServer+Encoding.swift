import CZlib

extension LoopbackServer {
    /// A gzip member with the bytes, repeated so many times without being built in memory: `gzip([0], times: 1 << 30)`
    /// would be slow, `gzip(block, times: 16_384)` with a block of 64 KiB is a bomb.
    package static func gzip(_ bytes: [UInt8], times: Int = 1) -> [UInt8] {
        var stream = z_stream()
        // 15 + 16: the largest window, framed as gzip.
        guard czlib_deflate_init(&stream, 6, 15 + 16) == Z_OK else { preconditionFailure("zlib has no memory") }
        defer { deflateEnd(&stream) }
        var result: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        // zlib's pointer is not const in C; deflate only reads.
        var source = bytes
        source.withUnsafeMutableBufferPointer { source in
            for round in 1...max(1, times) {
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                let flush = round == max(1, times) ? Z_FINISH : Z_NO_FLUSH
                repeat {
                    room.withUnsafeMutableBufferPointer { room in
                        stream.next_out = room.baseAddress
                        stream.avail_out = uInt(room.count)
                        _ = deflate(&stream, flush)
                        result += room[..<(room.count - Int(stream.avail_out))]
                    }
                } while stream.avail_out == 0
            }
        }
        return result
    }

    /// The bytes in the framing of `Transfer-Encoding: chunked`, the last chunk included.
    package static func chunked(_ bytes: [UInt8], size: Int = 1024) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let chunk = bytes[position..<min(position + size, bytes.count)]
            result += "\(String(chunk.count, radix: 16))\r\n".utf8
            result += chunk
            result += "\r\n".utf8
            position += chunk.count
        }
        return result + "0\r\n\r\n".utf8
    }
}
