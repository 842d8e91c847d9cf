package import FetchHTTP

/// The limits of certain hosts, in place of those of the run. Pure.
package struct HostLimits: Sendable {
    /// The statuses that count as a success.
    package var accept = HostMap<StatusSet>()
    /// The maximum time of one hop to the host; zero for no limit.
    package var maxTime = HostMap<Duration>()
    /// The maximum number of starts in a window of time for each authority.
    package var rate = HostMap<RateLimit>()
    /// The maximum number of requests in flight to each authority.
    package var maximum = HostMap<Int>()

    /// None.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { accept.isEmpty && maxTime.isEmpty && rate.isEmpty && maximum.isEmpty }
}

/// What the options mean for the URL of a hop.
extension SchedulerOptions {
    /// The statuses of a URL that count as a success.
    func accept(for url: FetchURL) -> StatusSet { hosts?.accept.value(for: url) ?? accept }

    /// Whether the host of a URL has its own maximum time. Its hops then do not count for the time of an attempt.
    func hasOwnTime(_ url: FetchURL) -> Bool { hosts?.maxTime.value(for: url) != nil }

    /// The time that is left for a hop; nil for no limit.
    ///
    /// - Parameters:
    ///   - spent: The time of the hops before it, without those to hosts with their own maximum.
    ///   - url: The URL of the hop; nil if its host has no maximum of its own.
    func timeLeft(after spent: Duration, for url: FetchURL?) -> Duration? {
        if let hosts, let url, let own = hosts.maxTime.value(for: url) { return own == .zero ? nil : own }
        return maxTime.map { $0 - spent }
    }

    /// The same options with less time, for requests that are parts of one attempt.
    func shortened(by spent: Duration) -> SchedulerOptions {
        var options = self
        let least = Duration.milliseconds(1)
        options.maxTime = maxTime.map { max(least, $0 - spent) }
        if let own = hosts?.maxTime, !own.isEmpty {
            options.hosts?.maxTime = own.mapValues { $0 == .zero ? .zero : max(least, $0 - spent) }
        }
        return options
    }
}
