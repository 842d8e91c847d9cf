/// The texts of very many URLs, one after the other in large blocks: a URL costs its bytes, 6 bytes more, and no
/// allocation.
struct URLArena: Sendable {
    /// A text begins at a multiple of so many bytes, so that 32 bits name its offset in 16 GB.
    private static let unit = 4
    private static let unitsInBlock = 1 << 16
    private var blocks: [[UInt8]] = []
    /// Where each text starts, in units: the number of its block in the upper half, the offset in it in the lower.
    private var starts: [UInt32] = []

    /// The number of texts.
    var count: Int { starts.count }

    /// Adds a text; its number is the previous count.
    mutating func append(_ text: Substring.UTF8View) {
        let length = text.count
        // The length takes at most 5 groups of 7 bits, and padding fills the last unit.
        if blocks.last.map({ $0.count + length + 8 > Self.unit * Self.unitsInBlock }) ?? true {
            precondition(blocks.count < 1 << 16, "more than 16 GB of URLs are known; a frontier in a file is needed")
            var block: [UInt8] = []
            block.reserveCapacity(max(Self.unit * Self.unitsInBlock, length + 8))
            blocks.append(block)
        }
        let block = blocks.count - 1
        starts.append(UInt32(block) << 16 | UInt32(blocks[block].count / Self.unit))
        var rest = length
        while rest >= 0x80 {
            blocks[block].append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        blocks[block].append(UInt8(rest))
        blocks[block].append(contentsOf: text)
        while blocks[block].count % Self.unit != 0 { blocks[block].append(0) }
    }

    /// The text with a number.
    subscript(index: Int) -> String {
        let block = Int(starts[index] >> 16)
        var offset = Int(starts[index] & 0xFFFF) * Self.unit
        var length = 0
        var shift = 0
        while true {
            let byte = blocks[block][offset]
            offset += 1
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return String(decoding: blocks[block][offset..<offset + length], as: UTF8.self)
    }
}
