import FetchHTTP
import FetchScheduling
import FetchArgumentParser

/// The options for concurrency and time limits.
struct ConcurrencyOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("c"), .customShort("j"), .customLong("parallel-max")], parsing: .unconditional,
        help: ArgumentHelp("Maximum concurrent requests. (default: 10)", valueName: "n"),
        transform: OptionValue.integer(1...100_000))
    var max = 10

    @Option(
        name: [.long, .customLong("parallel-max-host")], parsing: .unconditional,
        help: ArgumentHelp("Maximum concurrent requests to one host. (default: --max; in a crawl 2)", valueName: "n"),
        transform: OptionValue.integer(1...100_000))
    var maxHost: Int?

    @Option(
        name: [.customShort("m"), .long], parsing: .unconditional,
        help: ArgumentHelp("Maximum time of one attempt. (default: 30s)", valueName: "time"),
        transform: OptionValue.timeLimit)
    var maxTime: Duration = .seconds(30)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum time to connect, with name lookup and TLS. (default: 10s)", valueName: "time"),
        transform: OptionValue.timeLimit)
    var connectTimeout: Duration = .seconds(10)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Abort a transfer slower than this many bytes per second for --speed-time. (default: no limit)",
            valueName: "bytes"),
        transform: OptionValue.byteSize)
    var speedLimit: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Abort a transfer slower than --speed-limit (1 if not given) for this long. (default: 30s)",
            valueName: "time"),
        transform: OptionValue.timeLimit)
    var speedTime: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum time of the whole run; after it the exit code is 124. (default: no limit)", valueName: "time"),
        transform: OptionValue.timeLimit)
    var deadline: Duration?

    /// Applies the options to those of a run.
    func apply(to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions) {
        scheduler.maxConcurrent = max
        scheduler.maxPerAuthority = maxHost
        scheduler.maxTime = maxTime
        scheduler.deadline = deadline
        network.connectTimeout = connectTimeout
        // As with curl, either option turns the check on.
        network.speedLimit = speedLimit ?? (speedTime == nil ? 0 : 1)
        network.speedTime = speedTime ?? .seconds(30)
    }
}
