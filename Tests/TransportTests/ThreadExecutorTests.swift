import FetchSystem
import Synchronization
import Testing

/// Where tasks run that prefer a thread.
@Suite(.timeLimit(.minutes(20))) struct ThreadExecutorTests {
    /// A thread that runs an executor's tasks, as the main thread of the program does.
    private final class Driver: Sendable {
        let executor: ThreadExecutor
        private let number = Atomic<UInt>(0)
        private let thread = Atomic<UInt>(0)
        private let count = Atomic<Int>(0)
        /// How many tasks said that they have finished.
        var done: Int { count.load(ordering: .acquiring) }
        /// What the executor's thread says of itself; 0 before it runs.
        var current: UInt { number.load(ordering: .acquiring) }

        init() throws { executor = try ThreadExecutor(startsThread: false) }

        func finished() { count.add(1, ordering: .acquiringAndReleasing) }

        func start() {
            let started = NativeThread.start { [self] in
                number.store(NativeThread.current, ordering: .releasing)
                executor.run()
            }
            thread.store(started, ordering: .releasing)
        }

        /// Returns when ``ThreadExecutor/run()`` has.
        func stop() {
            executor.shutdown()
            NativeThread.join(thread.load(ordering: .acquiring))
        }
    }

    @Test func runsTasksOnTheThreadThatCallsRun() async throws {
        let driver = try Driver()
        let early = Task(executorPreference: driver.executor) { NativeThread.current }
        #expect(driver.current == 0)
        driver.start()
        let first = await early.value
        let second = await Task(executorPreference: driver.executor) {
            // A child, and what comes after an await, stay there too.
            async let child = NativeThread.current
            return [await child, NativeThread.current]
        }.value
        #expect(first == driver.current)
        #expect(second == [first, first])
        driver.stop()
    }

    @Test func runReturnsWhenAllThatWasHandedOverIsDone() async throws {
        let driver = try Driver()
        for _ in 0..<100 { Task(executorPreference: driver.executor) { driver.finished() } }
        driver.start()
        driver.stop()
        #expect(driver.done == 100)
    }

    @Test func startsAThreadOfItsOwnWithTheFirstTask() async throws {
        let executor = try ThreadExecutor()
        let threads = await Task(executorPreference: executor) { NativeThread.current }.value
        #expect(threads != NativeThread.current)
        executor.shutdown()
        executor.shutdown()
    }

    @Test func `one that is ended by its own task does not wait for itself`() async throws {
        let executor = try ThreadExecutor()
        await Task(executorPreference: executor) { executor.shutdown() }.value
        #expect(await Task(executorPreference: executor) { 1 }.value == 1)
    }
}
