import FetchSystem

/// Header fields in the order in which they arrived, with duplicates; names are compared without case (RFC 9110 §5.1).
///
/// The fields are stored in wire format, `Name: value` and a line break each, in one array: a response costs one
/// allocation, and a field that is not read is never made into a string.
public struct HeaderFields: Sendable {
    /// The lines, each ended by LF (a CR before it is dropped when reading).
    public private(set) var lines: [UInt8]
    /// What was seen while the lines arrived, so that it need not be searched again: see ``init(lines:seen:)``. The
    /// highest bit says that there is no rate limit; 15 bits are the start of the first Content-Type's value in the
    /// lines and 16 its length, both 0 if it is unknown. It is one number, because a response with more fields is
    /// copied more often.
    private var seen: UInt32 = 0

    /// What was seen of a head while it arrived.
    package struct Seen {
        /// The range of the first Content-Type's value in the lines; nil if it is unknown.
        package var contentType: Range<Int>?
        /// Whether there may be a field that reports a rate limit.
        package var mayHoldRateLimit = true

        /// Takes each value as it is.
        package init(contentType: Range<Int>? = nil, mayHoldRateLimit: Bool = true) {
            self.contentType = contentType
            self.mayHoldRateLimit = mayHoldRateLimit
        }
    }

    /// No fields.
    public init() { lines = [] }

    /// Fields from pairs of name and value.
    public init(_ fields: [(name: String, value: String)]) {
        lines = []
        for field in fields { append(field.name, field.value) }
    }

    /// Stores raw lines in wire format, without the status line and the empty line that ends a head.
    public init(lines: [UInt8]) { self.lines = lines }

    /// The same, with what was seen while they arrived: each record has the Content-Type, and each response is checked
    /// for limits.
    package init(lines: [UInt8], seen: Seen) {
        self.lines = lines
        self.seen = seen.mayHoldRateLimit ? 0 : Self.noRateLimit
        guard let type = seen.contentType, type.lowerBound < 1 << 15, type.upperBound <= min(lines.count, 1 << 16)
        else {
            return
        }
        self.seen |= UInt32(type.lowerBound) << 16 | UInt32(type.count)
    }

    private static var noRateLimit: UInt32 { 1 << 31 }

    /// The value of the first Content-Type, as ``subscript(_:)`` gives it.
    package var contentType: String? {
        let start = Int(seen >> 16 & 0x7FFF)
        guard start > 0 else { return self["content-type"] }
        return String(decoding: lines[start..<start + Int(seen & 0xFFFF)], as: UTF8.self)
    }

    /// Whether the lines were searched for a rate limit field and have none.
    package var isKnownToHoldNoRateLimit: Bool { seen & Self.noRateLimit != 0 }

    /// Whether there are no fields.
    public var isEmpty: Bool { lines.isEmpty }

    /// Appends a field. Line breaks in the value would forge a second field, so they become spaces.
    public mutating func append(_ name: String, _ value: String) { append(name, bytes: value.utf8) }

