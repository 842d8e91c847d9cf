/// How many requests in flight this machine has room for, when it has less than the run asks for: no descriptor, local
/// port or memory is left for another connection. Pure: it takes events and the time.
///
/// A request that found no room lowers the number to that of the others in flight. It rises by one after several rounds
/// of successes, because the shortage may be another program's.
struct LocalCapacity: Sendable {
    /// The number of rounds of successes before one more is tried.
    private static var rounds: Int { 16 }

    /// The maximum that the run asks for.
    private let asked: Int
    /// The maximum number of requests in flight now; at least 1.
    private(set) var total: Int
    private var successes = 0
    /// When the shortage began, with no response since.
    private var shortSince: Duration?

    init(_ asked: Int) {
        self.asked = asked
        total = asked
    }

    /// Whether there is less room than the run asks for, or none.
    var isShort: Bool { total < asked || shortSince != nil }

    /// A request found no room while so many others were in flight.
    mutating func lower(others: Int, at now: Duration) {
        total = max(1, min(total, others))
        successes = 0
        shortSince = shortSince ?? now
    }

    /// A request got a response.
    mutating func succeed() {
        shortSince = nil
        guard total < asked else { return }
        successes += 1
        guard successes >= total * Self.rounds else { return }
        total += 1
        successes = 0
    }

    /// Whether there was no response for a time since the shortage began, so that waiting is of no use.
    func isHopeless(at now: Duration, after bound: Duration) -> Bool { shortSince.map { now - $0 >= bound } ?? false }
}

/// How long a request waits when this machine has no room for its connection: 0.1 s, 0.2 s, 0.4 s, … at most 5 s each
/// time.
struct LocalLimitWait: Sendable {
    /// The maximum of all waits of one hop together, and of a shortage without any response. `--max-wait` and a quarter of
    /// it: a port is free again 60 s after its connection was closed, and that is the default.
    let bound: Duration
    private var waited: Duration = .zero
    private var next: Duration = .milliseconds(100)

    init(maxWait: Duration) { bound = maxWait + maxWait / 4 }

    /// Whether the hop has waited.
    var hasWaited: Bool { waited > .zero }

    /// The next wait; nil when the failure is final.
    mutating func take(isHopeless: Bool) -> Duration? {
        guard !isHopeless, waited < bound else { return nil }
        let wait = min(next, bound - waited)
        waited += wait
        next = min(next * 2, .seconds(5))
        return wait
    }
}
