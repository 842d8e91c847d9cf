import FetchSystem
import CDynamic
import Synchronization

/// The jq program that runs now, so that a run that has to end can end a program that does not (`last(repeat(1))`).
package enum JQWatch {
    private struct Run: @unchecked Sendable {
        // libjq's state, which another thread only marks as halted, and only while the program runs: both are under the lock.
        let state: OpaquePointer
        let jq: UnsafePointer<cdynamic_jq>
        let since: UInt64
        var isHalted = false
    }

    private static let running = Mutex<Run?>(nil)

    /// Runs the body, which runs the program.
    ///
    /// - Returns: Its result, and whether the program was ended.
    static func watch<Result>(
        _ state: OpaquePointer, _ jq: UnsafePointer<cdynamic_jq>, _ body: () -> Result
    ) -> (Result, isHalted: Bool) {
        running.withLock { $0 = Run(state: state, jq: jq, since: MonotonicClock.nanoseconds()) }
        let result = body()
        let isHalted = running.withLock { run in
            defer { run = nil }
            return run?.isHalted ?? false
        }
        return (result, isHalted)
    }

    /// Ends the program that has run for longer than a time, if there is one. libjq looks before each of its operations.
    package static func end(longerThan time: Duration) {
        running.withLock { run in
            guard let current = run, !current.isHalted,
                MonotonicClock.nanoseconds() - current.since > UInt64(max(0, time.wholeNanoseconds))
            else { return }
            current.jq.pointee.jq_halt(
                current.state, current.jq.pointee.jv_invalid(), current.jq.pointee.jv_invalid())
            run?.isHalted = true
        }
    }
}