    /// The same for a value that need not be UTF-8.
    package mutating func append(_ name: String, bytes value: some Collection<UInt8>) {
        seen &= ~Self.noRateLimit
        lines.reserveCapacity(lines.count + name.utf8.count + value.count + 4)
        lines.append(contentsOf: name.utf8)
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: " "))
        for byte in value { lines.append(byte == 0x0A || byte == 0x0D || byte == 0 ? 0x20 : byte) }
        lines.append(0x0A)
    }

    /// Appends all fields of another list.
    public mutating func append(contentsOf other: HeaderFields) {
        seen &= ~Self.noRateLimit
        if let last = lines.last, last != 0x0A { lines.append(0x0A) }
        lines.append(contentsOf: other.lines)
    }

    /// The first value of a field, or nil. Bytes that are not UTF-8 become U+FFFD.
    public subscript(name: String) -> String? {
        var found: String?
        forEachValue(of: name) { value in
            found = String(decoding: value, as: UTF8.self)
            return false
        }
        return found
    }

    /// All values of a field, in order.
    public func values(of name: String) -> [String] {
        var found: [String] = []
        forEachValue(of: name) { value in
            found.append(String(decoding: value, as: UTF8.self))
            return true
        }
        return found
    }

    /// Whether there is a field with that name.
    public func contains(_ name: String) -> Bool {
        var found = false
        forEachValue(of: name) { _ in
            found = true
            return false
        }
        return found
    }

    /// Whether there may be a rate limit field: some line begins with `ratelimit` or `x-rate`. Every successful
    /// response is checked, so the names are not compared in full.
    var mayHoldRateLimit: Bool {
        if isKnownToHoldNoRateLimit { return false }
        return lines.withUnsafeBufferPointer { lines in
            var start = 0
            while start + 12 < lines.count {
                let first = Self.lowercased(lines[start])
                if first == UInt8(ascii: "r") || first == UInt8(ascii: "x") {
                    let offset = first == UInt8(ascii: "x") ? start + 2 : start
                    let word: StaticString = "rate"
                    if (0..<4).allSatisfy({ Self.lowercased(lines[offset + $0]) == word.utf8Start[$0] }) { return true }
                }
                while start < lines.count, lines[start] != 0x0A { start += 1 }
                start += 1
            }
            return false
        }
    }

    /// Name and value of every field, in order; names as they were written. Bytes that are not UTF-8 become U+FFFD.
    public var fields: [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        forEachField { result.append(($0, String(decoding: $1, as: UTF8.self))) }
        return result
    }

    /// The fields whose name satisfies the predicate, byte for byte, also among those that are left out.
    public func filter(_ keep: (String) -> Bool) -> HeaderFields {
        var kept = HeaderFields()
        forEachField { name, value in if keep(name) { kept.append(name, bytes: value) } }
        for name in leftOut where keep(name) { kept.leaveOut(name) }
        return kept
    }

    /// Calls the closure with name and value of every field, in order; the values are as they arrived.
    package func forEachField(_ body: (_ name: String, _ value: ArraySlice<UInt8>) -> Void) {
        forEachLine { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
            let name = String(decoding: Self.trimmed(line[..<colon]), as: UTF8.self)
            body(name, Self.trimmed(line[line.index(after: colon)...]))
            return true
        }
    }

    /// Calls the closure with each line, without its line break, until it returns false.
    private func forEachLine(_ body: (ArraySlice<UInt8>) -> Bool) {
        var start = lines.startIndex
        while start < lines.endIndex {
            let end = lines[start...].firstIndex(of: 0x0A) ?? lines.endIndex
            var stop = end
            if stop > start, lines[stop - 1] == 0x0D { stop -= 1 }
            if stop > start, !body(lines[start..<stop]) { return }
            start = end + 1
        }
    }

    /// Calls the closure with the value of each field of that name until it returns false.
    ///
    /// Every response is searched for two or three fields, so the lines are compared in place: length and colon first.
    func forEachValue(of name: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        var name = name
        name.withUTF8 { name in
            lines.withUnsafeBufferPointer { lines in
                var start = 0
                while start < lines.count {
                    let end = PlainRun.endOfLine(in: lines, from: start)
                    defer { start = end + 1 }
                    // Most names differ in length or in the first letter.
                    guard end - start > name.count, let first = name.first, lines[start] | 0x20 == first | 0x20,
                        Self.isEndOfName(lines[start + name.count])
                    else { continue }
                    if let value = Self.value(of: name, in: lines, start, end), !body(value) { return }
                }
            }
        }
    }

    private static func value(
        of name: UnsafeBufferPointer<UInt8>, in lines: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        for offset in 0..<name.count where !areEqual(lines[start + offset], name[offset]) { return nil }
        var first = start + name.count
        while first < end, lines[first] == 0x20 || lines[first] == 0x09 { first += 1 }
        guard first < end, lines[first] == UInt8(ascii: ":") else { return nil }
        first += 1
        var last = end
        while first < last, lines[first] == 0x20 || lines[first] == 0x09 { first += 1 }
        while last > first, lines[last - 1] == 0x20 || lines[last - 1] == 0x09 || lines[last - 1] == 0x0D { last -= 1 }
        return UnsafeBufferPointer(rebasing: lines[first..<last])
    }

    private static func isEndOfName(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") || byte == 0x20 || byte == 0x09 }

    /// Whether two bytes are the same letter regardless of case, or the same byte.
    @inline(__always)
    private static func areEqual(_ left: UInt8, _ right: UInt8) -> Bool {
        let difference = left ^ right
        if difference == 0 { return true }
        let letter = left | 0x20
        return difference == 0x20 && letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    private static func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = slice
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 || last == 0x0D { slice.removeLast() }
        return slice
    }
}

extension HeaderFields: Hashable {
    /// Fields are equal if their lines are.
    public static func == (left: HeaderFields, right: HeaderFields) -> Bool { left.lines == right.lines }

    /// Hashes the lines.
    public func hash(into hasher: inout Hasher) { hasher.combine(lines) }
}
