import FetchHTTP

/// Decodes the codings of one body. libcurl does it too, but reports a cut body as complete: 7.88.1, and still 8.21.0,
/// whose gzip_do_close (lib/content_encoding.c) does not check for the end of the stream. No upstream issue is known.
///
/// Not Sendable: it belongs to the loop's thread.
final class BodyDecoder: BodyDecoding {
    /// The number of bytes that a layer passes on at a time.
    private static let roomSize = 32_768

    private var layers: [any CodingLayer] = []
    private var hasEnded: [Bool]
    private var hasBytes = false

    /// Makes a decoder.
    ///
    /// - Parameter codings: The codings to decode, in this order.
    /// - Throws: ``FetchError`` of kind `undecodable` when there is no memory for a decoder.
    init(_ codings: [ContentCoding]) throws(FetchError) {
        hasEnded = Array(repeating: false, count: codings.count)
        for coding in codings {
            let layer: (any CodingLayer)? =
                switch coding {
                case .gzip: ZlibLayer(.gzip)
                case .deflate: ZlibLayer(.deflate)
                case .brotli: BrotliLayer()
                case .zstd: ZstdLayer()
                }
            guard let layer else {
                free()
                throw FetchError(
                    .undecodable, "out of memory while decoding \(coding.rawValue)", curlCode: .badContentEncoding)
            }
            layers.append(layer)
        }
    }

    /// The codings that are offered to servers, as the value of Accept-Encoding. deflate is not in it, although it is
    /// decoded when it arrives: servers mean two formats by it (RFC 9110 §8.4.1.2). It has no blanks, because libcurl
    /// prints a head byte by byte at some 100 instructions each.
    static let acceptEncoding = "gzip,br,zstd"

    /// Frees the memory.
    func free() {
        for layer in layers { layer.free() }
        layers = []
    }

    /// Whether the body may end here. A body without bytes is empty, whatever its coding is.
    var isComplete: Bool { !hasBytes || layers.allSatisfy(\.isComplete) }

    /// Nothing is held back.
    func finish(_ body: (UnsafeRawBufferPointer) -> Bool) {}

    /// Decodes a piece and calls the closure with each decoded block; false from the closure ends it.
    ///
    /// - Returns: Why the data is corrupt; nil if it is valid so far, or the closure has ended it.
    func decode(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> String? {
        if !piece.isEmpty { hasBytes = true }
        switch decode(piece, layer: 0, body) {
        case .good, .refused: return nil
        case .corrupt(let reason): return reason
        }
    }

    private enum Progress { case good, refused, corrupt(String) }

    private func decode(
        _ piece: UnsafeRawBufferPointer, layer: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) -> Progress {
        guard layer < layers.count else { return body(piece) ? .good : .refused }
        return withUnsafeTemporaryAllocation(byteCount: Self.roomSize, alignment: 16) { room in
            var input = piece
            while true {
                if hasEnded[layer] {
                    return input.isEmpty ? .good : .corrupt("bytes follow its end")
                }
                let before = input.count
                let count: Int
                switch layers[layer].step(&input, into: room) {
                case .corrupt(let reason): return .corrupt(reason)
                case .wrote(let number): count = number
                case .ended(let number):
                    count = number
                    hasEnded[layer] = true
                }
                if count > 0 {
                    let block = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
                    let progress = decode(block, layer: layer + 1, body)
                    guard case .good = progress else { return progress }
                }
                if hasEnded[layer] { continue }
                // The output had room left, so only more input can give more.
                if input.isEmpty, count < room.count { return .good }
                if count == 0, input.count == before { return .corrupt("it makes no progress") }
            }
        }
    }
}
