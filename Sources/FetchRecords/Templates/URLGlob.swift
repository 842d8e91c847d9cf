import FetchSystem

/// A URL with curl's globs: `[1-100]`, `[001-100:10]`, `[a-z:2]`, `{a,b,c}`, several of them combined.
///
/// The rightmost part varies fastest. URLs are made one at a time when they are requested, so a pattern for a billion
/// of them costs nothing. `\[`, `\]`, `\{` and `\}` are literal, and the brackets of an IPv6 address such as `[::1]`
/// are left alone.
struct URLGlob: Sequence, Sendable {
    /// One part of the pattern, and the values that it takes.
    enum Part: Sendable, Hashable {
        /// What stands outside the globs.
        case text([UInt8])
        /// `{a,b}`
        case choices([[UInt8]])
        /// `[001-100:10]`; numbers are padded with zeros to `width`.
        case numbers(first: Int, step: Int, count: Int, width: Int)
        /// `[a-z:2]`
        case letters(first: UInt8, step: UInt8, count: Int)

        /// The number of its values; at least one.
        var count: Int {
            switch self {
            case .text: 1
            case .choices(let choices): choices.count
            case .numbers(_, _, let count, _), .letters(_, _, let count): count
            }
        }

        /// Whether it is a glob.
        var isGlob: Bool { if case .text = self { false } else { true } }

        /// Appends one of its values.
        func append(_ index: Int, to bytes: inout [UInt8]) {
            switch self {
            case .text(let text): bytes += text
            case .choices(let choices): bytes += choices[index]
            case .letters(let first, let step, _): bytes.append(first + UInt8(index) * step)
            case .numbers(let first, let step, _, let width):
                let digits = String(first + index * step).utf8
                bytes += repeatElement(0x30, count: Swift.max(0, width - digits.count))
                bytes += digits
            }
        }
    }

    private let parts: [Part]
    /// The number of URLs; `Int.max` if there are more.
    let count: Int
    /// Whether it has a glob, even one with a single value.
    var hasGlobs: Bool { parts.contains(where: \.isGlob) }

    /// Parses a pattern. A text without globs makes one URL: itself.
    ///
    /// - Throws: What is wrong and in which column (in bytes, from 1).
    init(_ pattern: String) throws(ParseFailure) {
        var parser = URLGlobParser(pattern)
        parts = try parser.parse()
        count = parts.reduce(1) { product, part in
            let (value, overflow) = product.multipliedReportingOverflow(by: part.count)
            return overflow ? Int.max : value
        }
    }

    /// Starts with the first URL.
    func makeIterator() -> Iterator { Iterator(parts: parts) }

    /// The product without overflow; exact as far as an `Int` goes.
    var underestimatedCount: Int { Swift.min(count, 1024) }

    /// Advances the parts like the wheels of an odometer.
    struct Iterator: IteratorProtocol, Sendable {
        private let parts: [Part]
        private var wheels: [Int]
        private var isAtEnd = false

        fileprivate init(parts: [Part]) {
            self.parts = parts
            wheels = Array(repeating: 0, count: parts.count)
        }

        /// The values of the globs in the next URL, the first one first: what curl calls `#1`, `#2` and so on.
        var globParts: [String] {
            zip(parts, wheels).filter { $0.0.isGlob }.map { part, wheel in
                var bytes: [UInt8] = []
                part.append(wheel, to: &bytes)
                return String(decoding: bytes, as: UTF8.self)
            }
        }

        /// The next URL, or nil after the last.
        mutating func next() -> String? {
            guard !isAtEnd else { return nil }
            var bytes: [UInt8] = []
            for (part, wheel) in zip(parts, wheels) { part.append(wheel, to: &bytes) }
            turn()
            return String(decoding: bytes, as: UTF8.self)
        }

        private mutating func turn() {
            for index in parts.indices.reversed() {
                wheels[index] += 1
                if wheels[index] < parts[index].count { return }
                wheels[index] = 0
            }
            isAtEnd = true
        }
    }
}
