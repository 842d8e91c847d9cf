import FetchScheduling
import TestSupport
import Testing

/// The signal that ends a run.
@Suite(.timeLimit(.minutes(20))) struct StopSignalTests {
    @Test func letsTheFirstReasonStand() {
        let signal = StopSignal()
        #expect(signal.reason == nil)
        signal.stop(.deadline)
        signal.stop(.interrupted)
        #expect(signal.reason == .deadline)
    }

    @Test func endsTheWaitOfAll() async {
        let signal = StopSignal()
        let gate = AsyncGate()
        gate.open()
        let tasks = (0..<10).map { _ in
            Task {
                await gate.wait()
                await signal.wait()
                return signal.reason
            }
        }
        await gate.waitForArrivals(10)
        signal.stop(.interrupted)
        for task in tasks { #expect(await task.value == .interrupted) }
    }

    @Test func doesNotWaitOnceItIsRaised() async {
        let signal = StopSignal()
        signal.stop(.outputClosed)
        await signal.wait()
        await signal.wait()
        #expect(signal.reason == .outputClosed)
    }

    @Test func endsTheWaitOfATaskThatIsCancelled() async {
        let signal = StopSignal()
        let gate = AsyncGate()
        gate.open()
        let task = Task {
            await gate.wait()
            await signal.wait()
        }
        await gate.waitForArrivals(1)
        task.cancel()
        await task.value
        #expect(signal.reason == nil)
    }

    @Test func doesNotWaitInATaskThatWasCancelledBefore() async {
        let signal = StopSignal()
        let gate = AsyncGate()
        let task = Task {
            await gate.wait()
            await signal.wait()
        }
        task.cancel()
        gate.open()
        await task.value
        #expect(signal.reason == nil)
    }

    @Test func survivesCancellationAndStopAtOneTime() async {
        for _ in 0..<300 {
            let signal = StopSignal()
            let task = Task { await signal.wait() }
            async let cancelled: Void = Task { task.cancel() }.value
            async let stopped: Void = Task { signal.stop(.interrupted) }.value
            _ = await (cancelled, stopped)
            await task.value
        }
    }

    @Test func sleepsForATime() async {
        let signal = StopSignal()
        let time = ManualTime()
        let task = Task { await signal.sleep(for: .seconds(5), on: time) }
        await time.waitUntilSleeping { $0 == [.seconds(5)] }
        time.advance(by: .seconds(5))
        await task.value
        #expect(time.sleeping == [])
    }

    @Test func sleepsNotAtAllForNoTime() async {
        let time = ManualTime()
        await StopSignal().sleep(for: .zero, on: time)
        await StopSignal().sleep(for: .seconds(-1), on: time)
        #expect(time.asked == [])
    }

    @Test func wakesFromASleepWhenItIsRaised() async {
        let signal = StopSignal()
        let time = ManualTime()
        let task = Task { await signal.sleep(for: .seconds(3600), on: time) }
        await time.waitUntilSleeping { !$0.isEmpty }
        signal.stop(.deadline)
        await task.value
        #expect(time.sleeping == [])
    }
}
