package import FetchHTTP
import FetchSystem
import Synchronization

/// The thread that owns libcurl, as seen from outside: it takes messages and returns results.
///
/// It is also a `TaskExecutor`: a task that prefers it runs between two turns of the loop, so that a small request
/// takes no thread hop. Such a task must not block.
///
/// ``shutdown()`` ends it and must be called; nothing happens in `deinit`.
package final class TransferLoop: TaskExecutor {
    private let inbox: LoopInbox
    private let nextID = Atomic<UInt64>(0)
    private let late = LateJobs()
    /// The number of transfers that it has or is about to get.
    let load = Load()
    /// The loop's thread while it runs; 0 before and after.
    private let runningThread = Atomic<UInt>(0)
    /// The thread to join; 0 once it was joined.
    private let joinableThread = Atomic<UInt>(0)
    /// Why the cookies could not be written when the thread ended.
    private let closing = Mutex<FetchError?>(nil)
    /// Used only on the loop's thread: every access checks ``isOnThread``, and the thread that starts the loop makes it
    /// before that thread exists.
    nonisolated(unsafe) private let agent: LoopAgent

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - options: The options for connections.
    ///   - meter: Counts the bytes of bodies for a display; nil without one.
    ///   - bandwidth: The limits of bandwidth that it shares with another loop; nil for its own.
    /// - Throws: ``FetchError`` of kind `io` when the system has no descriptors, memory or threads left.
    package init(
        options: NetworkOptions = NetworkOptions(), meter: TransferMeter? = nil, bandwidth: Bandwidth? = nil
    ) throws(FetchError) {
        guard CurlLibrary.start() else {
            throw FetchError(.io, "libcurl cannot start")
        }
        let poller = try Poller()
        inbox = LoopInbox(waker: poller.waker)
        agent = try LoopAgent(
            options: options, poller: poller, load: load, meter: meter, bandwidth: bandwidth ?? Bandwidth(options))
        let thread = NativeThread.start { [self] in
            runningThread.store(NativeThread.current, ordering: .releasing)
            let failure = agent.run(inbox: inbox, executor: self)
            closing.withLock { $0 = failure }
            runningThread.store(0, ordering: .releasing)
        }
        guard thread != 0 else { throw FetchError(.io, "cannot start a thread") }
        joinableThread.store(thread, ordering: .releasing)
    }

    /// Ends the thread: transfers in flight end as `cancelled`, connections are closed. Returns when it is done; the
    /// second call does nothing. It must not be called from the loop itself.
    package func shutdown() {
        precondition(!isOnThread, "the loop cannot wait for itself")
        inbox.stop()
        let thread = joinableThread.exchange(0, ordering: .acquiringAndReleasing)
        if thread != 0 { NativeThread.join(thread) }
    }

    /// Why the cookies could not be written by ``shutdown()``; nil if they were.
    package var closingFailure: FetchError? { closing.withLock { $0 } }

    /// Sends one request and waits for its end.
    func perform(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        let cancellation = makeCancellationHandle()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let refusal = start(request, into: sink, limits: limits, cancellation: cancellation) {
                    continuation.resume(returning: $0)
                }
                if let refusal { continuation.resume(returning: TransferResult(error: refusal)) }
            }
        } onCancel: {
            cancel(cancellation)
        }
    }

    /// Identifies a transfer before its start.
    func makeCancellationHandle() -> CancellationHandle {
        CancellationHandle(TransferID(rawValue: nextID.add(1, ordering: .relaxed).newValue))
    }

    /// Starts a request; the closure is called once with the result, on the loop's thread, and not before this returns.
    ///
    /// - Returns: Why the request could not be started; the closure is not called then.
    func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError? {
        load.add()
        if isOnThread {
            return agent.submit(request, into: sink, limits: limits, cancellation: cancellation, completion)
        }
        let order = TransferOrder(
            cancellation: cancellation, request: request, sink: sink, limits: limits, completion: completion)
        if inbox.post(.submit(order)) { return nil }
        load.remove()
        return FetchError(.cancelled, "the loop has ended")
    }

    /// Ends a transfer, before or after its start.
    func cancel(_ cancellation: CancellationHandle) {
        cancellation.cancel()
        _ = post(.cancel(cancellation))
    }

    /// Runs the action on the loop's thread before its next wait.
    func beforeNextWait(_ action: @escaping @Sendable () -> Void) {
        if !post(.beforeWait(action)) { action() }
    }

    /// Runs the action on the loop's thread after a delay, or as soon as the loop ends.
    ///
    /// - Returns: Whether it will; false when the loop has ended.
    func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        // A time beyond the life of any process is as good as infinite, and cannot overflow.
        let wait = UInt64(min(max(0, duration.microseconds), 1 << 50)) * 1000
        return post(.alarm(at: MonotonicClock.nanoseconds() + wait, action))
    }

    /// Adds a job of a task that prefers this executor.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A job must run somewhere, also that of a task that outlives the loop.
        if isOnThread {
            agent.enqueue(job)
        } else if !inbox.post(.job(job)) {
            late.run(job, on: self)
        }
    }

    /// Passes a message to the agent: directly on its own thread, through the inbox from any other.
    private func post(_ message: LoopInbox.Message) -> Bool {
        if isOnThread {
            agent.handle(message)
            return true
        }
        return inbox.post(message)
    }

    /// The number of transfers that a loop has or is about to get, readable by all threads.
    final class Load: Sendable {
        private let count = Atomic<Int>(0)
        /// The number, which may have changed already.
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
        func remove() { count.subtract(1, ordering: .relaxed) }
    }

    /// Whether a connection to the origin of a URL is likely to accept a request; unknown on any other thread than the
    /// loop's.
    func hasConnection(for url: FetchURL) -> Bool { isOnThread && agent.hasConnection(for: url) }

    /// Whether the caller is the loop's own thread.
    var isOnThread: Bool {
        runningThread.load(ordering: .relaxed) == NativeThread.current
    }
}
