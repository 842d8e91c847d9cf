/// The clocks of a run, passed in so that tests need no sleep. Time never jumps: waits, rates and deadlines use a
/// monotonic clock; only the timestamp of a record is wall time.
public protocol TimeSource: Sendable {
    /// The time since an arbitrary moment; it never goes back.
    func now() -> Duration
    /// Milliseconds since 1970-01-01 UTC.
    func wallMilliseconds() -> Int64
    /// Waits; throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The system's clocks.
public struct SystemTime: TimeSource {
    /// Makes the system's clocks; all instances are equal.
    public init() {}

    /// The system's monotonic clock.
    public func now() -> Duration { .nanoseconds(Int64(MonotonicClock.nanoseconds())) }

    /// The system's wall clock.
    public func wallMilliseconds() -> Int64 { MonotonicClock.wallMilliseconds() }

    /// Waits on the monotonic clock.
    public func sleep(for duration: Duration) async throws { try await SleepTimer.shared.sleep(for: duration) }
}
