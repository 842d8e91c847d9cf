/// Puts outcomes back into the order of the input. Pure: outcomes in, those that are due out.
public struct OrderBuffer: Sendable {
    private var waiting: [Int: Outcome] = [:]
    private var next = 0
    /// Bytes of the bodies that wait, with a guess for the rest.
    public private(set) var size = 0

    /// Inputs whose outcome will not come.
    private let left: CompletedInputs

    /// Expects the outcome of input 0 first.
    ///
    /// - Parameter left: Inputs that were done before, and so have no outcome.
    public init(leavingOut left: CompletedInputs = CompletedInputs()) {
        self.left = left
        skip()
    }

    /// Takes an outcome; gives it and all that it held up if its turn has come.
    public mutating func add(_ outcome: Outcome) -> [Outcome] {
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

    /// All that still waits, in order: the end has come before those in front of it.
    public mutating func drain() -> [Outcome] {
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
