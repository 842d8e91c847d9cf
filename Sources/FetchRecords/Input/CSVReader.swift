/// Reads CSV (RFC 4180) in pieces: rows of fields, with quotes around those that contain commas, line breaks or quotes.
///
/// It accepts what programs write beyond the standard: LF alone ends a row, the last row needs no line break, and an
/// empty line is not a row.
struct CSVReader {
    /// The maximum length of a field in bytes.
    static let maximumLength = 1 << 20

    private enum State {
        case fieldStart
        case plain
        case quoted
        /// After a quote inside a quoted field: its end, or half of a doubled quote.
        case behindQuote
    }

    private var state = State.fieldStart
    private var field: [UInt8] = []
    private var row: [String?] = []
    private var line = 1
    private var rowLine = 1
    private var isBehindCR = false

    /// Reads a piece; calls the closure with each row that it completes, and the line that the row starts in, from 1. A
    /// field that is not UTF-8 is nil.
    ///
    /// - Returns: What is wrong with the text, or nil. After a problem nothing more may be fed.
    mutating func feed(_ piece: ArraySlice<UInt8>, _ body: ([String?], Int) -> Void) -> String? {
        for byte in piece {
            let isPair = isBehindCR && byte == 0x0A
            isBehindCR = false
            if byte == 0x0A, !isPair { line += 1 }
            switch (state, byte) {
            case (.quoted, UInt8(ascii: "\"")): state = .behindQuote
            case (.quoted, _): field.append(byte)
            case (.behindQuote, UInt8(ascii: "\"")):
                field.append(byte)
                state = .quoted
            case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
            case (_, UInt8(ascii: ",")): endField()
            case (_, 0x0A) where isPair: break
            case (_, 0x0A), (_, 0x0D):
                if byte == 0x0D {
                    line += 1
                    isBehindCR = true
                }
                endRow(body)
            case (.behindQuote, _): return "line \(line): text follows a closing quote"
            default:
                state = .plain
                field.append(byte)
            }
            if field.count > Self.maximumLength { return "line \(rowLine): a field is longer than 1 MiB" }
        }
        return nil
    }

    /// Ends the text; calls the closure with a last row that has no line break.
    ///
    /// - Returns: What is missing, or nil.
    mutating func finish(_ body: ([String?], Int) -> Void) -> String? {
        if case .quoted = state { return "line \(rowLine): a quote is not closed" }
        endRow(body)
        return nil
    }

    private mutating func endField() {
        row.append(String(validating: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
    }

    private mutating func endRow(_ body: ([String?], Int) -> Void) {
        defer { rowLine = line }
        if row.isEmpty, field.isEmpty, case .fieldStart = state { return }
        endField()
        body(row, rowLine)
        row.removeAll(keepingCapacity: true)
    }
}
