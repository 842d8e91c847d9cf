/// Splits a stream of bytes into lines, whatever pieces it arrives in. Memory is bounded by the maximum line length,
/// not by the longest line of the input.
package struct LineSplitter {
    /// The maximum length of a line that is kept complete.
    package static let maximumLength = 65_536
    /// The number of bytes that are kept of a longer one.
    package static let keptLength = 2_048

    /// A line without its LF.
    package struct Line {
        package let bytes: ArraySlice<UInt8>
        /// Whether it was too long and was cut.
        package let isCut: Bool

        /// Takes each value as it is.
        package init(bytes: ArraySlice<UInt8>, isCut: Bool) {
            self.bytes = bytes
            self.isCut = isCut
        }
    }

    private var rest: [UInt8] = []
    private var isCutting = false

    /// Nothing yet.
    package init() {}

    /// Reads a piece; calls the closure for each line that it completes.
    package mutating func feed(_ piece: ArraySlice<UInt8>, _ body: (Line) -> Void) {
        var start = piece.startIndex
        while true {
            let end = PlainRun.endOfLine(in: piece, from: start)
            if end == piece.endIndex { break }
            if rest.isEmpty && !isCutting && end - start <= Self.maximumLength {
                body(Line(bytes: piece[start..<end], isCut: false))
            } else {
                keep(piece[start..<end])
                emit(body)
            }
            start = end + 1
        }
        keep(piece[start...])
    }

    /// Ends the input; calls the closure for a last line without LF.
    package mutating func finish(_ body: (Line) -> Void) {
        if !rest.isEmpty || isCutting { emit(body) }
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        if isCutting || bytes.isEmpty { return }
        rest.append(contentsOf: bytes.prefix(Self.maximumLength + 2 - rest.count))
        // The CR of a CRLF does not count.
        if rest.count > Self.maximumLength + (rest.last == 0x0D ? 1 : 0) {
            isCutting = true
            rest = Array(rest.prefix(Self.keptLength))
        }
    }

    private mutating func emit(_ body: (Line) -> Void) {
        body(Line(bytes: rest[...], isCut: isCutting))
        rest.removeAll(keepingCapacity: true)
        isCutting = false
    }
}
