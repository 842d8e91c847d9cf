import CZlib

/// gzip (RFC 1952), and what HTTP calls deflate: zlib (RFC 1950), or the raw data that some servers send instead.
final class ZlibLayer: CodingLayer {
    /// The framing of the compressed data.
    enum Framing { case gzip, deflate }

    private let framing: Framing
    private let stream: UnsafeMutablePointer<z_stream>
    private var isStarted = false
    private(set) var isComplete = false

    /// Makes a layer.
    init(_ framing: Framing) {
        self.framing = framing
        // zlib keeps a pointer to it, so it must not move.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    func free() {
        if isStarted { inflateEnd(stream) }
        stream.deallocate()
    }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        guard let first = input.first ?? (isStarted ? 0 : nil) else { return .wrote(0) }
        if !isStarted {
            guard start(first) else { return .corrupt("out of memory") }
        }
        // zlib only reads it; its pointer is not const for historical reasons.
        let start = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = start.map { UnsafeMutablePointer(mutating: $0) }
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let count = room.count - Int(stream.pointee.avail_out)
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - Int(stream.pointee.avail_in))...])
        switch code {
        case Z_STREAM_END:
            isComplete = true
            return .ended(count)
        case Z_OK, Z_BUF_ERROR: return .wrote(count)
        default: return .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)")
        }
    }

    /// The first byte of zlib data has an 8 in its lower half. In raw data that would be a stored block with garbage in
    /// its padding, which no program writes.
    private func start(_ first: UInt8) -> Bool {
        let windowBits: Int32 =
            switch framing {
            case .gzip: 15 + 16
            case .deflate: first & 0x0F == 8 ? 15 : -15
            }
        isStarted = czlib_inflate_init(stream, windowBits) == Z_OK
        return isStarted
    }
}
