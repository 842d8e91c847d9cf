import CZstd

/// Zstandard (RFC 8878): one frame or several.
final class ZstdLayer: CodingLayer {
    /// A server may ask for a window of at most 8 MiB (RFC 9659 §3); the library alone would allow 128.
    private static let windowLog: Int32 = 23

    private let state: OpaquePointer
    private(set) var isComplete = false

    /// Makes a layer; nil without memory.
    init?() {
        guard let state = ZSTD_createDStream() else { return nil }
        self.state = state
        _ = ZSTD_DCtx_setParameter(state, ZSTD_d_windowLogMax, Self.windowLog)
    }

    func free() { ZSTD_freeDStream(state) }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        // Between two frames there is nothing to flush, and asking would begin a third.
        if isComplete, input.isEmpty { return .wrote(0) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let left = ZSTD_decompressStream(state, &target, &source)
        input = UnsafeRawBufferPointer(rebasing: input[source.pos...])
        if ZSTD_isError(left) != 0 { return .corrupt("the zstd data is not valid") }
        isComplete = left == 0
        return .wrote(target.pos)
    }
}
