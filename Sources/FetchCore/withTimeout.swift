import FetchHTTP
public import FetchSystem

/// Runs the operation with a time limit.
///
/// ```swift
/// do {
///     page = try await withTimeout(.seconds(5)) { try await fetcher.fetch(url) }
/// } catch let error as FetchError where error.kind == .timedOut {
///     page = nil
/// }
/// ```
///
/// When the time is over, the operation's task is cancelled, and this function returns once it has ended. Everything in
/// this library ends immediately then; an operation that does not react to cancellation delays the return.
///
/// - Parameters:
///   - duration: The maximum time of the operation.
///   - time: The clocks.
///   - operation: The operation, which runs in a child task.
/// - Returns: What the operation returns.
/// - Throws: ``FetchError`` of kind `timed-out` when the time is over first; the operation's error.
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
        // Of two errors the first one counts: the operation's, or the cancellation of both.
        guard let first = try await group.next(), let result = first else {
            throw FetchError(.timedOut, "no result within \(duration.formatted)", curlCode: .operationTimedOut)
        }
        return result
    }
}
