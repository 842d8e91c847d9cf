/// curl's globs in a URL of the command line: `[1-100]`, `[001-100:10]`, `[a-z:2]`, `{one,two}`.
///
/// It is a sequence that makes one URL at a time, the rightmost glob fastest as curl does it: a range of a billion costs
/// nothing until it is walked.
public struct URLGlob: Sequence, Sendable {
    /// A piece of the pattern.
    enum Part: Sendable, Hashable {
        case text(String)
        case choices([String])
        /// From `first` in steps, `count` of them, filled up with zeros to a width.
        case numbers(first: Int, step: Int, count: Int, width: Int)
        case letters(first: UInt8, step: Int, count: Int)

        /// How many texts it stands for.
        var count: Int {
            switch self {
            case .text: 1
            case .choices(let texts): texts.count
            case .numbers(_, _, let count, _), .letters(_, _, let count): count
            }
        }

        /// One of its texts.
        func append(_ index: Int, to url: inout String) {
            switch self {
            case .text(let text): url += text
            case .choices(let texts): url += texts[index]
            case .numbers(let first, let step, _, let width):
                let digits = String(first + index * step)
                url += String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
            case .letters(let first, let step, _):
                url.unicodeScalars.append(Unicode.Scalar(first + UInt8(truncatingIfNeeded: index * step)))
            }
        }
    }

    /// The pieces in their order.
    let parts: [Part]

    /// Reads a pattern.
    ///
    /// - Throws: With the column (from 1) and what is expected there.
    public init(_ pattern: String) throws(ParseFailure) {
        var parser = URLGlobParser(pattern)
        parts = try parser.parse()
    }

    /// How many URLs it stands for; `Int.max` if there are more than that.
    public var count: Int {
        parts.reduce(1) { product, part in
            let (result, overflow) = product.multipliedReportingOverflow(by: part.count)
            return overflow ? .max : result
        }
    }

    /// What `for` needs; it must not walk the sequence.
    public var underestimatedCount: Int { 0 }

    /// Starts at the first URL.
    public func makeIterator() -> Iterator { Iterator(parts: parts) }

    /// Walks the URLs like the wheels of a counter.
    public struct Iterator: IteratorProtocol, Sendable {
        private let parts: [Part]
        private var wheels: [Int]
        private var isOver = false

        init(parts: [Part]) {
            self.parts = parts
            wheels = Array(repeating: 0, count: parts.count)
        }

        /// The next URL.
        public mutating func next() -> String? {
            guard !isOver else { return nil }
            var url = ""
            for (part, wheel) in zip(parts, wheels) { part.append(wheel, to: &url) }
            isOver = !turn()
            return url
        }

        /// Turns the rightmost wheel, and the one left of it after a full turn; false after the last position.
        private mutating func turn() -> Bool {
            for index in parts.indices.reversed() {
                wheels[index] += 1
                if wheels[index] < parts[index].count { return true }
                wheels[index] = 0
            }
            return false
        }
    }
}
