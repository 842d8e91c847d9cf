import DequeModule

/// Who may run and who waits, decided without a clock or a thread: at most so many permits in all and so many for each
/// key. First come, first served within a key; keys that wait take turns, so that a long queue for one does not hold up
/// the others.
struct PermitState {
    typealias ID = UInt64

    /// What a request for a permit leads to.
    enum Verdict: Hashable {
        case granted
        case waiting
        /// The semaphore was closed; there are no more permits.
        case closed
    }

    /// What is known of a key while somebody holds or wants a permit for it.
    private struct Line {
        var key: String
        var used = 0
        var waiting = Deque<ID>()
        /// Whether the key stands in ``turns``.
        var hasTurn = false
    }

    let limit: Int
    let limitPerKey: Int
    /// Permits lent.
    private(set) var used = 0
    /// The lines, changed in place: a copy of one would copy all who wait in it.
    private var lines: [Line] = []
    private var freePlaces: [Int] = []
    private var places: [String: Int] = [:]
    /// Places of keys that have a waiter and a free permit of their own, in the order of their turns.
    private var turns = Deque<Int>()
    private var waiters: Set<ID> = []
    private(set) var isClosed = false

    init(limit: Int, limitPerKey: Int) {
        precondition(limit > 0 && limitPerKey > 0, "a semaphore needs a permit to lend")
        self.limit = limit
        self.limitPerKey = limitPerKey
    }

    /// How many wait.
    var waitingCount: Int { waiters.count }
    /// How many keys are remembered; those that neither run nor wait are forgotten.
    var keyCount: Int { places.count }

    /// Somebody asks for a permit.
    mutating func request(_ id: ID, for key: String) -> Verdict {
        if isClosed { return .closed }
        let place = place(of: key)
        if used < limit, lines[place].used < limitPerKey, lines[place].waiting.isEmpty {
            used += 1
            lines[place].used += 1
            return .granted
        }
        waiters.insert(id)
        lines[place].waiting.append(id)
        giveTurn(to: place)
        return .waiting
    }

    /// A permit comes back; calls the closure for each who gets one now.
    mutating func release(for key: String, _ grant: (ID) -> Void) {
        guard let place = places[key], lines[place].used > 0 else {
            preconditionFailure("a permit was given back twice")
        }
        used -= 1
        lines[place].used -= 1
        giveTurn(to: place)
        grantWaiting(grant)
        forgetIfIdle(place)
    }

    /// Somebody waits no longer; false when the permit was granted already, or never asked for.
    mutating func cancel(_ id: ID) -> Bool {
        // It leaves the line when its turn comes; searching the line now would make cancelling all of them quadratic.
        waiters.remove(id) != nil
    }

    /// No more permits; gives all who waited.
    mutating func close() -> [ID] {
        isClosed = true
        defer { waiters.removeAll() }
        return Array(waiters)
    }

    private mutating func grantWaiting(_ grant: (ID) -> Void) {
        while used < limit, let place = turns.popFirst() {
            lines[place].hasTurn = false
            while let id = lines[place].waiting.popFirst() {
                guard waiters.remove(id) != nil else { continue }
                used += 1
                lines[place].used += 1
                grant(id)
                break
            }
            giveTurn(to: place)
            forgetIfIdle(place)
        }
    }

    /// Puts a key among those whose turn comes, if it has a waiter and a permit for it.
    private mutating func giveTurn(to place: Int) {
        guard !lines[place].hasTurn, !lines[place].waiting.isEmpty, lines[place].used < limitPerKey else { return }
        lines[place].hasTurn = true
        turns.append(place)
    }

    private mutating func place(of key: String) -> Int {
        if let place = places[key] { return place }
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
            lines[place].key = key
        } else {
            place = lines.count
            lines.append(Line(key: key))
        }
        places[key] = place
        return place
    }

    private mutating func forgetIfIdle(_ place: Int) {
        guard lines[place].used == 0, lines[place].waiting.isEmpty, !lines[place].hasTurn,
            places.removeValue(forKey: lines[place].key) != nil
        else { return }
        freePlaces.append(place)
    }
}
