/// A number of bytes per second that several transfers share. Pure: the time is passed in.
///
/// A transfer with bytes to take reserves them and learns the time at which it may. The times of reservations follow one
/// another, each as long after the one before as that one's bytes need. So transfers that always want more take turns, piece by
/// piece, and what a slow one leaves goes to the others without being known in advance. It is the generic cell rate
/// algorithm (ITU-T I.371, virtual scheduling).
struct BandwidthBudget: Sendable {
    /// The length of time in nanoseconds for which bytes that were not used may be used later.
    static let burst: UInt64 = 100_000_000

    private let bytesPerSecond: UInt64
    /// The time at which all that is reserved will have been taken.
    private var next: UInt64 = 0

    /// Makes a budget of at least one byte per second.
    init(bytesPerSecond: Int) { self.bytesPerSecond = UInt64(max(1, bytesPerSecond)) }

    /// Reserves bytes.
    ///
    /// - Parameters:
    ///   - count: The number of bytes.
    ///   - now: The time in nanoseconds.
    /// - Returns: The time from which they may be taken; not after `now` if the budget is not used up.
    mutating func reserve(_ count: Int, now: UInt64) -> UInt64 {
        let start = max(next, now < Self.burst ? 0 : now - Self.burst)
        let (sum, overflow) = start.addingReportingOverflow(length(of: count))
        next = overflow ? .max : sum
        return start
    }

    /// Gives back bytes that were reserved and will not be taken, so that transfers that end while they wait do not delay
    /// those that begin.
    mutating func giveBack(_ count: Int) { next -= min(next, length(of: count)) }

    /// The time in nanoseconds that bytes need. One beyond the life of any process is as good as any longer one.
    private func length(of count: Int) -> UInt64 {
        let (high, low) = UInt64(max(0, count)).multipliedFullWidth(by: 1_000_000_000)
        return high >= bytesPerSecond ? .max : bytesPerSecond.dividingFullWidth((high, low)).quotient
    }
}
