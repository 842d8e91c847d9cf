import FetchHTTP
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

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum bytes of bodies per second, all transfers together; 0 for none. Uses HTTP/1.1. (default: no limit)",
            valueName: "bytes"),
        transform: OptionValue.byteSize)
    var limitRate = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum bytes of the body per second of each transfer; 0 for none. Uses HTTP/1.1. (default: no limit)",
            valueName: "bytes"),
        transform: OptionValue.byteSize)
    var limitRateEach = 0

    /// Applies the options to those of a run.
    func apply(to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions) {
        network.limitRate = limitRate
        network.limitRateEach = limitRateEach
        scheduler.rate = rate
        scheduler.ratePerAuthority = rateHost
        scheduler.isAdaptive = !noAdaptive
    }
}
