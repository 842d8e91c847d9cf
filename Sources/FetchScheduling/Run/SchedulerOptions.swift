public import FetchHTTP
package import FetchTransport

/// The limits of a run, and what counts as a success.
public struct SchedulerOptions: Sendable {
    /// The maximum number of requests in flight.
    public var maxConcurrent = 10
    /// The maximum number of requests in flight to one authority; nil for no limit of its own.
    public var maxPerAuthority: Int?
    /// The maximum number of starts in a window of time, redirects and retries included; nil for no limit.
    public var rate: RateLimit?
    /// The same for each authority.
    public var ratePerAuthority: RateLimit?
    /// Whether an authority that said slow down gets fewer concurrent requests afterwards, and gradually more again.
    public var isAdaptive = true
    /// Whether the caller keeps the limits of the server itself: then 429, and a used-up budget, do not pause the
    /// authority as well.
    public var callerKeepsLimits = false
    /// Whether and when a failed attempt is repeated.
    public var retry = RetryPolicy()
    /// How redirects are followed.
    public var redirects = RedirectPolicy()
    /// The statuses that count as a success.
    public var accept = StatusSet.success
    /// The maximum time of one attempt with all its redirects; waiting for a permit never counts.
    public var maxTime: Duration? = .seconds(30)
    /// The limits of certain hosts; nil for none.
    package var hosts: HostLimits?
    /// The maximum number of decoded bytes of a body; nil for no limit.
    public var maxBodySize: Int?
    /// Whether the beginning of a larger body is returned with the error.
    var keepsBeginning = false
    /// Which bodies are read.
    var wantedBodies = WantedBodies.all
    /// The destination of bodies.
    package var bodies: BodyPlan = .discard
    /// Receives the heads of redirects that are followed; nil if they are not wanted.
    package var redirectHeads: RedirectHeads?
    /// Whether bodies in memory are saved by the caller, so that a packed file stays packed (``PackedFile``).
    package var keepsPackedFiles = false
    /// The maximum time of the whole run.
    public var deadline: Duration?
    /// How long requests in flight may continue after an interruption.
    public var grace: Duration = .milliseconds(1500)

    /// Whether the first failure ends the run: nothing starts after it, and what is in flight is cancelled.
    package var failsEarly = false

    /// Receives what attempts do; nil for none.
    package var trace: (any TraceReceiver)?

    /// The destination of a run's bodies.
    package enum BodyPlan: Sendable {
        /// They are counted and dropped.
        case discard
        /// They are in the outcomes.
        case memory
        /// They are saved to files.
        case folder(BodyFolder)
        /// They wait in spools until their turn to be written.
        case spools(AnswerSpools)
    }

    /// The defaults.
    public init() {}

    /// The defaults, but with bodies of at most 16 MiB in the outcomes, for programs that use them.
    public static var inMemory: SchedulerOptions {
        var options = SchedulerOptions()
        options.bodies = .memory
        options.maxBodySize = 16 << 20
        return options
    }

    /// The maximum number of pending inputs: those that run, as many that wait so that no permit is ever idle and
    /// authorities can take turns, and those whose record is being written.
    var window: Int { maxConcurrent * 2 + 1024 }
    /// The maximum number of pending inputs while permits are idle, because all known authorities are paused or have
    /// their probe.
    var lookAhead: Int { max(16_384, window) }

    /// The limits of the permits.
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
            pace: pace, hosts: hosts)
    }
}
