import FetchHTTP

/// Keeps a file packed whose own format is sent as its Content-Encoding (``PackedFile``), and decodes the codings
/// around it. The kept data is decoded all the same, up to the end of its first member, so that a body that is cut is
/// known.
///
/// A server that packs the file once more for the way says the same. Then what is decoded begins like a packed file
/// again, and that is the file.
final class PackedBody: BodyDecoding {
    /// The number of packed bytes that are held back until the first decoded ones show which of the two it is.
    private static let heldLimit = 128 * 1024

    private enum Choice { case open, keep, unpack }

    private let outer: BodyDecoder
    private let inner: BodyDecoder
    private let magic: [UInt8]
    private var choice: Choice
    private var held: [UInt8] = []
    /// The first decoded bytes.
    private var start: [UInt8] = []
    /// Whether the first member of the kept data is complete; others may follow (RFC 1952 §2.2).
    private var isChecked = false
    private var isRefused = false

    /// Makes a decoder.
    ///
    /// - Parameters:
    ///   - layers: The codings of the body, the outermost first; the last one is the file's.
    ///   - coding: The file's coding.
    init(_ layers: [ContentCoding], keeping coding: ContentCoding) throws(FetchError) {
        outer = try BodyDecoder(layers.dropLast())
        do throws(FetchError) {
            inner = try BodyDecoder([coding])
        } catch {
            outer.free()
            throw error
        }
        magic = coding.magic
        choice = magic.isEmpty ? .keep : .open
    }

    func free() {
        outer.free()
        inner.free()
    }

    var isComplete: Bool { outer.isComplete && (isChecked || inner.isComplete) }

    func decode(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> String? {
        var problem: String?
        let around = outer.decode(piece) { block in
            problem = take(block, body)
            return problem == nil && !isRefused
        }
        return problem ?? around
    }

    func finish(_ body: (UnsafeRawBufferPointer) -> Bool) {
        if case .open = choice { keep(body) }
    }

    private func take(_ block: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> String? {
        guard !block.isEmpty else { return nil }
        switch choice {
        case .unpack: return inner.decode(block, body)
        case .keep:
            if let problem = check(block, { _ in true }) { return problem }
            isRefused = !body(block)
        case .open:
            held.append(contentsOf: block)
            let problem = check(block) { look($0, body) }
            if case .unpack = choice {
                held = []
                return problem
            }
            if let problem { return problem }
            if case .open = choice, !isChecked, held.count <= Self.heldLimit { return nil }
            keep(body)
        }
        return nil
    }

    /// Decodes a block, unless the first member is complete.
    private func check(_ block: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> String? {
        guard !isChecked else { return nil }
        let problem = inner.decode(block, body)
        if case .unpack = choice { return problem }
        // Bytes that follow the first member are the file's too.
        isChecked = inner.isComplete
        return isChecked ? nil : problem
    }

    /// Receives decoded bytes while it is open whether they are wanted.
    private func look(_ block: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        switch choice {
        case .keep: return true
        case .unpack: return body(block)
        case .open: break
        }
        let count = min(magic.count - start.count, block.count)
        start.append(contentsOf: block.prefix(count))
        guard start.count == magic.count else { return true }
        guard start == magic else {
            choice = .keep
            return true
        }
        choice = .unpack
        let rest = UnsafeRawBufferPointer(rebasing: block[count...])
        return start.withUnsafeBytes(body) && (rest.isEmpty || body(rest))
    }

    private func keep(_ body: (UnsafeRawBufferPointer) -> Bool) {
        choice = .keep
        let bytes = held
        held = []
        if !bytes.isEmpty { isRefused = !bytes.withUnsafeBytes(body) }
    }
}
