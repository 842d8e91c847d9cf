import ArgumentParser
import FetchCore

/// Whether a failed attempt is repeated, and what counts as a failure.
struct RetryOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Attempts after the first. (default: 2)", valueName: "n"),
        transform: OptionValue.integer(0...1000))
    var retry = 2

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "First backoff; doubled each time, random below that, at most 30s. (default: 1s)", valueName: "time"),
        transform: OptionValue.duration)
    var retryDelay: Duration = .seconds(1)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("No retry starts later than this after the first attempt.", valueName: "time"),
        transform: OptionValue.timeLimit)
    var retryMaxTime: Duration?

    @Option(
        help: ArgumentHelp(
            "Statuses and error kinds to retry, for idempotent methods. (default: 408,425,429,500,502,503,504,522,524 and broken connections)",
            valueName: "list"))
    var retryOn: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Longest Retry-After that is waited for; else exit 5. (default: 60s)", valueName: "time"),
        transform: OptionValue.duration)
    var maxWait: Duration = .seconds(60)

    @Option(
        help: ArgumentHelp("Statuses that count as success. (default: 200..299)", valueName: "list"),
        transform: OptionValue.statusSet)
    var accept = StatusSet.success

    func validate() throws {
        _ = try policy()
    }

    /// The policy that was asked for.
    func policy() throws -> RetryPolicy {
        var policy = RetryPolicy()
        policy.retries = retry
        policy.delay = retryDelay
        policy.maxTime = retryMaxTime
        policy.maxWait = maxWait
        guard let retryOn else { return policy }
        policy.statuses = []
        policy.kinds = []
        for item in retryOn.split(separator: ",", omittingEmptySubsequences: false) {
            if let status = Int(item), (100...999).contains(status) {
                policy.statuses.insert(status)
            } else if let kind = FetchError.Kind(rawValue: String(item)) {
                policy.kinds.insert(kind)
            } else {
                throw ValidationError(
                    "--retry-on: '\(item)' is neither a status nor an error kind such as connection-refused")
            }
        }
        return policy
    }
}
