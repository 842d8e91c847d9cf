/// Brotli (RFC 7932), by the library that libcurl uses.
final class BrotliLayer: CodingLayer {
    private typealias Create = @convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?) -> OpaquePointer?
    private typealias Decode =
        @convention(c) (
            OpaquePointer, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UnsafePointer<UInt8>?>,
            UnsafeMutablePointer<Int>, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>?
        ) -> Int32
    private typealias Destroy = @convention(c) (OpaquePointer) -> Void

    private struct Library {
        let create: Create
        let decode: Decode
        let destroy: Destroy
    }

    /// The functions of brotli/decode.h; its ABI has not changed since 1.0 of 2017.
    private static let library: Library? = {
        guard
            let create = LoadedLibrary.function("BrotliDecoderCreateInstance", as: Create.self),
            let decode = LoadedLibrary.function("BrotliDecoderDecompressStream", as: Decode.self),
            let destroy = LoadedLibrary.function("BrotliDecoderDestroyInstance", as: Destroy.self)
        else { return nil }
        return Library(create: create, decode: decode, destroy: destroy)
    }()

    /// Whether there is a decoder in the process.
    static var isThere: Bool { library != nil }

    private let library: Library
    private let state: OpaquePointer
    private(set) var isComplete = false

    /// Makes a layer; nil without a library or memory.
    init?() {
        guard let library = Self.library, let state = library.create(nil, nil, nil) else { return nil }
        self.library = library
        self.state = state
    }

    func free() { library.destroy(state) }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        var inputCount = input.count
        var next = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var roomCount = room.count
        var output = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = library.decode(state, &inputCount, &next, &roomCount, &output, nil)
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - inputCount)...])
        let count = room.count - roomCount
        // BROTLI_DECODER_RESULT_…: ERROR, SUCCESS, NEEDS_MORE_INPUT, NEEDS_MORE_OUTPUT
        switch result {
        case 0: return .corrupt("brotli cannot read it")
        case 1:
            isComplete = true
            return .ended(count)
        default: return .wrote(count)
        }
    }
}
