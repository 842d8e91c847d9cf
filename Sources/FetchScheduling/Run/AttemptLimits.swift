/// How long an attempt may take and how slow it may be, from what the user gave and what the run does.
///
/// A body that is saved may be large, so its time has no limit; a transfer that is stuck ends by its speed. A crawl keeps a
/// limit, because it fetches what strangers link to.
package struct AttemptLimits: Sendable, Hashable {
    /// The maximum time of an attempt; nil for no limit.
    package let maxTime: Duration?
    /// The speed in bytes per second below which a transfer is aborted; 0 for no limit.
    package let speedLimit: Int
    /// How long a transfer may be slower.
    package let speedTime: Duration

    /// The maximum time where bodies are not saved.
    static let standardTime: Duration = .seconds(30)
    /// The maximum time of a crawl that saves bodies.
    static let crawlTime: Duration = .seconds(600)
    /// The speed below which a body that is saved counts as stuck.
    static let savingSpeed = 1024
    /// How long a transfer may be slower unless the user says otherwise.
    static let standardSpeedTime: Duration = .seconds(30)

    /// Completes what the user gave. Zero means no limit everywhere.
    ///
    /// - Parameters:
    ///   - maxTime: The maximum time of an attempt, if given.
    ///   - speedLimit: The minimum speed in bytes per second, if given.
    ///   - speedTime: How long a transfer may be slower, if given.
    ///   - savesBodies: Whether bodies are saved to files.
    ///   - followsLinks: Whether the run is a crawl.
    package init(
        maxTime: Duration?, speedLimit: Int?, speedTime: Duration?, savesBodies: Bool, followsLinks: Bool
    ) {
        switch maxTime {
        case .zero?: self.maxTime = nil
        case let given?: self.maxTime = given
        case nil where !savesBodies: self.maxTime = Self.standardTime
        case nil: self.maxTime = followsLinks ? Self.crawlTime : nil
        }
        // As with curl, either option turns the check on, and a time of zero turns it off.
        let speed = speedLimit ?? (savesBodies ? Self.savingSpeed : speedTime == nil ? 0 : 1)
        self.speedLimit = speedTime == .zero ? 0 : speed
        self.speedTime = speedTime ?? Self.standardSpeedTime
    }
}
