import CZlib

/// Inflates a gzip stream piece by piece: zlib's half of reading a `.gz` list. One thread uses it.
///
/// A `z_stream` must not move in memory, because zlib keeps a pointer to it, so it has an allocation of its own.
final class GzipReader {
    /// Why a stream is no gzip data, or not whole.
    struct Failure: Error, Equatable {
        let message: String
    }

    /// Where in the stream we are.
    private enum Place { case inMember, betweenMembers }

    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: InputLimits.block)
    private var place = Place.inMember

    /// Starts at the beginning of a stream; nil if there is no memory for it.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and gzip only: a bare zlib stream is no list.
        if czlib_inflate_init(stream, 15 + 16) != Z_OK {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Whether the stream may end here.
    var isComplete: Bool { place == .betweenMembers }

    /// Inflates the next piece.
    ///
    /// - Parameters:
    ///   - input: The bytes.
    ///   - body: Gets what they stand for, in pieces of bounded size however much that is. It returns false to stop.
    /// - Returns: False if `body` did.
    func feed(_ input: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Bool) throws(Failure) -> Bool {
        let result: Result<Bool, Failure> = input.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return .success(true) }
            // zlib only reads from it; the pointer is not const for historical reasons.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
            stream.pointee.avail_in = uInt(bytes.count)
            return inflateAll(body)
        }
        return try result.get()
    }

    private func inflateAll(_ body: (ArraySlice<UInt8>) -> Bool) -> Result<Bool, Failure> {
        while true {
            if place == .betweenMembers {
                // Tapes and some servers fill up with zeros; anything else must be another member.
                while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                }
                guard stream.pointee.avail_in > 0 else { return .success(true) }
                inflateReset(stream)
                place = .inMember
            }
            let (code, count) = inflateOnce()
            if count > 0, !body(output[..<count]) { return .success(false) }
            switch code {
            case Z_STREAM_END: place = .betweenMembers
            case Z_OK, Z_BUF_ERROR:
                // Room was left, so zlib needs more input to go on.
                if count < output.count { return .success(true) }
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)"
                return .failure(Failure(message: reason))
            }
        }
    }

    private func inflateOnce() -> (code: Int32, count: Int) {
        output.withUnsafeMutableBufferPointer { buffer in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = uInt(buffer.count)
            let code = inflate(stream, Z_NO_FLUSH)
            return (code, buffer.count - Int(stream.pointee.avail_out))
        }
    }
}
