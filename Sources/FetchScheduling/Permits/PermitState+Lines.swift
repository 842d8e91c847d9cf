import HeapModule

/// Where lines stand, and which of them are remembered.
extension PermitState {
    /// Moves a line to the queue that it belongs to now.
    mutating func reclassify(_ slot: Int, _ now: Duration) {
        guard !lines[slot].waiting.isEmpty else { return setStanding(slot, .idle) }
        switch lines[slot].readiness(limits, at: now) {
        case .ready: setStanding(slot, .turn(min(lines[slot].used, LineQueues.lastLevel)))
        case .unproven: setStanding(slot, .probe)
        case .full: setStanding(slot, .full)
        case .held(let until): setStanding(slot, .held(until))
        }
    }

    mutating func setStanding(_ slot: Int, _ standing: AuthorityLine<Waiter>.Standing) {
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

    mutating func slot(of key: String, _ now: Duration) -> Int {
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
            lines[slot] = AuthorityLine(key: key, limits)
            lines[slot].generation = generation &+ 1
        } else {
            slot = lines.count
            lines.append(AuthorityLine(key: key, limits))
        }
        slots[key] = slot
        return slot
    }

    /// Forgets that an authority cannot be reached or asked to wait, so that its next request is sent. Nothing may wait for it.
    mutating func resetPace(of key: String) {
        guard let slot = slots[key], lines[slot].waiting.isEmpty else { return }
        lines[slot].pace = AuthorityPace()
    }

    mutating func forgetIfIdle(_ slot: Int, _ now: Duration) {
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
