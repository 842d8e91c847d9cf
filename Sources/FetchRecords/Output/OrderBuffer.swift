package import FetchHTTP

/// Restores the order of the input. Pure: it takes outcomes and returns those that are next.
package struct OrderBuffer: Sendable {
    private var waiting: [Int: Outcome] = [:]
    private var next = 0
    /// The bytes of the waiting bodies, plus an estimate for the rest.
    package private(set) var size = 0

    /// Inputs that will have no outcome.
    private let left: CompletedInputs

    /// Expects the outcome of input 0 first.
    ///
    /// - Parameter left: Inputs that were completed earlier and therefore have no outcome.
    package init(leavingOut left: CompletedInputs = CompletedInputs()) {
        self.left = left
        skip()
    }

    /// Takes an outcome; returns it and all that waited for it, if it is the next one.
    package mutating func add(_ outcome: Outcome) -> [Outcome] {
        guard outcome.input.index == next else {
            size += Self.size(of: outcome)
            waiting[outcome.input.index] = outcome
            return []
        }
        var due = [outcome]
        advance()
        while let outcome = waiting.removeValue(forKey: next) {
            size -= Self.size(of: outcome)
            due.append(outcome)
            advance()
        }
        return due
    }

    /// All outcomes that still wait, in order, because the run ended before the ones they wait for.
    package mutating func drain() -> [Outcome] {
        defer {
            waiting.removeAll()
            size = 0
        }
        return waiting.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func advance() {
        next += 1
        skip()
    }

    private mutating func skip() {
        while left.contains(next) { next += 1 }
    }

    private static func size(of outcome: Outcome) -> Int {
        guard case .bytes(let bytes) = outcome.response?.body else { return 1024 }
        return 1024 + bytes.count
    }
}
