import FetchHTTP
import FetchScheduling
public import FetchSystem

/// Runs the operation until it succeeds, with a maximum number of attempts.
///
/// ```swift
/// let rates = try await withRetry(maxAttempts: 3, delay: .seconds(1)) { try await loadRates() }
/// ```
///
/// Before the n-th retry it waits between half and all of `delay` × 2^(n-1), at most 30 s; the random part spreads
/// clients that failed together. If the error contains the server's wait (``FetchError/retryAfter``), it waits at least
/// that long. Cancelling the task ends the wait immediately.
///
/// ``Fetcher`` has its own retries, which depend on statuses and errors (``RetryPolicy``); this function is for other
/// operations.
///
/// - Parameters:
///   - maxAttempts: The maximum number of attempts; at least 1.
///   - delay: The upper bound of the first wait.
///   - time: The clocks.
///   - isWorthRetry: Whether another attempt makes sense after an error; by default always, except after a
///     cancellation.
///   - operation: The operation.
/// - Returns: The result of the first successful attempt.
/// - Throws: The error of the last attempt; `CancellationError` when the task is cancelled while it waits.
public func withRetry<Result>(
    maxAttempts: Int = 3, delay: Duration = .seconds(1), time: any TimeSource = SystemTime(),
    while isWorthRetry: (any Error) -> Bool = { _ in true }, _ operation: () async throws -> Result
) async throws -> Result {
    var policy = RetryPolicy()
    policy.delay = delay
    var attempt = 1
    while true {
        do {
            return try await operation()
        } catch {
            guard attempt < maxAttempts, !isCancellation(error), isWorthRetry(error) else { throw error }
            let bound = policy.backoffBound(attempt)
            let wait = bound * Double.random(in: 0.5...1)
            try await time.sleep(for: max(wait, (error as? FetchError)?.retryAfter ?? .zero))
            attempt += 1
        }
    }
}

/// Whether the error is a cancellation.
private func isCancellation(_ error: any Error) -> Bool {
    if let error = error as? FetchError { return error.kind == .cancelled || error.kind == .deadline }
    return error is CancellationError
}
