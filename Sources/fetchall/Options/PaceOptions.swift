import FetchScheduling
import FetchArgumentParser

/// The options for rates.
struct PaceOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum requests in every such period, redirects and retries included: 5/s, 100/m, 5/15s. (default: no limit)",
            valueName: "n/unit"),
        transform: OptionValue.rate)
    var rate: RateLimit?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum requests to one host in every such period. (default: no limit)", valueName: "n/unit"),
        transform: OptionValue.rate)
    var rateHost: RateLimit?

    @Flag(help: "Send at full speed after a host's pause (429, Retry-After); the pause itself is always observed.")
    var noAdaptive = false

    /// Applies the options to those of a run.
    func apply(to scheduler: inout SchedulerOptions) {
        scheduler.rate = rate
        scheduler.ratePerAuthority = rateHost
        scheduler.isAdaptive = !noAdaptive
    }
}
