/// Zstandard (RFC 8878), by the library that libcurl uses: one frame or several.
final class ZstdLayer: CodingLayer {
    /// `ZSTD_inBuffer` and `ZSTD_outBuffer`: an address, a size, and how far they have been used.
    private typealias Buffer = (address: UnsafeMutableRawPointer?, size: Int, position: Int)
    private typealias Create = @convention(c) () -> OpaquePointer?
    private typealias SetParameter = @convention(c) (OpaquePointer, Int32, Int32) -> Int
    private typealias Decode =
        @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32
    private typealias Free = @convention(c) (OpaquePointer) -> Int

    private struct Library {
        let create: Create
        let setParameter: SetParameter
        let decode: Decode
        let isError: IsError
        let free: Free
    }

    /// The functions of zstd.h that are stable since 1.4.
    private static let library: Library? = {
        guard
            let create = LoadedLibrary.function("ZSTD_createDStream", as: Create.self),
            let setParameter = LoadedLibrary.function("ZSTD_DCtx_setParameter", as: SetParameter.self),
            let decode = LoadedLibrary.function("ZSTD_decompressStream", as: Decode.self),
            let isError = LoadedLibrary.function("ZSTD_isError", as: IsError.self),
            let free = LoadedLibrary.function("ZSTD_freeDStream", as: Free.self)
        else { return nil }
        return Library(create: create, setParameter: setParameter, decode: decode, isError: isError, free: free)
    }()

    /// `ZSTD_d_windowLogMax`
    private static let windowLogMax: Int32 = 100
    /// A server may ask for a window of at most 8 MiB (RFC 9659 §3); the library alone would grant it 128.
    private static let windowLog: Int32 = 23

    /// Whether there is a decoder in the process.
    static var isThere: Bool { library != nil }

    private let library: Library
    private let state: OpaquePointer
    private(set) var isComplete = false

    /// Makes a layer; nil without a library or memory.
    init?() {
        guard let library = Self.library, let state = library.create() else { return nil }
        self.library = library
        self.state = state
        _ = library.setParameter(state, Self.windowLogMax, Self.windowLog)
    }

    func free() { _ = library.free(state) }

    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep {
        // zstd only reads there.
        var source: Buffer = (UnsafeMutableRawPointer(mutating: input.baseAddress), input.count, 0)
        var target: Buffer = (room.baseAddress, room.count, 0)
        // Between two frames there is nothing to flush, and asking would begin a third.
        if isComplete, input.isEmpty { return .wrote(0) }
        let left = library.decode(state, &target, &source)
        input = UnsafeRawBufferPointer(rebasing: input[source.position...])
        if library.isError(left) != 0 { return .corrupt("zstd cannot read it") }
        isComplete = left == 0
        return .wrote(target.position)
    }
}
