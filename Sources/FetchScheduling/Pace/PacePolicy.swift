/// How a run treats an authority that says slow down, or that cannot be reached.
struct PacePolicy: Sendable {
    /// The maximum time to wait for an authority, from its first refusal to the next request.
    var maxWait: Duration = .seconds(60)
    /// The first pause of an authority after a 429 without a time; doubled with each consecutive one.
    var backoff: Duration = .seconds(1)
    /// The maximum of that pause.
    var maxBackoff: Duration = .seconds(30)
    /// Whether an authority that said slow down gets fewer concurrent requests afterwards.
    var isAdaptive = true
    /// The maximum number of permits of an authority; above it the pace has no limit of its own.
    var ceiling = Int.max
    /// The number of consecutive failures to connect, without a response in between, after which an authority counts as
    /// down.
    var connectFailures = 5
    /// How long the breaker of an authority that cannot be connected to stays open before one more request.
    var reprobe: Duration = .seconds(2)
    /// How long its URLs fail immediately after the half-open breaker failed as well.
    var downTime: Duration = .seconds(300)

    /// The pause after the n-th consecutive refusal without a time: 1 s, 2 s, 4 s, … up to ``maxBackoff``.
    func rest(_ refusals: Int) -> Duration {
        var rest = backoff
        for _ in 0..<refusals where rest < maxBackoff { rest *= 2 }
        return min(rest, maxBackoff)
    }
}
