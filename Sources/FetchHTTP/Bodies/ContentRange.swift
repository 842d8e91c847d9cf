import FetchSystem

/// The value of Content-Range for bytes (RFC 9110 §14.4): `bytes 5-9/10`, `bytes 5-9/*`, or `bytes */10` with a 416.
package struct ContentRange: Sendable, Hashable {
    /// The first and the last byte of the range; nil for an unsatisfied range.
    package let bytes: ClosedRange<Int>?
    /// The length of the complete body; nil if the server does not know it.
    package let length: Int?

    /// Parses a value; nil for another unit, and for numbers that contradict each other.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map { $0.trimmingSpaces }
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        let halves = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        if halves[1] == "*" {
            length = nil
        } else {
            guard let length = Self.number(halves[1]) else { return nil }
            self.length = length
        }
        if halves[0] == "*" {
            guard length != nil else { return nil }
            bytes = nil
            return
        }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last,
            length.map({ last < $0 }) ?? true
        else { return nil }
        bytes = first...last
    }

    /// The range of a response; nil without exactly one valid Content-Range.
    package init?(of headers: HeaderFields) {
        let values = headers.values(of: "content-range")
        guard values.count == 1, let value = values.first else { return nil }
        self.init(value)
    }

    /// A number of decimal digits that fits.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
