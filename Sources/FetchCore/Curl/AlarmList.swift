/// Actions that are to be run at a time of the monotonic clock. There are few at once, so they lie in no order.
struct AlarmList {
    private var alarms: [(time: UInt64, action: @Sendable () -> Void)] = []

    /// When the next one is due, in nanoseconds; nil when there is none.
    private(set) var earliest: UInt64?

    /// Adds one.
    mutating func add(at time: UInt64, _ action: @escaping @Sendable () -> Void) {
        alarms.append((time, action))
        earliest = min(earliest ?? time, time)
    }

    /// Takes out what is due, the earliest first.
    mutating func takeDue(now: UInt64) -> [@Sendable () -> Void] {
        guard let earliest, earliest <= now else { return [] }
        let due = alarms.filter { $0.time <= now }.sorted { $0.time < $1.time }
        alarms.removeAll { $0.time <= now }
        self.earliest = alarms.lazy.map(\.time).min()
        return due.map(\.action)
    }
}
