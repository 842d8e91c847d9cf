/// The texts of very many URLs, one behind the other in large blocks: a URL costs its bytes and no allocation.
struct URLArena: Sendable {
    private static let blockSize = 1 << 18
    private var blocks: [[UInt8]] = []
    /// Where each text starts: the number of its block and the place in it.
    private var starts: [UInt64] = []
    private var lengths: [UInt32] = []

    /// How many texts there are.
    var count: Int { starts.count }

    /// Adds a text; its number is the count before.
    mutating func append(_ text: String) {
        let length = text.utf8.count
        if blocks.last.map({ $0.count + length > Self.blockSize }) ?? true {
            var block: [UInt8] = []
            block.reserveCapacity(max(Self.blockSize, length))
            blocks.append(block)
        }
        let block = blocks.count - 1
        starts.append(UInt64(block) << 32 | UInt64(blocks[block].count))
        lengths.append(UInt32(length))
        blocks[block].append(contentsOf: text.utf8)
    }

    /// The text with a number.
    subscript(index: Int) -> String {
        let start = Int(starts[index] & 0xFFFF_FFFF)
        return String(decoding: blocks[Int(starts[index] >> 32)][start..<start + Int(lengths[index])], as: UTF8.self)
    }
}
