import FetchHTTP
import DequeModule
import HeapModule

/// Decides which waiter may start, without a clock or a thread: a maximum number of permits in all and for each key; a
/// maximum number in a window of time; none for a paused authority.
///
/// Waiters of one key are served in the order of arrival. Of the keys the one with the fewest permits is next, and
/// those with equally many take turns: neither a long queue nor slow responses of one key delay the others. A key that
/// has not answered yet gets no more than a probe while others may want the rest.
struct PermitState<Waiter: Sendable>: Sendable {
    /// The verdict on a waiter.
    enum Verdict: Sendable {
        /// It may start.
        case granted(Permit)
        case waiting
        /// It is not sent at all. The error is boxed, because every verdict would be as large as an error.
        indirect case refused(FetchError)
        /// No more permits are lent.
        case closed
    }

    /// The result of a wait.
    enum Decision: Sendable {
        case granted(Permit)
        indirect case refused(FetchError)
    }

    /// Delivers a decision to a waiter; false when the waiter is gone.
    typealias Deliver = (Waiter, Decision) -> Bool

    struct Wake: Comparable, Sendable {
        let time: Duration
        let slot: Int
        let generation: UInt32

        static func < (left: Wake, right: Wake) -> Bool { left.time < right.time }
    }

    var limits: PermitLimits
    /// The number of lent permits.
    var used = 0
    private(set) var isClosed = false
    /// What this machine has room for; it bounds ``limits``.
    var capacity: LocalCapacity
    /// The lines, changed in place: a copy of one would copy all its waiters.
    var lines: [AuthorityLine<Waiter>] = []
    var freeSlots: [Int] = []
    var slots: [String: Int] = [:]
    /// The last key and its slot: lists often name one authority a thousand times.
    var last: (key: String, slot: Int)?
    /// Lines that can continue, by their number of permits; the last queue has all with more.
    var turns = LineQueues()
    /// Lines that can continue when no other line wants permits.
    var probes = LineQueues()
    /// Lines that are paused or at their limit.
    var blockedCount = 0
    /// Lines that have answered.
    var provenCount = 0
    var wakes = Heap<Wake>()
    /// Until when more inputs are expected soon, so that authorities not seen yet may want a share.
    var expectsInputUntil: Duration?
    /// Whether there are more inputs, which wait to be read.
    var hasInputAtHand = false
    /// The number of lines at which idle ones are searched for.
    var sweepAt = 4096

    init(limits: PermitLimits) {
        precondition(limits.total > 0 && limits.perKey ?? 1 > 0, "a semaphore needs a permit to lend")
        self.limits = limits
        capacity = LocalCapacity(limits.total)
    }

    /// The number of keys in memory.
    var keyCount: Int { slots.count }

    /// Whether permits are idle although a waiter exists: its authority is paused, or has its probe. More inputs would
    /// help.
    var isStarving: Bool { used < limits.total && turns.isEmpty && (blockedCount > 0 || !probes.isEmpty) }

    /// Whether waiters exist, no permit is lent, and neither a time nor more inputs would change that. No event leaves such
    /// a state, except that waiters may be gone that nobody has noticed yet.
    var isAtStandstill: Bool {
        used == 0 && !isClosed && (blockedCount > 0 || !turns.isEmpty || !probes.isEmpty) && nextWake == nil
            && !hasInputAtHand
    }

    /// When ``advance(to:_:)`` would change something; nil for never.
    @inline(__always)
    var nextWake: Duration? {
        var next = wakes.min?.time
        guard used < limits.total else { return next }
        if !turns.isEmpty, let rate = limits.rate { next = min(next ?? rate.nextStart, rate.nextStart) }
        if !probes.isEmpty, let until = expectsInputUntil { next = min(next ?? until, until) }
        return next
    }

    /// The paused keys, with the remaining time.
    func resting(at now: Duration) -> [(key: String, rest: Duration)] {
        lines.compactMap { line in
            guard !line.waiting.isEmpty, let until = line.pace.openUntil, until > now else { return nil }
            return (line.key, until - now)
        }
    }

    /// The remaining pause of a key, whether or not anything waits for it; nil for none.
    func rest(of key: String, at now: Duration) -> Duration? {
        guard let until = lines.first(where: { $0.key == key })?.pace.openUntil, until > now else { return nil }
        return until - now
    }

    // MARK: Events

