import FetchHTTP
import DequeModule

/// Which waiter is next.
extension PermitState {
    /// Lends fewer permits after a request that this machine had no room for, and gradually more after others.
    mutating func adjustCapacity(_ signal: AuthorityPace.Signal, _ now: Duration) {
        switch signal {
        case .localLimit: capacity.lower(others: used, at: now)
        case .unknown, .unreachable: break
        case .answered, .reached, .slowDown, .overloaded, .spent: capacity.succeed()
        }
        limits.total = capacity.total
    }

    mutating func lend(_ slot: Int, _ now: Duration) {
        used += 1
        lines[slot].used += 1
        _ = limits.rate?.take(at: now)
        _ = lines[slot].rate?.take(at: now)
    }

    mutating func mayStart(_ slot: Int, _ now: Duration) -> Bool {
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

    mutating func lendToWaiting(_ now: Duration, on loop: Int? = nil, _ deliver: Deliver) {
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

    mutating func refuse(_ slot: Int, _ error: FetchError, _ deliver: Deliver) {
        while let waiter = lines[slot].waiting.popFirst() { _ = deliver(waiter, .refused(error)) }
    }
}
