#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system's monotonic clock as a plain number: reading ContinuousClock costs several calls, and the loop reads it
/// at every turn.
enum MonotonicClock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
