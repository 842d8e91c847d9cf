import FetchHTTP
import FetchScheduling
import FetchArgumentParser

/// The options for retries and for what counts as success.
struct RetryOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum retries after the first attempt. (default: 2)", valueName: "n"),
        transform: OptionValue.integer(0...1000))
    var retry = 2

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Bound of the first backoff. The bound doubles with each retry up to 30s; each backoff is a random time below it. (default: 1s)",
            valueName: "time"),
        transform: OptionValue.duration)
    var retryDelay: Duration = .seconds(1)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Start no retry later than this after the first attempt; 0 for no limit. (default: no limit)",
            valueName: "time"),
        transform: OptionValue.timeLimit)
    var retryMaxTime: Duration?

    @Option(
        help: ArgumentHelp(
            "Retry these statuses and error kinds, for idempotent methods. (default: 408,425,429,500,502,503,504,522,524 and broken connections)",
            valueName: "list"))
    var retryOn: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum Retry-After to wait for; a longer one ends with exit code 5. (default: 60s)", valueName: "time"),
        transform: OptionValue.duration)
    var maxWait: Duration = .seconds(60)

    @Option(
        help: ArgumentHelp("Count these statuses as success. (default: 200..299)", valueName: "list"),
        transform: OptionValue.statusSet)
    var accept = StatusSet.success

    func validate() throws {
        _ = try policy()
    }

    /// Whether `--accept` says something else than its default.
    var isAcceptGiven: Bool { accept != .success }

    /// The retry policy that the options describe.
    func policy() throws -> RetryPolicy {
        var policy = RetryPolicy()
        policy.retries = retry
        policy.delay = retryDelay
        policy.maxTime = retryMaxTime == .zero ? nil : retryMaxTime
        policy.maxWait = maxWait
        guard let retryOn else { return policy }
        policy.statuses = []
        policy.kinds = []
        for item in retryOn.split(separator: ",", omittingEmptySubsequences: false) {
            if let kind = FetchError.Kind(rawValue: String(item)) {
                policy.kinds.insert(kind)
            } else if let statuses = try? StatusSet(String(item)) {
                policy.statuses.formUnion((100...999).filter(statuses.contains))
            } else {
                throw ValidationError(
                    "--retry-on: '\(item)' is not a valid status, range or error kind (503, 5xx, connection-refused)")
            }
        }
        return policy
    }
}
