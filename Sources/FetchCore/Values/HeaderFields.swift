/// Header fields in the order they came, duplicates kept, names compared without case (RFC 9110 §5.1).
///
/// The fields are stored as the wire has them, `Name: value` and a line break each, in one array: an answer costs one
/// allocation, and a field that nobody asks for is never made into a string.
public struct HeaderFields: Sendable, Hashable {
    /// The lines, each ended by LF (CR before it is dropped when read).
    public private(set) var lines: [UInt8]

    /// No fields.
    public init() { lines = [] }

    /// Fields from pairs of name and value.
    public init(_ fields: [(name: String, value: String)]) {
        lines = []
        for field in fields { append(field.name, field.value) }
    }

    /// Takes raw lines as the wire has them, without the status line and the empty line that ends a head.
    public init(lines: [UInt8]) { self.lines = lines }

    /// Whether there is no field.
    public var isEmpty: Bool { lines.isEmpty }

    /// Appends a field. Line breaks in the value would forge a second field, so they become spaces.
    public mutating func append(_ name: String, _ value: String) {
        lines.reserveCapacity(lines.count + name.utf8.count + value.utf8.count + 4)
        lines.append(contentsOf: name.utf8)
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: " "))
        for byte in value.utf8 { lines.append(byte == 0x0A || byte == 0x0D || byte == 0 ? 0x20 : byte) }
        lines.append(0x0A)
    }

    /// Appends all fields of another list.
    public mutating func append(contentsOf other: HeaderFields) {
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

    /// Whether a field of that name is there.
    public func contains(_ name: String) -> Bool {
        var found = false
        forEachValue(of: name) { _ in
            found = true
            return false
        }
        return found
    }

    /// Whether a field of a rate limit may be there: some line begins with `ratelimit` or `x-rate`. Every good answer is
    /// asked, so the names are not read in full.
    var mayHoldRateLimit: Bool {
        lines.withUnsafeBufferPointer { lines in
            var start = 0
            while start + 12 < lines.count {
                let first = Self.lowercased(lines[start])
                if first == UInt8(ascii: "r") || first == UInt8(ascii: "x") {
                    let place = first == UInt8(ascii: "x") ? start + 2 : start
                    let word: StaticString = "rate"
                    if (0..<4).allSatisfy({ Self.lowercased(lines[place + $0]) == word.utf8Start[$0] }) { return true }
                }
                while start < lines.count, lines[start] != 0x0A { start += 1 }
                start += 1
            }
            return false
        }
    }

    /// Name and value of every field, in order; names as they were written.
    public var fields: [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        forEachLine { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
            let name = Self.trimmed(line[..<colon])
            let value = Self.trimmed(line[line.index(after: colon)...])
            result.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            return true
        }
        return result
    }

    /// The fields whose name the test keeps.
    public func filter(_ keep: (String) -> Bool) -> HeaderFields {
        HeaderFields(fields.filter { keep($0.name) })
    }

    /// Calls the closure with each line, without its line break, until it gives false.
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

    /// Calls the closure with the value of each field of that name until it gives false.
    ///
    /// Every answer is asked for two or three fields, so the lines are compared in place: length and colon first.
    private func forEachValue(of name: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        var name = name
        name.withUTF8 { name in
            lines.withUnsafeBufferPointer { lines in
                var start = 0
                while start < lines.count {
                    let end = PlainRun.endOfLine(in: lines, from: start)
                    if let value = Self.value(of: name, in: lines, start, end), !body(value) { return }
                    start = end + 1
                }
            }
        }
    }

    private static func value(
        of name: UnsafeBufferPointer<UInt8>, in lines: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard end - start > name.count, lowercased(lines[start]) == lowercased(name.first ?? 0) else { return nil }
        for place in 0..<name.count where lowercased(lines[start + place]) != lowercased(name[place]) { return nil }
        var first = start + name.count
        while first < end, lines[first] == 0x20 || lines[first] == 0x09 { first += 1 }
        guard first < end, lines[first] == UInt8(ascii: ":") else { return nil }
        first += 1
        var last = end
        while first < last, lines[first] == 0x20 || lines[first] == 0x09 { first += 1 }
        while last > first, lines[last - 1] == 0x20 || lines[last - 1] == 0x09 || lines[last - 1] == 0x0D { last -= 1 }
        return UnsafeBufferPointer(rebasing: lines[first..<last])
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
