/// Whether a transfer may take the bytes that have arrived for it, or waits for its turn. Pure: the time is passed in.
struct BandwidthTurn {
    /// A wait of up to one millisecond is not worth a pause; the bytes are counted all the same.
    static let slack: UInt64 = 1_000_000

    private var own: BandwidthBudget?
    /// The bytes that were reserved and have not been taken.
    private var granted = 0
    /// The time in nanoseconds at which its turn comes, while it waits.
    private(set) var time: UInt64?

    /// Starts with a new transfer.
    mutating func begin(_ own: BandwidthBudget?) {
        self.own = own
        granted = 0
        time = nil
    }

    /// Ends with its transfer.
    ///
    /// - Returns: The bytes that were reserved and not taken, and the time of the turn that it waits for.
    mutating func end() -> (unused: Int, time: UInt64?) {
        defer { begin(nil) }
        return (granted, time)
    }

    /// Asks for bytes that have arrived.
    ///
    /// - Parameters:
    ///   - count: The number of bytes.
    ///   - now: The time in nanoseconds.
    ///   - reserve: Reserves bytes, in the transfer's own budget too, and returns the time from which they may be taken.
    /// - Returns: Whether they are taken now. If not, the same bytes are asked for again at ``time``.
    mutating func takes(
        _ count: Int, now: UInt64, _ reserve: (_ count: Int, _ own: inout BandwidthBudget?, _ now: UInt64) -> UInt64
    ) -> Bool {
        if let time, now + Self.slack < time { return false }
        time = nil
        if granted < count {
            let time = reserve(count - granted, &own, now)
            granted = count
            guard time <= now + Self.slack else {
                self.time = time
                return false
            }
        }
        granted -= count
        return true
    }
}
