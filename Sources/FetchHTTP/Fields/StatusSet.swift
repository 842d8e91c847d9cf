public import FetchSystem

/// The statuses that count as success: `200..299,404`, also `200-299` and `2xx`.
public struct StatusSet: Sendable, Hashable, CustomStringConvertible {
    /// 200 to 299.
    public static let success = StatusSet(ranges: [200...299])
    private static let allowed = 100...999
    private static let advice = "write statuses from 100 to 999, such as 200..299,404"

    private let ranges: [ClosedRange<Int>]

    private init(ranges: [ClosedRange<Int>]) { self.ranges = ranges }

    /// Parses a list of statuses and ranges.
    ///
    /// - Throws: For an empty list or item, a status out of range, and a range that ends before it begins.
    public init(_ text: String) throws(ParseFailure) {
        guard text.utf8.count <= 4096 else { throw ParseFailure("the list of statuses is too long: \(Self.advice)") }
        var ranges: [ClosedRange<Int>] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            ranges.append(try Self.range(item))
        }
        self.init(ranges: ranges)
    }

    private static func range(_ item: Substring) throws(ParseFailure) -> ClosedRange<Int> {
        let bytes = Array(item.utf8.drop { $0 == 0x20 })
        let trimmed = bytes.prefix(1 + (bytes.lastIndex { $0 != 0x20 } ?? -1))
        if trimmed.count == 3, (0x31...0x39).contains(trimmed[0]), trimmed.dropFirst().allSatisfy({ $0 | 0x20 == 0x78 })
        {
            let first = Int(trimmed[0] - 0x30) * 100
            return first...(first + 99)
        }
        let first = trimmed.prefix(3)
        let last: ArraySlice<UInt8>
        switch trimmed.dropFirst(3).first {
        case nil: last = first
        case UInt8(ascii: "-")?: last = trimmed.dropFirst(4)
        case UInt8(ascii: ".")? where trimmed.dropFirst(4).first == UInt8(ascii: "."): last = trimmed.dropFirst(5)
        default: last = []
        }
        guard let low = status(first), let high = status(last) else {
            let what = trimmed.isEmpty ? "an empty item" : ParseFailure.quoted(item)
            throw ParseFailure("\(what) in the list of statuses is not a valid status or range: \(advice)")
        }
        guard low <= high else {
            throw ParseFailure("the range of statuses \(ParseFailure.quoted(item)) ends before it begins: \(advice)")
        }
        return low...high
    }

    /// Exactly three digits, the first of them not 0.
    private static func status(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return allowed.contains(value) ? value : nil
    }

    /// Whether a status is in the set.
    public func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

    /// The list in its notation.
    public var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: ",")
    }
}
