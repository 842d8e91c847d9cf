package import FetchHTTP
import Synchronization

/// The limits of bandwidth of a run, for the transfers of all its loops.
package final class Bandwidth: Sendable {
    private let total: Mutex<BandwidthBudget?>
    private let each: Int

    /// The limits of the options; nil if there are none.
    package init?(_ options: NetworkOptions) {
        guard options.limitRate > 0 || options.limitRateEach > 0 else { return nil }
        total = Mutex(options.limitRate > 0 ? BandwidthBudget(bytesPerSecond: options.limitRate) : nil)
        each = options.limitRateEach
    }

    /// The budget of one transfer; nil without a limit for each.
    func budgetOfOne() -> BandwidthBudget? { each > 0 ? BandwidthBudget(bytesPerSecond: each) : nil }

    /// Reserves bytes in the budget of the run, and in that of a transfer.
    ///
    /// - Returns: The time in nanoseconds from which they may be taken.
    func reserve(_ count: Int, own: inout BandwidthBudget?, now: UInt64) -> UInt64 {
        let time = total.withLock { $0?.reserve(count, now: now) } ?? 0
        return max(time, own?.reserve(count, now: now) ?? 0)
    }

    /// Gives back bytes that were reserved in the budget of the run.
    func giveBack(_ count: Int) { total.withLock { $0?.giveBack(count) } }
}
