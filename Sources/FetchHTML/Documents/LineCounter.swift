import FetchSystem

/// Counts lines and columns from one offset to the next, so that all of a document take one pass.
struct LineCounter {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var column = 1
    /// Whether only LF ends a line, so that lines need not be looked at byte by byte.
    private let hasNoCR: Bool

    /// Starts at the first character of UTF-8. LF, CRLF and CR end a line.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        hasNoCR = bytes.offset(of: 0x0D, from: 0, to: bytes.count) == nil
    }

    /// The line and the column of an offset, from 1; the column is in characters (Unicode scalars). The offsets must ascend.
    mutating func position(of target: Int) -> (line: Int, column: Int) {
        if hasNoCR {
            let end = min(target, bytes.count)
            while let newline = bytes.offset(of: 0x0A, from: offset, to: end) {
                line += 1
                column = 1
                offset = newline + 1
            }
        }
        while offset < min(target, bytes.count) {
            let byte = bytes[offset]
            let isInsideCRLF = byte == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
            if byte == 0x0A || byte == 0x0D && !isInsideCRLF {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
        return (line, column)
    }
}
