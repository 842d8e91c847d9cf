/// Actions to run at a time of the monotonic clock. There are few of them, so they are not sorted.
struct AlarmList {
    private var alarms: [(time: UInt64, action: @Sendable () -> Void)] = []

    /// The time of the next one in nanoseconds; nil without one.
    private(set) var earliest: UInt64?

    /// Adds an action.
    mutating func add(at time: UInt64, _ action: @escaping @Sendable () -> Void) {
        alarms.append((time, action))
        earliest = min(earliest ?? time, time)
    }

    /// Removes the actions that are due, the earliest first.
    mutating func takeDue(now: UInt64) -> [@Sendable () -> Void] {
        guard let earliest, earliest <= now else { return [] }
        let due = alarms.filter { $0.time <= now }.sorted { $0.time < $1.time }
        alarms.removeAll { $0.time <= now }
        self.earliest = alarms.lazy.map(\.time).min()
        return due.map(\.action)
    }
}