    /// A waiter asks for a permit; one that continues what has started asks to be first.
    mutating func request(
        _ waiter: Waiter, for key: String, at now: Duration, isFirst: Bool = false
    ) -> Verdict {
        if isClosed { return .closed }
        let slot = slot(of: key, now)
        if let error = lines[slot].pace.refusal(key, at: now) { return .refused(error) }
        if used < limits.total, isFirst || lines[slot].waiting.isEmpty, mayStart(slot, now) {
            lend(slot, now)
            return .granted(Permit(slot: slot, start: now))
        }
        if isFirst { lines[slot].waiting.prepend(waiter) } else { lines[slot].waiting.append(waiter) }
        // If the line has waiters already, one more does not change its position.
        if lines[slot].standing == .idle { reclassify(slot, now) }
        return .waiting
    }

    /// A permit is returned, with the signal about the authority, from the loop that sent the request, if there are
    /// several. What libcurl sent beside the request, to answer challenges, counts against rates.
    mutating func release(
        _ permit: Permit, _ signal: AuthorityPace.Signal = .unknown, on loop: Int? = nil, challenges: Int = 0,
        at now: Duration, _ deliver: Deliver
    ) {
        let slot = permit.slot
        precondition(lines[slot].used > 0, "a permit was given back twice")
        let inFlight = lines[slot].used
        used -= 1
        lines[slot].used -= 1
        limits.rate?.confirm(permit.start, at: now)
        lines[slot].rate?.confirm(permit.start, at: now)
        for _ in 0..<challenges {
            limits.rate?.count(at: now)
            lines[slot].rate?.count(at: now)
        }
        if let policy = limits.pace(of: lines[slot].maximum) {
            switch signal {
            case .unknown, .unreachable, .localLimit: break
            default:
                if !lines[slot].isProven { provenCount += 1 }
                lines[slot].isProven = true
            }
            if signal != .answered || !lines[slot].pace.isOrdinary {
                lines[slot].pace.record(signal, at: now, inFlight: inFlight, policy)
                if let error = lines[slot].pace.refusal(lines[slot].key, at: now) { refuse(slot, error, deliver) }
            }
        }
        if signal == .localLimit || capacity.isShort { adjustCapacity(signal, now) }
        if let loop { lines[slot].loops |= 1 << UInt8(loop) }
        reclassify(slot, now)
        lendToWaiting(now, on: loop, deliver)
        forgetIfIdle(slot, now)
    }

    /// The slot of a key that has a permit.
    func slot(ofHolder key: String) -> Int? { slots[key] }

    /// Time has passed.
    mutating func advance(to now: Duration, _ deliver: Deliver) {
        while let wake = wakes.min, wake.time <= now {
            wakes.removeMin()
            guard lines[wake.slot].generation == wake.generation, case .held = lines[wake.slot].standing else {
                continue
            }
            reclassify(wake.slot, now)
        }
        if let until = expectsInputUntil, until <= now { expectsInputUntil = nil }
        lendToWaiting(now, deliver)
    }

    /// More inputs are expected until the time; nil when there will be none soon.
    ///
    /// - Parameters:
    ///   - isAtHand: Whether there are more inputs, which are read as soon as permits are idle: they may be for an
    ///     authority that answers.
    ///   - grace: How long several authorities, none of which has answered, keep to their probe at the end of the list:
    ///     a list is often read before the first response arrives, and one of them may be dead.
    mutating func expectInput(
        until: Duration?, isAtHand: Bool = false, grace: Duration = .zero, at now: Duration, _ deliver: Deliver
    ) {
        expectsInputUntil = until ?? (probes.hasSeveral ? now + grace : nil)
        hasInputAtHand = isAtHand
        if !probes.isEmpty { lendToWaiting(now, deliver) }
    }

    /// Refuses all waiters.
    mutating func refuseAll(_ error: FetchError, _ deliver: Deliver) {
        for slot in lines.indices {
            refuse(slot, error, deliver)
            setStanding(slot, .idle)
        }
    }

    /// Lends no more permits; returns all waiters.
    mutating func close() -> [Waiter] {
        isClosed = true
        var left: [Waiter] = []
        for slot in lines.indices {
            left += lines[slot].waiting
            lines[slot].waiting.removeAll()
            setStanding(slot, .idle)
        }
        return left
    }

    /// Whether this machine has had no room for any connection for so long that waiting is of no use.
    func isHopeless(at now: Duration, after bound: Duration) -> Bool { capacity.isHopeless(at: now, after: bound) }
}
