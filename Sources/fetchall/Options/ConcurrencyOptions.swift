import FetchHTTP
import FetchScheduling
import FetchArgumentParser

/// The options for concurrency and time limits.
struct ConcurrencyOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("j"), .customLong("parallel-max")], parsing: .unconditional,
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
        help: ArgumentHelp(
            "Maximum time of one attempt; 0 for none. (default: 30s; with --print, --output-dir, -T and -F of files none, in a crawl 10m)",
            valueName: "time"),
        transform: OptionValue.timeLimit)
    var maxTime: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum time to connect, with name lookup and TLS; 0 for 5m, as in curl. (default: 10s)", valueName: "time"
        ),
        transform: OptionValue.timeLimit)
    var connectTimeout: Duration = .seconds(10)

    @Option(
        name: [.customShort("Y"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Abort a transfer slower than this many bytes per second for --speed-time; 0 for none. (default: none; 1k with --print, --output-dir, -T and -F of files)",
            valueName: "bytes"),
        transform: OptionValue.byteSize)
    var speedLimit: Int?

    @Option(
        name: [.customShort("y"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Abort a transfer slower than --speed-limit (1 if there is none) for this long; 0 for never. (default: 30s)",
            valueName: "time"),
        transform: OptionValue.timeLimit)
    var speedTime: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum time of the whole run; after it the exit code is 124; 0 for none. (default: no limit)",
            valueName: "time"),
        transform: OptionValue.timeLimit)
    var deadline: Duration?

    /// Applies the options to those of a run.
    ///
    /// - Parameters:
    ///   - savesBodies: Whether the run saves or writes bodies, or sends files.
    ///   - followsLinks: Whether it is a crawl.
    func apply(
        to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions, savesBodies: Bool, followsLinks: Bool
    ) {
        let limits = AttemptLimits(
            maxTime: maxTime, speedLimit: speedLimit, speedTime: speedTime, savesBodies: savesBodies,
            followsLinks: followsLinks)
        scheduler.maxConcurrent = max
        scheduler.maxPerAuthority = maxHost
        scheduler.maxTime = limits.maxTime
        scheduler.deadline = deadline == .zero ? nil : deadline
        network.connectTimeout = connectTimeout
        network.speedLimit = limits.speedLimit
        network.speedTime = limits.speedTime
    }
}
