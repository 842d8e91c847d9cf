import CBrotli

/// Brotli (RFC 7932).
final class BrotliLayer: CodingLayer {
    private let state: OpaquePointer
    private(set) var isComplete = false

    /// Makes a layer; nil without memory.
    init?() {
        guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { return nil }
        self.state = state
    }

    func free() { BrotliDecoderDestroyInstance(state) }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        var inputCount = input.count
        var next = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var roomCount = room.count
        var output = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = BrotliDecoderDecompressStream(state, &inputCount, &next, &roomCount, &output, nil)
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - inputCount)...])
        let count = room.count - roomCount
        switch result {
        case BROTLI_DECODER_RESULT_ERROR: return .corrupt("the brotli data is not valid")
        case BROTLI_DECODER_RESULT_SUCCESS:
            isComplete = true
            return .ended(count)
        default: return .wrote(count)
        }
    }
}
