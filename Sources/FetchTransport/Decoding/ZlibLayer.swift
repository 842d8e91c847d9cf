import FetchSystem

/// gzip (RFC 1952), and what HTTP calls deflate: zlib (RFC 1950), or the raw data that some servers send instead.
final class ZlibLayer: CodingLayer {
    /// The name of the coding.
    enum Coding { case gzip, deflate }

    private let coding: Coding
    private var stream: InflateStream?
    private(set) var isComplete = false

    /// Makes a layer. It has no stream before its first byte, which reveals the framing of deflate.
    init(_ coding: Coding) { self.coding = coding }

    func free() { stream = nil }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        if stream == nil {
            guard let first = input.first else { return .wrote(0) }
            stream = InflateStream(framing(first))
        }
        switch stream?.step(&input, into: room) {
        case .ended(let count):
            isComplete = true
            return .ended(count)
        case .wrote(let count): return .wrote(count)
        case .corrupt(_, let reason): return .corrupt(reason)
        case nil: return .corrupt("out of memory")
        }
    }

    /// The first byte of zlib data has an 8 in its lower half. In raw data that would be a stored block with garbage in
    /// its padding, which no program writes.
    private func framing(_ first: UInt8) -> InflateStream.Framing {
        switch coding {
        case .gzip: .gzip
        case .deflate: first & 0x0F == 8 ? .zlib : .raw
        }
    }
}
