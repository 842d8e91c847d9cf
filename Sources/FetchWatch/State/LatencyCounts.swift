/// Counts of response times: exact for the buckets of the metrics, and within 6 % for percentiles. It has a fixed size, so
/// that a snapshot costs the same at any time of a run.
package struct LatencyCounts: Sendable {
    /// The upper bounds of the buckets in microseconds; the last bucket, which has none, is not among them.
    package static let bounds: [Int64] = [
        5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
        30_000_000, 60_000_000,
    ]
    /// Each power of two has 16 fine counts.
    private static let fineBits = 4

    /// The number of times in each bucket, each time in one; the last one has those above all bounds.
    package private(set) var buckets = [Int](repeating: 0, count: bounds.count + 1)
    /// The number of times.
    package private(set) var count = 0
    /// Their sum in microseconds.
    package private(set) var sum: Int64 = 0
    /// The longest in microseconds.
    package private(set) var longest: Int64 = 0
    private var fine: [Int] = []

    /// No times.
    package init() {}

    /// Counts a time in microseconds; one below zero is zero, one above 140 years is 140 years.
    package mutating func add(_ microseconds: Int64) {
        let time = min(max(0, microseconds), 1 << 52)
        count += 1
        sum = min(sum, .max - time) + time
        longest = max(longest, time)
        buckets[Self.bounds.firstIndex { time <= $0 } ?? Self.bounds.count] += 1
        let index = Self.index(of: time)
        if index >= fine.count { fine += [Int](repeating: 0, count: index + 1 - fine.count) }
        fine[index] += 1
    }

    /// The time in microseconds that a share of the times does not exceed; nil without times.
    ///
    /// - Parameter percentile: From 0 to 100.
    package func percentile(_ percentile: Double) -> Int64? {
        guard count > 0 else { return nil }
        let wanted = max(1, Int((Double(count) * min(max(percentile, 0), 100) / 100).rounded(.up)))
        var seen = 0
        for (index, number) in fine.enumerated() where number > 0 {
            seen += number
            if seen >= wanted { return min(longest, Self.last(in: index)) }
        }
        return longest
    }

    private static func index(of time: Int64) -> Int {
        let bits = Int64.bitWidth - time.leadingZeroBitCount
        let shift = max(0, bits - fineBits - 1)
        return shift << fineBits + Int(time >> Int64(shift))
    }

    /// The longest time that an index stands for.
    private static func last(in index: Int) -> Int64 {
        let width = 1 << fineBits
        guard index >= 2 * width else { return Int64(index) }
        let shift = index / width - 1
        return Int64(index - shift * width + 1) << Int64(shift) - 1
    }
}
