/// Which bytes of a file are missing, and which request fetches which of them. A file has more segments than requests at a time,
/// so that a slow connection delays one segment only. A segment is not divided while it is fetched. Pure.
package struct SegmentPlan: Sendable, Hashable {
    /// The missing bytes that no request fetches, ascending.
    private var free: [Range<Int>]
    /// The segments on their way.
    private var taken: [Range<Int>] = []
    /// The length of a segment.
    let size: Int

    /// The least number of missing bytes that are worth several requests.
    package static let worthwhile = 2 << 20
    private static let sizes = (1 << 20)...(16 << 20)

    /// Plans to fetch missing ranges with a number of requests at a time.
    package init(_ missing: [Range<Int>], count: Int) {
        free = Self.merged(missing)
        let fair = free.reduce(0) { $0 + $1.count } / max(1, count * 4)
        size = min(max(fair, Self.sizes.lowerBound), Self.sizes.upperBound)
    }

    /// The number of missing bytes.
    package var missingCount: Int { missing.reduce(0) { $0 + $1.count } }

    /// The missing ranges, with those on their way.
    package var missing: [Range<Int>] { Self.merged(free + taken) }

    /// The missing ranges when some of those on their way are written in part.
    ///
    /// - Parameter written: The number of first bytes that are in the file, by segment.
    package func missing(after written: [Range<Int>: Int]) -> [Range<Int>] {
        Self.merged(
            free
                + taken.map { segment in
                    (segment.lowerBound + min(segment.count, max(0, written[segment] ?? 0)))..<segment.upperBound
                })
    }

    /// Takes the next segment; nil if everything is there or on its way.
    package mutating func take() -> Range<Int>? {
        guard let first = free.first else { return nil }
        // A short rest is not worth a request of its own.
        let segment = first.count <= size + size / 4 ? first : first.lowerBound..<(first.lowerBound + size)
        free.removeFirst()
        if segment.upperBound < first.upperBound { free.insert(segment.upperBound..<first.upperBound, at: 0) }
        taken.append(segment)
        return segment
    }

    /// The request for a segment has ended.
    ///
    /// - Parameter written: The number of its first bytes that are in the file.
    package mutating func end(_ segment: Range<Int>, written: Int) {
        taken.removeAll { $0 == segment }
        let rest = (segment.lowerBound + min(max(0, written), segment.count))..<segment.upperBound
        if !rest.isEmpty { free = Self.merged(free + [rest]) }
    }

    /// The same bytes in ascending ranges that do not touch.
    package static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
