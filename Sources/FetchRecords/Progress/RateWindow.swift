import FetchSystem

/// How fast a number grows: over the last seconds, not over the whole run, so that a standstill is seen as one.
package struct RateWindow: Sendable {
    /// How far back it looks.
    package static let span: Duration = .seconds(5)

    /// The oldest is the last one before the window.
    private var samples: [(time: Duration, value: Int)] = []

    /// A window without samples.
    package init() {}

    /// Adds the number at a time that is not before the last one.
    package mutating func add(_ value: Int, at time: Duration) {
        samples.append((time, value))
        let start = time - Self.span
        let outdated = samples.dropFirst().prefix { $0.time <= start }.count
        if outdated > 0 { samples.removeFirst(outdated) }
    }

    /// The growth per second; 0 while no time has passed, and never below it.
    package var perSecond: Double {
        guard let first = samples.first, let last = samples.last else { return 0 }
        let seconds = (last.time - first.time).inSeconds
        return seconds > 0 ? max(0, Double(last.value - first.value) / seconds) : 0
    }
}
