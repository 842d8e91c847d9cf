/// Runs the operation until it succeeds, at most so many times.
///
/// ```swift
/// let rates = try await withRetry(maxAttempts: 3, delay: .seconds(1)) { try await loadRates() }
/// ```
///
/// Before the n-th retry it waits between half and all of `delay` × 2^(n-1), at most 30 s: the random part keeps clients
/// that failed together from coming back together. Where the error says how long the server asked to wait
/// (``FetchError/retryAfter``), it waits no less than that. Cancelling the task ends the wait at once.
///
/// ``Fetcher`` has its own retries, which know which statuses and errors are worth one (``RetryPolicy``); this is for
/// everything else.
///
/// - Parameters:
///   - maxAttempts: How often the operation runs at most; at least 1.
///   - delay: The first wait's upper bound.
///   - time: The clocks.
///   - isWorthRetry: Asked with each error whether another attempt makes sense; by default always, but not after a
///     cancellation.
///   - operation: What to run.
/// - Returns: What the first attempt that succeeds returns.
/// - Throws: What the last attempt threw; `CancellationError` when the task is cancelled while it waits.
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

/// Whether the error says that nobody wants the result any more.
private func isCancellation(_ error: any Error) -> Bool {
    if let error = error as? FetchError { return error.kind == .cancelled || error.kind == .deadline }
    return error is CancellationError
}
