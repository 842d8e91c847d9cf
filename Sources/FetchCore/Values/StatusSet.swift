/// A set of status codes, written as `200..299,404`.
public struct StatusSet: Sendable, Hashable, CustomStringConvertible {
    /// 2xx: what counts as a success unless `--accept` says otherwise.
    public static let success = StatusSet([200...299])

    /// The ranges, in the order they were written.
    private let ranges: [ClosedRange<Int>]

    /// Makes a set of ranges.
    public init(_ ranges: [ClosedRange<Int>]) { self.ranges = ranges }

    /// Reads a list of codes and ranges between 100 and 999.
    public init(parsing text: some StringProtocol) throws(ParseFailure) {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = bounds.first, let last = bounds.last else { continue }
            let low = try Self.code(first, of: part)
            let high = try Self.code(last, of: part)
            guard low <= high else {
                throw ParseFailure("the range \(ParseFailure.quoted(part)) is the wrong way round")
            }
            ranges.append(low...high)
        }
        self.ranges = ranges
    }

    /// Whether a status is in the set.
    public func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

    /// As it is written: `200..299,404`.
    public var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: ",")
    }

    private static func code(_ text: some StringProtocol, of part: some StringProtocol) throws(ParseFailure) -> Int {
        guard let number = DecimalQuantity(text), number.unit.isEmpty, !text.contains(".") else {
            throw ParseFailure("not a status or range: \(ParseFailure.quoted(part)); write 200..299,404")
        }
        return try Quantity.integer(text, in: 100...999)
    }
}
