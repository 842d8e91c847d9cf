/// Cuts a stream of bytes into lines, whatever pieces it comes in, and never holds more than one line of bounded length.
struct LineSplitter {
    /// The beginning of a line whose end has not come yet.
    private var carry: [UInt8] = []
    /// Whether ``carry`` is full and the rest of its line is being dropped.
    private var isDropping = false
    /// How many lines have ended.
    private(set) var lines = 0

    /// What is kept of a line: the longest valid one with a carriage return and a BOM, so that "too long" is known.
    private static let room = ListLine.maximumLength + 4

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - block: The bytes.
    ///   - body: Gets each line that ends in them, without its line feed, and whether it was longer than is kept. It
    ///     returns false to stop.
    /// - Returns: False if `body` did.
    mutating func feed(_ block: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Bool) -> Bool) -> Bool {
        var start = block.startIndex
        while let end = block[start...].firstIndex(of: 0x0A) {
            let goesOn: Bool
            if carry.isEmpty, end - start <= Self.room {
                lines += 1
                goesOn = body(block[start..<end], false)
            } else {
                keep(block[start..<end])
                goesOn = endLine(body)
            }
            start = end + 1
            if !goesOn { return false }
        }
        keep(block[start...])
        return true
    }

    /// Hands out the last line if it has no line feed.
    mutating func finish(_ body: (ArraySlice<UInt8>, Bool) -> Bool) -> Bool {
        carry.isEmpty ? true : endLine(body)
    }

    private mutating func endLine(_ body: (ArraySlice<UInt8>, Bool) -> Bool) -> Bool {
        lines += 1
        let goesOn = body(carry[...], isDropping)
        carry.removeAll(keepingCapacity: true)
        isDropping = false
        return goesOn
    }

    private mutating func keep(_ piece: ArraySlice<UInt8>) {
        let free = Self.room - carry.count
        carry.append(contentsOf: piece.prefix(free))
        if piece.count > free { isDropping = true }
    }
}
