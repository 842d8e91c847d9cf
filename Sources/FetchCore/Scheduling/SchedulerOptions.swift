/// What a run may do at once, how long it takes, and what counts as a success.
public struct SchedulerOptions: Sendable {
    /// Most requests in flight.
    public var maxConcurrent = 10
    /// Most requests in flight to the same authority; nil for no bound of its own.
    public var maxPerAuthority: Int?
    /// Most starts in a window of time, redirects and retries included; nil for no bound.
    public var rate: RateLimit?
    /// The same for each authority.
    public var ratePerAuthority: RateLimit?
    /// Whether an authority that said slow down is asked less at once afterwards, and gradually more again.
    public var isAdaptive = true
    /// Whether the caller keeps to the limits of the server itself: then 429, and a budget that is used up, do not hold
    /// the authority a second time.
    public var callerKeepsLimits = false
    /// Whether and when a failed attempt is repeated.
    public var retry = RetryPolicy()
    /// How redirects are followed.
    public var redirects = RedirectPolicy()
    /// Statuses that count as a success.
    public var accept = StatusSet.success
    /// Most time of one attempt, all its redirects together; waiting for a permit never counts.
    public var maxTime: Duration? = .seconds(30)
    /// Most decoded bytes of a body; nil for no bound.
    public var maxBodySize: Int?
    /// Whether the beginning of a body that is larger comes along with the error.
    var keepsBeginning = false
    /// Where bodies go.
    public var bodies: BodyPlan = .discard
    /// Most time of the whole run.
    public var deadline: Duration?
    /// How long requests in flight may go on after an interruption.
    public var grace: Duration = .milliseconds(1500)

    /// Where the bodies of a run go.
    public enum BodyPlan: Sendable {
        /// Counted and dropped.
        case discard
        /// Into the outcomes.
        case memory
        /// Into files.
        case folder(BodyFolder)
    }

    /// The defaults.
    public init() {}

    /// The defaults, but with bodies of at most 16 MiB in the outcomes: what a program wants that goes on with them.
    public static var inMemory: SchedulerOptions {
        var options = SchedulerOptions()
        options.bodies = .memory
        options.maxBodySize = 16 << 20
        return options
    }

    /// How many inputs may be on their way at once: those that run, as many that wait behind them so that no permit is
    /// ever idle and authorities can take turns, and those whose record is being written.
    var window: Int { maxConcurrent * 2 + 1024 }
    /// How many may be on their way while permits are idle, because all authorities in sight rest or have their share.
    var lookAhead: Int { max(16_384, window) }

    /// What the permits are bounded by.
    var permitLimits: PermitLimits {
        var pace = PacePolicy()
        pace.maxWait = retry.maxWait
        pace.backoff = retry.delay
        pace.maxBackoff = retry.maxDelay
        pace.isAdaptive = isAdaptive
        pace.ceiling = maxPerAuthority ?? maxConcurrent
        return PermitLimits(
            total: maxConcurrent, perKey: maxPerAuthority, rate: rate.map { SlidingLog($0, isConfirmed: true) },
            ratePerKey: ratePerAuthority.map { SlidingLog($0, isConfirmed: true) }, probe: max(1, maxConcurrent / 16),
            pace: pace)
    }
}
