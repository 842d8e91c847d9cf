/// How patient a run is with an authority that says slow down, or that cannot be reached.
struct PacePolicy: Sendable {
    /// The longest that an authority is waited for, from when it began to refuse to when it may be asked again.
    var maxWait: Duration = .seconds(60)
    /// How long an authority rests after a 429 that names no time; doubled each time in a row.
    var backoff: Duration = .seconds(1)
    /// The bound of that.
    var maxBackoff: Duration = .seconds(30)
    /// Whether an authority that said slow down is asked less at once afterwards.
    var isAdaptive = true
    /// Most permits of an authority; the pace has no bound of its own above that.
    var ceiling = Int.max
    /// Failures to connect in a row, with no answer in between, until an authority counts as down.
    var connectFailures = 5
    /// How long the breaker of an authority that cannot be connected to stays open before one more request.
    var reprobe: Duration = .seconds(2)
    /// How long its URLs are given up at once after the half-open breaker failed as well.
    var downTime: Duration = .seconds(300)

    /// How long to rest after the n-th refusal in a row that names no time: 1 s, 2 s, 4 s, … up to ``maxBackoff``.
    func rest(_ refusals: Int) -> Duration {
        var rest = backoff
        for _ in 0..<refusals where rest < maxBackoff { rest *= 2 }
        return min(rest, maxBackoff)
    }
}
