import FetchSystem
import Synchronization

/// Lends a bounded number of permits to tasks: at most `permits` in all, and at most `permitsPerKey` for each key.
/// Waiting tasks of one key are served in the order of arrival; the key with the fewest permits is next, and keys with
/// equally many take turns.
///
/// ```swift
/// let semaphore = AsyncSemaphore(permits: 10)
/// let answer = try await semaphore.withPermit { try await fetch(url) }
/// ```
public actor AsyncSemaphore {
    /// Permits are also lent on the transfer loop's thread, to transfers without a task, and that thread cannot wait
    /// for an actor. So the state is behind a lock that is held for a few hundred instructions, and the actor is its
    /// shell.
    nonisolated let pool: PermitPool

    /// Makes a semaphore.
    ///
    /// - Parameters:
    ///   - permits: The maximum number of tasks that hold a permit; at least 1.
    ///   - permitsPerKey: The maximum of them for the same key; at least 1, by default no limit of its own.
    public init(permits: Int, permitsPerKey: Int? = nil) {
        pool = PermitPool(PermitLimits(total: permits, perKey: permitsPerKey), time: SystemTime(), executor: nil)
    }

    /// Makes a semaphore that also keeps rates, and the pace that authorities ask for.
    init(
        _ limits: PermitLimits, time: any TimeSource, executor: (any TaskExecutor)?, after: @escaping PermitPool.Alarm
    ) {
        pool = PermitPool(limits, time: time, executor: executor, after: after)
    }

    /// The number of permits that are lent now.
    public var used: Int { pool.used }
    /// The number of tasks that wait now.
    public var waiting: Int { pool.waitingTasks }

    /// Waits for a permit. The caller returns it with ``release(for:)``.
    ///
    /// - Parameter key: What the permit is for.
    /// - Throws: `CancellationError` when the task is cancelled, or the semaphore closed, before there is a permit.
    public func acquire(for key: String = "") async throws {
        guard case .granted = await pool.permit(for: key) else { throw CancellationError() }
    }

    /// Returns a permit; the next waiter gets it, if there is one.
    public func release(for key: String = "") { pool.giveBack(for: key) }

    /// Lends no more permits: all waiters, and all later callers, get `CancellationError`.
    public func close() { pool.close() }

    /// Runs the body while holding a permit.
    ///
    /// - Parameters:
    ///   - key: What the permit is for.
    ///   - body: The work that needs the permit.
    /// - Returns: What the body returns.
    /// - Throws: The body's error, or `CancellationError` while waiting.
    nonisolated public func withPermit<Result: Sendable>(
        for key: String = "", _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await acquire(for: key)
        do {
            let result = try await body()
            await release(for: key)
            return result
        } catch {
            await release(for: key)
            throw error
        }
    }
}
