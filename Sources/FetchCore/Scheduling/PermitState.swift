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

    private struct Line {
        var used = 0
        var waiting = Deque<ID>()
        /// Whether the key stands in ``turns``.
        var hasTurn = false
    }

    let limit: Int
    let limitPerKey: Int
    /// Permits lent.
    private(set) var used = 0
    private var lines: [String: Line] = [:]
    /// Keys that have a waiter and a free permit of their own, in the order of their turns.
    private var turns = Deque<String>()
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
    var keyCount: Int { lines.count }

    /// Somebody asks for a permit.
    mutating func request(_ id: ID, for key: String) -> Verdict {
        if isClosed { return .closed }
        var line = lines[key] ?? Line()
        defer { lines[key] = line }
        if used < limit, line.used < limitPerKey, line.waiting.isEmpty {
            used += 1
            line.used += 1
            return .granted
        }
        waiters.insert(id)
        line.waiting.append(id)
        if line.used < limitPerKey { giveTurn(to: key, &line) }
        return .waiting
    }

    /// A permit comes back; gives those who get one now.
    mutating func release(for key: String) -> [ID] {
        guard var line = lines[key], line.used > 0 else { preconditionFailure("a permit was given back twice") }
        used -= 1
        line.used -= 1
        if !line.waiting.isEmpty { giveTurn(to: key, &line) }
        store(line, key)
        return grantWaiting()
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

    private mutating func grantWaiting() -> [ID] {
        var granted: [ID] = []
        while used < limit, let key = turns.popFirst() {
            guard var line = lines[key] else { continue }
            line.hasTurn = false
            while let id = line.waiting.popFirst() {
                guard waiters.remove(id) != nil else { continue }
                granted.append(id)
                used += 1
                line.used += 1
                break
            }
            if !line.waiting.isEmpty, line.used < limitPerKey { giveTurn(to: key, &line) }
            store(line, key)
        }
        return granted
    }

    private mutating func giveTurn(to key: String, _ line: inout Line) {
        guard !line.hasTurn else { return }
        line.hasTurn = true
        turns.append(key)
    }

    private mutating func store(_ line: Line, _ key: String) {
        lines[key] = line.used == 0 && line.waiting.isEmpty && !line.hasTurn ? nil : line
    }
}
