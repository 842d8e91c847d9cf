/// Lends a bounded number of permits to tasks: at most `permits` at once in all, and at most `permitsPerKey` for each
/// key. Waiting tasks are served first come, first served within a key, and keys take turns.
///
/// ```swift
/// let semaphore = AsyncSemaphore(permits: 10)
/// let answer = try await semaphore.withPermit { try await fetch(url) }
/// ```
public actor AsyncSemaphore {
    private var state: PermitState
    private var continuations: [PermitState.ID: UnsafeContinuation<Bool, Never>] = [:]
    private var nextID: PermitState.ID = 0

    /// Makes a semaphore.
    ///
    /// - Parameters:
    ///   - permits: How many tasks may hold a permit at once; at least 1.
    ///   - permitsPerKey: How many of them for the same key; at least 1, by default no bound of its own.
    public init(permits: Int, permitsPerKey: Int? = nil) {
        state = PermitState(limit: permits, limitPerKey: permitsPerKey ?? permits)
    }

    /// How many permits are lent now.
    public var used: Int { state.used }
    /// How many tasks wait now.
    public var waiting: Int { state.waitingCount }

    /// Waits for a permit. Whoever gets one gives it back with ``release(for:)``.
    ///
    /// - Parameter key: What the permit is for.
    /// - Throws: `CancellationError` when the task is cancelled, or the semaphore closed, before there is one.
    public func acquire(for key: String = "") async throws {
        let id = nextID
        nextID += 1
        if Task.isCancelled { throw CancellationError() }
        switch state.request(id, for: key) {
        case .granted: return
        case .closed: throw CancellationError()
        case .waiting: break
        }
        // The actor is not left between the request and the closure below, so no release can come too early.
        let isGranted = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuations[id] = $0 }
        } onCancel: {
            Task { await self.cancel(id) }
        }
        if !isGranted { throw CancellationError() }
    }

    /// Gives a permit back, to the next in line if somebody waits.
    public func release(for key: String = "") {
        for id in state.release(for: key) { continuations.removeValue(forKey: id)?.resume(returning: true) }
    }

    /// Lends no more permits: everybody who waits, and everybody who asks from now on, gets `CancellationError`.
    public func close() {
        for id in state.close() { continuations.removeValue(forKey: id)?.resume(returning: false) }
    }

    /// Runs the body while holding a permit.
    ///
    /// - Parameters:
    ///   - key: What the permit is for.
    ///   - body: What to do with it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or `CancellationError` while waiting.
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

    private func cancel(_ id: PermitState.ID) {
        guard state.cancel(id) else { return }
        continuations.removeValue(forKey: id)?.resume(returning: false)
    }
}
