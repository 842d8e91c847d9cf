import Synchronization

/// A value that several tasks of a test change.
public final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    /// Starts with a value.
    public init(_ value: Value) { mutex = Mutex(value) }

    /// The value now.
    public var value: Value { mutex.withLock { $0 } }

    /// Changes the value; nobody else sees it meanwhile.
    public func update<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
    }
}
