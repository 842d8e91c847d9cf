/// Runs the operation for at most so long.
///
/// ```swift
/// do {
///     page = try await withTimeout(.seconds(5)) { try await fetcher.fetch(url) }
/// } catch let error as FetchError where error.kind == .timedOut {
///     page = nil
/// }
/// ```
///
/// When the time is over, the operation's task is cancelled, and this function returns once it has ended: everything of
/// this library ends at once then, and an operation that does not react to cancellation holds it up.
///
/// - Parameters:
///   - duration: How long the operation may take.
///   - time: The clocks.
///   - operation: What to run, in a child task.
/// - Returns: What the operation returns.
/// - Throws: ``FetchError`` of kind `timed-out` when the time was over first; what the operation throws.
public func withTimeout<Result: Sendable>(
    _ duration: Duration, time: any TimeSource = SystemTime(),
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await time.sleep(for: duration)
            return nil
        }
        defer { group.cancelAll() }
        // Of an error, the first that comes: the operation's, or the cancellation of both.
        guard let first = try await group.next(), let result = first else {
            throw FetchError(.timedOut, "no result within \(duration.formatted)", curlCode: .operationTimedOut)
        }
        return result
    }
}
