import Synchronization

/// Runs the operations all at once and gives their results in the order of the arguments, whichever ends first.
///
/// ```swift
/// let (profile, orders) = try await gather(
///     { try await fetcher.fetch(profileURL) },
///     { try await loadOrders(42) })
/// ```
///
/// It takes as long as the slowest of them. When one throws, the others are cancelled, and its error is thrown once they
/// have ended; an operation whose failure does not matter returns nil instead.
///
/// - Parameter operation: What to run, each in a child task.
/// - Returns: A tuple of the results.
/// - Throws: What the first operation that fails throws.
public func gather<each Result: Sendable>(
    _ operation: repeat @escaping @Sendable () async throws -> each Result
) async throws -> (repeat each Result) {
    let slots = (repeat ResultSlot<each Result>())
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (operation, slot) in repeat (each operation, each slots) {
            group.addTask { slot.set(try await operation()) }
        }
        // Not `waitForAll`, which tells of a failure only when all have ended.
        for try await _ in group {}
    }
    return (repeat try (each slots).get())
}

/// Runs the operation on all items, many at once, and gives the results in the order of the items.
///
/// ```swift
/// let prices = try await gatherAll(productIDs, maxConcurrent: 5) { id in try await price(of: id) }
/// ```
///
/// - Parameters:
///   - items: What to work on.
///   - maxConcurrent: Most operations at once; nil for all.
///   - operation: What to do with an item, in a child task.
/// - Returns: The results, one for each item.
/// - Throws: What the first operation that fails throws; the others are cancelled then.
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

/// Where a child task leaves its result: a task group knows one type of results only.
private final class ResultSlot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ result: Value) { value.withLock { $0 = result } }

    func get() throws -> Value {
        guard let result = value.withLock({ $0 }) else { throw CancellationError() }
        return result
    }
}
