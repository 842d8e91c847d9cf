import FetchSystem
import DequeModule

/// A sliding log of starts: no window of time ever contains more than the limit, wherever it begins. Pure: the time is
/// passed in and never goes back.
///
/// The relevant windows are those of the server's clock, and all that is known of a request's arrival is that it is
/// before its response. So a start counts from its response on (``confirm(_:at:)``), at most a twentieth of the period
/// later than it was made: delays in the network never make two full windows overlap, and slow responses cost little of
/// the rate.
package struct SlidingLog: Sendable {
    let limit: RateLimit
    private let period: Int64
    /// How much later than it was made a start may count.
    private let slack: Int64
    /// The times of the starts that still count, in nanoseconds, the oldest first; at most as many as the limit, and those of ``count(at:)``.
    private var starts = Deque<Int64>()

    /// Makes an empty log.
    ///
    /// - Parameters:
    ///   - limit: The limit.
    ///   - isConfirmed: Whether every start is confirmed; otherwise it counts when it is made.
    package init(_ limit: RateLimit, isConfirmed: Bool = false) {
        self.limit = limit
        period = limit.period.wholeNanoseconds
        slack = isConfirmed ? period / 20 : 0
    }

    /// The time of the next possible start; a time in the past means now.
    package var nextStart: Duration {
        guard starts.count >= limit.maxCalls else { return .zero }
        // More than the limit are in it if requests were counted that had been sent already (``count(at:)``).
        return .nanoseconds(starts[starts.count - limit.maxCalls] + period)
    }

    /// Whether no start counts any more.
    func isIdle(at now: Duration) -> Bool {
        guard let last = starts.last else { return true }
        return .nanoseconds(last + period) <= now
    }

    /// Records a start; false if it would exceed the limit.
    package mutating func take(at now: Duration) -> Bool {
        guard nextStart <= now else { return false }
        let start = now.wholeNanoseconds
        while let oldest = starts.first, oldest + period <= start { starts.removeFirst() }
        insert(start + slack)
        return true
    }

    /// Records a start that has happened, whatever the limit is.
    mutating func count(at now: Duration) { insert(now.wholeNanoseconds) }

    /// Records the response to the start that was made at a time.
    mutating func confirm(_ start: Duration, at now: Duration) {
        let counted = start.wholeNanoseconds + slack
        let answered = now.wholeNanoseconds
        guard slack > 0, answered < counted else { return }
        let index = firstIndex(notBefore: counted)
        // It may have left the window by now.
        guard index < starts.count, starts[index] == counted else { return }
        starts.remove(at: index)
        insert(answered)
    }

    private mutating func insert(_ time: Int64) {
        if let last = starts.last, last > time {
            starts.insert(time, at: firstIndex(notBefore: time))
        } else {
            starts.append(time)
        }
    }

    private func firstIndex(notBefore time: Int64) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
