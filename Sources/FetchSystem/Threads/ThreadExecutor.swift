import Synchronization

/// A thread that runs tasks which prefer it, one after the other, for work that may block, such as writing to a pipe.
///
/// Waking a task of the global pool from a thread outside the pool leaves 128 bytes in libdispatch's caches each time:
/// 14 MB for a million requests. Waking a task here leaves nothing.
///
/// The thread starts with the first task, or is the caller's own thread in ``run()``. ``shutdown()`` ends it and must
/// be called.
package final class ThreadExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isSleeping = false
        var stops = false
        var isClosed = false
        /// The thread to join; 0 before it runs.
        var thread: UInt = 0
    }

    private let state = Mutex(State())
    private let waker: Waker
    private let startsThread: Bool
    private let late = LateJobs()

    /// Makes an executor.
    ///
    /// - Parameter startsThread: Whether it starts its own thread. If not, tasks wait until ``run()`` is called.
    /// - Throws: ``SystemFailure`` when the system has no descriptor left.
    package init(startsThread: Bool = true) throws(SystemFailure) {
        self.startsThread = startsThread
        waker = try Waker()
    }

    /// Adds a job of a task that prefers this executor.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            if startsThread, state.thread == 0 {
                state.thread = NativeThread.start { [self] in run() }
                guard state.thread != 0 else { return false }
            }
            state.jobs.append(job)
            if state.isSleeping {
                state.isSleeping = false
                waker.wake()
            }
            return true
        }
        // A job must run somewhere, also that of a task that outlives the thread, or has none.
        if !isTaken { late.run(job, on: self) }
    }

    /// Starts the thread, if it does not run.
    ///
    /// - Returns: False when the system has no thread left.
    package func start() -> Bool {
        state.withLock { state in
            guard startsThread, !state.isClosed else { return false }
            if state.thread == 0 { state.thread = NativeThread.start { [self] in run() } }
            return state.thread != 0
        }
    }

    /// Ends the thread once it has no work left, and joins it if it is its own. The second call does nothing.
    package func shutdown() {
        let thread = state.withLock { state -> UInt in
            guard !state.stops else { return 0 }
            state.stops = true
            if state.isSleeping {
                state.isSleeping = false
                waker.wake()
            }
            if startsThread, state.thread == 0 {
                state.isClosed = true
                waker.close()
            }
            return state.thread
        }
        // A thread cannot wait for itself: it ends once the job that called this does.
        if thread == NativeThread.current {
            NativeThread.detach(thread)
        } else if thread != 0 {
            NativeThread.join(thread)
        }
    }

    /// Runs tasks on the calling thread until ``shutdown()``. It is called once, if the executor starts no thread of
    /// its own.
    package func run() {
        enum Turn { case jobs([UnownedJob]), sleep, end }
        while true {
            let turn = state.withLock { state -> Turn in
                if !state.jobs.isEmpty {
                    defer { state.jobs = [] }
                    return .jobs(state.jobs)
                }
                if state.stops {
                    state.isClosed = true
                    return .end
                }
                state.isSleeping = true
                return .sleep
            }
            switch turn {
            case .jobs(let jobs): for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            case .sleep: waker.waitUntilWoken()
            case .end: return waker.close()
            }
        }
    }
}
