import Synchronization

/// Runs jobs of tasks that outlive the thread of their executor, where they are woken.
///
/// A job that wakes another does not call it: each task of a hundred thousand that hand on a permit would be one call
/// deeper than the one before. The woken job waits until the first has returned.
package final class LateJobs: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Runs a job, or leaves it to the call that is running another one.
    package func run(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { return }
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isRunning = !state.jobs.isEmpty
                return state.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs { job.runSynchronously(on: executor) }
        }
    }
}
