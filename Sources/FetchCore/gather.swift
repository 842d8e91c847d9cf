import Synchronization

/// Runs the operations concurrently and returns their results in the order of the arguments.
///
/// ```swift
/// let (profile, orders) = try await gather(
///     { try await fetcher.fetch(profileURL) },
///     { try await loadOrders(42) })
/// ```
///
/// It takes as long as the slowest operation. When one throws, the others are cancelled, and its error is thrown once
/// they have ended. An operation whose failure does not matter returns nil instead of throwing.
///
/// - Parameter operation: The operations, each of which runs in a child task.
/// - Returns: A tuple of the results.
/// - Throws: The error of the first operation that fails.
public func gather<each Result: Sendable>(
    _ operation: repeat @escaping @Sendable () async throws -> each Result
) async throws -> (repeat each Result) {
    let slots = (repeat ResultSlot<each Result>())
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (operation, slot) in repeat (each operation, each slots) {
            group.addTask { slot.set(try await operation()) }
        }
        // Not `waitForAll`, which reports a failure only when all have ended.
        for try await _ in group {}
    }
    return (repeat try (each slots).get())
}

/// Runs the operation on all items concurrently, and returns the results in the order of the items.
///
/// ```swift
/// let prices = try await gatherAll(productIDs, maxConcurrent: 5) { id in try await price(of: id) }
/// ```
///
/// - Parameters:
///   - items: The items.
///   - maxConcurrent: The maximum number of concurrent operations; nil for all.
///   - operation: The operation for one item, which runs in a child task.
/// - Returns: The results, one for each item.
/// - Throws: The error of the first operation that fails; the others are cancelled.
public func gatherAll<Item: Sendable, Result: Sendable>(
    _ items: some Sequence<Item>, maxConcurrent: Int? = nil,
    _ operation: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Result?] = []
        for item in items {
            if let maxConcurrent, results.count >= maxConcurrent, let (index, result) = try await group.next() {
                results[index] = result
            }
            let index = results.count
            results.append(nil)
            group.addTask { (index, try await operation(item)) }
        }
        for try await (index, result) in group { results[index] = result }
        return results.compactMap { $0 }
    }
}

/// Where a child task stores its result: a task group has one result type only.
private final class ResultSlot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ result: Value) { value.withLock { $0 = result } }

    func get() throws -> Value {
        guard let result = value.withLock({ $0 }) else { throw CancellationError() }
        return result
    }
}
