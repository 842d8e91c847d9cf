import Synchronization

/// Runs jobs of tasks that outlive the thread of their executor, on a thread of their own.
///
/// Where they are woken they must not run: that may be inside the cancellation of the same task, whose records would be gone
/// when the cancellation goes on, and each task of a hundred thousand that hand on a permit would be one call deeper than
/// the one before. Without a thread they run there all the same, one after the other.
package final class LateJobs: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Runs a job after those that wait already.
    package func run(_ job: UnownedJob, on executor: some TaskExecutor) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst, !BackgroundThread.start({ [self] in runAll(on: executor) }) else { return }
        runAll(on: executor)
    }

    private func runAll(on executor: some TaskExecutor) {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isRunning = !state.jobs.isEmpty
                return state.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
        }
    }
}
