package import FetchHTTP
import FetchSystem

/// Follows the bytes of a run: totals, rates and times left from one look to the next.
package struct ByteTracker: Sendable {
    private let savesBodies: Bool
    private var window = RateWindow()
    /// The windows of the large bodies in flight, by their identity.
    private var windows: [Int: RateWindow] = [:]

    /// A tracker that has seen nothing.
    ///
    /// - Parameter savesBodies: Whether bodies are saved to files.
    package init(savesBodies: Bool) {
        self.savesBodies = savesBodies
        window.add(0, at: .zero)
    }

    /// Looks at the bodies.
    ///
    /// - Parameters:
    ///   - bodies: What has arrived of them.
    ///   - done: The number of inputs that are done.
    ///   - total: The number of inputs; nil while the list is still being read, and in a crawl.
    ///   - elapsed: The time since the start of the run.
    package mutating func look(
        at bodies: BodyProgress, done: Int, total: Int?, elapsed: Duration
    ) -> ByteReading {
        window.add(bodies.received, at: elapsed)
        var windows: [Int: RateWindow] = [:]
        let rows = bodies.large.map { body in
            var window = self.windows[body.id] ?? RateWindow()
            // When a body without a length began is not known: it was noticed when it had become large.
            if self.windows[body.id] == nil, body.length != nil {
                window.add(0, at: max(.zero, elapsed - body.age))
            }
            window.add(body.received, at: elapsed)
            windows[body.id] = window
            return ByteReading.Row(
                name: body.name, received: body.received + body.resumedFrom,
                total: body.length.map { $0 + body.resumedFrom }, resumedFrom: body.resumedFrom,
                perSecond: window.perSecond)
        }
        self.windows = windows
        let (expected, isEstimated) = Self.expected(bodies, done: done, total: total)
        return ByteReading(
            received: bodies.received, expected: expected, isEstimated: isEstimated, perSecond: window.perSecond,
            rows: rows, countsBytes: savesBodies || bodies.hadLarge)
    }

    /// The bytes of all bodies together. Inputs whose length is not known yet count as much as the others do on average;
    /// while there are no others, the sum is not known.
    private static func expected(
        _ bodies: BodyProgress, done: Int, total: Int?
    ) -> (bytes: Int?, isEstimated: Bool) {
        guard let total else { return (nil, false) }
        let begun = bodies.received + max(0, bodies.missing)
        let counted = done + max(0, bodies.known)
        let rest = total - counted
        guard rest > 0 else { return (begun, false) }
        guard counted > 0, begun > 0 else { return (nil, false) }
        let whole = Double(begun) / Double(counted) * Double(total)
        return (Int(exactly: whole.rounded()) ?? .max, true)
    }
}
