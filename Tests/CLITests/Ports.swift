import Synchronization

/// The addresses of two servers that have to know each other: known only once both run.
final class Ports: Sendable {
    private let addresses = Mutex(("", ""))

    /// The address of the first.
    var first: String { addresses.withLock { $0.0 } }
    /// The address of the second.
    var second: String { addresses.withLock { $0.1 } }

    /// Makes them known.
    func set(first: String, second: String) { addresses.withLock { $0 = (first, second) } }
}
