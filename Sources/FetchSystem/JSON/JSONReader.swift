/// Reads a JSON text (strictly RFC 8259) event by event.
///
/// It is a loop with its own stack, so that no text, however deep, can exhaust the thread's stack. All code that
/// validates or reads JSON uses it: there is one grammar.
struct JSONReader {
    /// The next token of the text. Ranges are those of ``bytes``, without quotes.
    enum Event {
        case beginObject, endObject, beginArray, endArray, null
        case bool(Bool)
        /// A number as it is written.
        case number(Range<Int>)
        /// A string, still escaped.
        case string(Range<Int>)
        /// The name of a member; its value follows.
        case key(Range<Int>)
    }

    private enum Expectation { case value, firstElement, firstKey, commaOrEnd }

    /// The whole text.
    let bytes: ArraySlice<UInt8>
    private var position: Int
    private var expectation = Expectation.value
    /// Whether each open container is an object.
    private var open: [Bool] = []

    /// Starts at the beginning of a text.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next event; nil when the text is complete.
    mutating func next() throws(ParseFailure) -> Event? {
        skipWhitespace()
        switch expectation {
        case .value: return try value()
        case .firstElement: return peek == UInt8(ascii: "]") ? close() : try value()
        case .firstKey: return peek == UInt8(ascii: "}") ? close() : try key()
        case .commaOrEnd: break
        }
        guard let isObject = open.last else {
            guard position == bytes.endIndex else { throw failure("text follows the value") }
            return nil
        }
        switch peek {
        case UInt8(ascii: ","):
            position += 1
            skipWhitespace()
            return isObject ? try key() : try value()
        case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"): return close()
        case nil: throw failure(isObject ? "the object is not closed" : "the array is not closed")
        default: throw failure(isObject ? "expected , or }" : "expected , or ]")
        }
    }

    /// A failure at an index of ``bytes``, or at the reader's position.
    func failure(_ reason: String, at index: Int? = nil) -> ParseFailure {
        ParseFailure(reason, at: (index ?? position) - bytes.startIndex)
    }

    private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func close() -> Event {
        position += 1
        expectation = .commaOrEnd
        return open.popLast() == true ? .endObject : .endArray
    }

    private mutating func key() throws(ParseFailure) -> Event {
        guard peek == UInt8(ascii: "\"") else { throw failure("expected a member's name in quotes") }
        let range = try string()
        skipWhitespace()
        guard peek == UInt8(ascii: ":") else { throw failure("expected :") }
        position += 1
        expectation = .value
        return .key(range)
    }

    private mutating func value() throws(ParseFailure) -> Event {
        guard let first = peek else { throw failure("a value is missing") }
        switch first {
        case UInt8(ascii: "{"): return try begin(object: true)
        case UInt8(ascii: "["): return try begin(object: false)
        default: break
        }
        expectation = .commaOrEnd
        switch first {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw failure("expected a value")
        }
    }

    private mutating func begin(object: Bool) throws(ParseFailure) -> Event {
        guard open.count < JSONText.depthLimit else {
            throw failure("nested deeper than \(JSONText.depthLimit) levels")
        }
        position += 1
        open.append(object)
        expectation = object ? .firstKey : .firstElement
        return object ? .beginObject : .beginArray
    }

    private mutating func literal(_ word: StaticString, _ event: Event) throws(ParseFailure) -> Event {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.endIndex, word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) }) else {
            throw failure("expected \(word)")
        }
        position = end
        return event
    }

    private mutating func number() throws(ParseFailure) -> Range<Int> {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") {
            position += 1
            if let byte = peek, isDigit(byte) { throw failure("a number starts with 0") }
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return start..<position
    }

    private mutating func digits() throws(ParseFailure) {
        let start = position
        while let byte = peek, isDigit(byte) { position += 1 }
        if position == start { throw failure("expected a digit") }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Reads a string from its opening quote; returns the range between the quotes.
    private mutating func string() throws(ParseFailure) -> Range<Int> {
        position += 1
        let start = position
        while true {
            position = PlainRun.end(in: bytes, from: position)
            guard let byte = peek else { throw failure("the string is not closed") }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return start..<(position - 1)
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw failure("a control character in a string")
            case 0x20..<0x80: position += 1
            default:
                let step = UTF8Decoding.step(bytes, at: position)
                guard step.scalar != nil else { throw failure("not UTF-8") }
                position += step.length
            }
        }
    }

    private mutating func escape() throws(ParseFailure) {
        let start = position
        position += 1
        guard let byte = peek else { throw failure("the string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"): break
        default: throw failure("an unknown escape", at: start)
        }
        let unit = try hexUnit()
        guard unit & 0xF800 == 0xD800 else { return }
        // The grammar allows half of a surrogate pair, but it is not text, and several readers reject the whole
        // document because of it (RFC 8259 §8.2 calls them unpredictable; RFC 7493 forbids it).
        guard unit < 0xDC00, peek == UInt8(ascii: "\\"), position + 1 < bytes.endIndex,
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("half a surrogate pair", at: start) }
        position += 2
        guard try hexUnit() & 0xFC00 == 0xDC00 else { throw failure("half a surrogate pair", at: start) }
    }

    private mutating func hexUnit() throws(ParseFailure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap(JSONText.hexDigit) else { throw failure("expected four hex digits") }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
