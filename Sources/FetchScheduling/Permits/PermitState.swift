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

    private struct Wake: Comparable, Sendable {
        let time: Duration
        let slot: Int
        let generation: UInt32

        static func < (left: Wake, right: Wake) -> Bool { left.time < right.time }
    }

    private(set) var limits: PermitLimits
    /// The number of lent permits.
    private(set) var used = 0
    private(set) var isClosed = false
    /// What this machine has room for; it bounds ``limits``.
    private var capacity: LocalCapacity
    /// The lines, changed in place: a copy of one would copy all its waiters.
    private var lines: [AuthorityLine<Waiter>] = []
    private var freeSlots: [Int] = []
    private var slots: [String: Int] = [:]
    /// The last key and its slot: lists often name one authority a thousand times.
    private var last: (key: String, slot: Int)?
    /// Lines that can continue, by their number of permits; the last queue has all with more.
    private var turns = LineQueues()
    /// Lines that can continue when no other line wants permits.
    private var probes = LineQueues()
    /// Lines that are paused or at their limit.
    private var blockedCount = 0
    /// Lines that have answered.
    private var provenCount = 0
    private var wakes = Heap<Wake>()
    /// Until when more inputs are expected soon, so that authorities not seen yet may want a share.
    private var expectsInputUntil: Duration?
    /// Whether there are more inputs, which wait to be read.
    private var hasInputAtHand = false
    /// The number of lines at which idle ones are searched for.
    private var sweepAt = 4096

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
    /// several.
    mutating func release(
        _ permit: Permit, _ signal: AuthorityPace.Signal = .unknown, on loop: Int? = nil, at now: Duration,
        _ deliver: Deliver
    ) {
        let slot = permit.slot
        precondition(lines[slot].used > 0, "a permit was given back twice")
        let inFlight = lines[slot].used
        used -= 1
        lines[slot].used -= 1
        limits.rate?.confirm(permit.start, at: now)
        lines[slot].rate?.confirm(permit.start, at: now)
        if let policy = limits.pace {
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

    // MARK: Decisions

    /// Lends fewer permits after a request that this machine had no room for, and gradually more after others.
    private mutating func adjustCapacity(_ signal: AuthorityPace.Signal, _ now: Duration) {
        switch signal {
        case .localLimit: capacity.lower(others: used, at: now)
        case .unknown, .unreachable: break
        case .answered, .reached, .slowDown, .overloaded, .spent: capacity.succeed()
        }
        limits.total = capacity.total
    }

    private mutating func lend(_ slot: Int, _ now: Duration) {
        used += 1
        lines[slot].used += 1
        _ = limits.rate?.take(at: now)
        _ = lines[slot].rate?.take(at: now)
    }

    private mutating func mayStart(_ slot: Int, _ now: Duration) -> Bool {
        if let rate = limits.rate, rate.nextStart > now { return false }
        switch lines[slot].readiness(limits, at: now) {
        case .ready: return true
        case .unproven: return turns.isEmpty && mayProbeMore(now)
        case .full, .held: return false
        }
    }

    /// Whether an authority that has not answered yet may have more than its probe, because no other wants permits.
    /// Once another has answered, a quarter of all permits is kept free of such authorities.
    private func mayProbeMore(_ now: Duration) -> Bool {
        if let until = expectsInputUntil, until > now { return false }
        if hasInputAtHand, provenCount > 0 { return false }
        return provenCount == 0 || limits.total < 4 || used < limits.total - limits.total / 4
    }

    private mutating func lendToWaiting(_ now: Duration, on loop: Int? = nil, _ deliver: Deliver) {
        while used < limits.total {
            if let rate = limits.rate, rate.nextStart > now { return }
            guard let slot = nextInTurn(now, on: loop) else { return }
            while let waiter = lines[slot].waiting.popFirst() {
                guard deliver(waiter, .granted(Permit(slot: slot, start: now))) else { continue }
                lend(slot, now)
                break
            }
            let before = lines[slot].standing
            reclassify(slot, now)
            if lines[slot].standing == before { goBehind(slot) }
            forgetIfIdle(slot, now)
        }
    }

    private mutating func nextInTurn(_ now: Duration, on loop: Int?) -> Int? {
        var next = mayProbeMore(now) ? probes.first?.number : nil
        if let first = turns.first { next = nearest(to: first.number, on: loop) }
        return next
    }

    /// Moves a line that had its turn, and is still in the same queue, behind the others there.
    private mutating func goBehind(_ slot: Int) {
        switch lines[slot].standing {
        case .turn(let level): turns.moveToEnd(slot, of: level)
        case .probe: probes.moveToEnd(slot, of: 0)
        case .idle, .full, .held: break
        }
    }

    /// The first line, or a later one that the loop has a connection for: with many authorities each loop would
    /// otherwise connect to every one of them.
    private mutating func nearest(to first: Int, on loop: Int?) -> Int {
        guard let loop, turns.hasSeveral else { return first }
        guard !isAtHome(first, on: loop), lines[first].passedOver < Self.mostPassing else {
            lines[first].passedOver = 0
            return first
        }
        var slot = first
        for _ in 0..<Self.mostPassing {
            guard let next = turns.next(after: slot) else { break }
            slot = next
            guard isAtHome(slot, on: loop) else { continue }
            lines[first].passedOver += 1
            return slot
        }
        lines[first].passedOver = 0
        return first
    }

    /// Whether a loop is as good as any other for a line: it has a connection to the authority, or no loop has.
    private mutating func isAtHome(_ slot: Int, on loop: Int) -> Bool {
        // It changes nothing, but only a mutating method reads a line in place.
        let loops = lines[slot].loops
        return loops == 0 || loops & (1 << UInt8(loop)) != 0
    }

    /// The maximum distance of such a line from the first, and how often a line may be passed over.
    private static var mostPassing: Int { 256 }

    private mutating func refuse(_ slot: Int, _ error: FetchError, _ deliver: Deliver) {
        while let waiter = lines[slot].waiting.popFirst() { _ = deliver(waiter, .refused(error)) }
    }

    // MARK: Where lines stand

    /// Moves a line to the queue that it belongs to now.
    private mutating func reclassify(_ slot: Int, _ now: Duration) {
        guard !lines[slot].waiting.isEmpty else { return setStanding(slot, .idle) }
        switch lines[slot].readiness(limits, at: now) {
        case .ready: setStanding(slot, .turn(min(lines[slot].used, LineQueues.lastLevel)))
        case .unproven: setStanding(slot, .probe)
        case .full: setStanding(slot, .full)
        case .held(let until): setStanding(slot, .held(until))
        }
    }

    private mutating func setStanding(_ slot: Int, _ standing: AuthorityLine<Waiter>.Standing) {
        guard lines[slot].standing != standing else { return }
        switch lines[slot].standing {
        case .idle: break
        case .turn(let level): turns.remove(slot, from: level)
        case .probe: probes.remove(slot, from: 0)
        case .held, .full: blockedCount -= 1
        }
        lines[slot].standing = standing
        lines[slot].generation &+= 1
        switch standing {
        case .idle: break
        case .turn(let level): turns.append(slot, to: level)
        case .probe: probes.append(slot, to: 0)
        case .full: blockedCount += 1
        case .held(let until):
            blockedCount += 1
            wakes.insert(Wake(time: until, slot: slot, generation: lines[slot].generation))
        }
    }

    private mutating func slot(of key: String, _ now: Duration) -> Int {
        if let last, last.key == key { return last.slot }
        if let slot = slots[key] {
            last = (key, slot)
            return slot
        }
        if slots.count >= sweepAt { sweep(now) }
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            let generation = lines[slot].generation
            lines[slot] = AuthorityLine(key: key, rate: limits.ratePerKey)
            lines[slot].generation = generation &+ 1
        } else {
            slot = lines.count
            lines.append(AuthorityLine(key: key, rate: limits.ratePerKey))
        }
        slots[key] = slot
        return slot
    }

    private mutating func forgetIfIdle(_ slot: Int, _ now: Duration) {
        // Whether an authority answers is worth keeping, as long as there are not too many.
        if !lines[slot].isProven { forget(slot, now) }
    }

    private mutating func forget(_ slot: Int, _ now: Duration) {
        guard lines[slot].isForgettable(at: now), slots[lines[slot].key] == slot else { return }
        if lines[slot].isProven { provenCount -= 1 }
        slots[lines[slot].key] = nil
        last = nil
        freeSlots.append(slot)
    }

    private mutating func sweep(_ now: Duration) {
        for slot in Array(slots.values) { forget(slot, now) }
        sweepAt = max(4096, slots.count * 2)
    }
}
