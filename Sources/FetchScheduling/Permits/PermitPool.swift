import FetchHTTP
import FetchSystem
import DequeModule
import Synchronization

/// The pool that lends permits to any thread: it passes events to its state, and decisions to the waiters.
final class PermitPool: Sendable {
    /// A waiter: a task, or an input of a ``FastPath``.
    enum Waiter: Sendable {
        case task(PermitWaiter)
        case entry(FastPath.Entry)
    }

    /// A decision and its receiver. It is recorded under the lock and delivered after it, because the receiver may call
    /// back immediately.
    private enum Delivery {
        case task(UnsafeContinuation<PermitWaiter.Result, Never>, PermitState<Waiter>.Decision)
        case entry(FastPath.Entry, PermitState<Waiter>.Decision)
    }

    /// The deliveries; most events have none or one, which costs no allocation.
    private struct Deliveries {
        var first: Delivery?
        var others: [Delivery] = []
        /// Called when all of them are delivered.
        var whenStarving: (@Sendable () -> Void)?

        mutating func add(_ waiter: Waiter, _ decision: PermitState<Waiter>.Decision) -> Bool {
            switch waiter {
            case .entry(let entry): add(.entry(entry, decision))
            case .task(let waiter):
                guard let continuation = waiter.take() else { return false }
                add(.task(continuation, decision))
            }
            return true
        }

        private mutating func add(_ delivery: consuming Delivery) {
            if first == nil { first = delivery } else { others.append(delivery) }
        }
    }

    private struct State {
        var permits: PermitState<Waiter>
        /// The time of the next wake-up, and the task that waits for it if the loop does not.
        var timer: (due: Duration, task: Task<Void, Never>?)?
        var whenStarving: (@Sendable () -> Void)?
        var whenShort: (@Sendable (FetchError) -> Void)?
    }

    private let state: Mutex<State>
    private let waitingCount = Atomic<Int>(0)
    private let time: any TimeSource
    private let executor: (any TaskExecutor)?
    private let after: Alarm

    /// Runs an action after a delay; returns false if it cannot.
    typealias Alarm = @Sendable (Duration, @escaping @Sendable () -> Void) -> Bool

    init(
        _ limits: PermitLimits, time: any TimeSource, executor: (any TaskExecutor)?,
        after: @escaping Alarm = { _, _ in false }
    ) {
        state = Mutex(State(permits: PermitState(limits: limits)))
        self.time = time
        self.executor = executor
        self.after = after
    }

    /// The number of lent permits.
    var used: Int { state.withLock { $0.permits.used } }
    /// The number of waiting tasks.
    var waitingTasks: Int { waitingCount.load(ordering: .relaxed) }
    /// Whether permits are idle although a waiter exists, so that more inputs would help.
    var isStarving: Bool { state.withLock { $0.permits.isStarving } }
    /// Forgets that an authority cannot be reached, or asked to wait, if nothing waits for it.
    func resetPace(of key: String) { state.withLock { $0.permits.resetPace(of: key) } }
    /// The remaining pause of a key; nil for none.
    func rest(of key: String) -> Duration? { state.withLock { $0.permits.rest(of: key, at: time.now()) } }
    /// The paused authorities that inputs wait for.
    var resting: [(key: String, rest: Duration)] { state.withLock { $0.permits.resting(at: time.now()) } }

    // MARK: Tasks

    /// Waits for a permit.
    ///
    /// - Parameters:
    ///   - key: The key of the permit.
    ///   - isFirst: Whether to go before all other waiters of the key.
    func permit(for key: String, isFirst: Bool = false) async -> PermitWaiter.Result {
        if Task.isCancelled { return .cancelled }
        let waiter = PermitWaiter()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waitingCount.add(1, ordering: .relaxed)
                let result = change { permits, now, _ -> PermitWaiter.Result? in
                    switch permits.request(.task(waiter), for: key, at: now, isFirst: isFirst) {
                    case .granted(let permit): return .granted(permit)
                    case .refused(let error): return .refused(error)
                    case .closed: return .cancelled
                    case .waiting:
                        // Under the lock, so that no decision can be made before the waiter exists.
                        waiter.wait(with: continuation)
                        return nil
                    }
                }
                // A cancellation before the wait had no waiter to resume.
                if let result { resume(continuation, result) } else if Task.isCancelled { cancel(waiter) }
            }
        } onCancel: {
            cancel(waiter)
        }
    }

    private func cancel(_ waiter: PermitWaiter) {
        if let continuation = waiter.take() { resume(continuation, .cancelled) }
    }

    private func resume(_ continuation: UnsafeContinuation<PermitWaiter.Result, Never>, _ result: PermitWaiter.Result) {
        waitingCount.subtract(1, ordering: .relaxed)
        continuation.resume(returning: result)
    }

    /// Returns a permit of a key.
    func giveBack(for key: String) {
        change { permits, now, deliver in
            guard let slot = permits.slot(ofHolder: key) else { preconditionFailure("a permit was given back twice") }
            permits.release(Permit(slot: slot, start: now), at: now, deliver)
        }
    }

    // MARK: Everybody

    /// Asks for a permit for an input, which receives the decision immediately or later.
    func enter(_ entry: FastPath.Entry) {
        let verdict = change { permits, now, _ in permits.request(.entry(entry), for: entry.key, at: now) }
        switch verdict {
        case .granted(let permit):
            if let signal = entry.fastPath.start(entry, permit) { giveBack(permit, signal) }
        case .refused(let error): entry.fastPath.refuse(entry, error)
        case .closed: entry.fastPath.refuse(entry, nil)
        case .waiting: break
        }
    }

    /// Returns a permit, with the signal about its authority, and the loop that sent the request, if there are several.
    func giveBack(_ permit: Permit, _ signal: AuthorityPace.Signal, on loop: Int? = nil, challenges: Int = 0) {
        change { permits, now, deliver in
            permits.release(permit, signal, on: loop, challenges: challenges, at: now, deliver)
        }
    }

    /// Records whether more inputs are expected soon.
    func expectInput(for duration: Duration?, isAtHand: Bool = false, grace: Duration = .zero) {
        change { permits, now, deliver in
            permits.expectInput(
                until: duration.map { now + $0 }, isAtHand: isAtHand, grace: grace, at: now, deliver)
        }
    }

    /// Calls the action, on any thread, whenever permits are idle although a waiter exists.
    func whenStarving(_ action: (@Sendable () -> Void)?) { state.withLock { $0.whenStarving = action } }

    /// Calls the action, on any thread, when this machine has no room for a connection; once.
    func whenShort(_ action: @escaping @Sendable (FetchError) -> Void) { state.withLock { $0.whenShort = action } }

    /// Reports that this machine had no room for a connection.
    func reportShortage(_ error: FetchError) {
        state.withLock { state in
            defer { state.whenShort = nil }
            return state.whenShort
        }?(error)
    }

    /// Whether this machine has had no room for any connection for so long that waiting is of no use.
    func isHopeless(after bound: Duration) -> Bool {
        state.withLock { $0.permits.isHopeless(at: time.now(), after: bound) }
    }

    /// Whether waiters exist and nothing will ever happen (``PermitState/isAtStandstill``).
    var isAtStandstill: Bool { state.withLock { $0.permits.isAtStandstill } }

    /// Refuses all waiters if nothing will ever happen, so that a fault of this program is reported and does not hang.
    func endStandstill() {
        change { permits, _, deliver in
            guard permits.isAtStandstill else { return }
            let message = "nothing is in flight and nothing will be: a fault of fetchall, please report it"
            permits.refuseAll(FetchError(.io, message), deliver)
        }
    }

    /// Lends no more permits.
    func close() {
        let (waiters, timer) = state.withLock { state in
            defer { state.timer = nil }
            return (state.permits.close(), state.timer)
        }
        timer?.task?.cancel()
        for waiter in waiters {
            switch waiter {
            case .task(let waiter): cancel(waiter)
            case .entry(let entry): entry.fastPath.refuse(entry, nil)
            }
        }
    }

    // MARK: The lock

    /// Makes a change, arms the timer, and delivers the decisions.
    private func change<Result>(
        _ body: (inout PermitState<Waiter>, Duration, PermitState<Waiter>.Deliver) -> Result
    ) -> Result {
        let (result, deliveries) = decide(body)
        carryOut(deliveries)
        return result
    }

    /// Makes a change and arms the timer; the decisions are still to be delivered.
    private func decide<Result>(
        _ body: (inout PermitState<Waiter>, Duration, PermitState<Waiter>.Deliver) -> Result
    ) -> (Result, Deliveries) {
        let now = time.now()
        var deliveries = Deliveries()
        let (result, whenStarving) = state.withLock { state in
            let result = body(&state.permits, now) { deliveries.add($0, $1) }
            arm(&state, now)
            return (result, state.permits.isStarving ? state.whenStarving : nil)
        }
        deliveries.whenStarving = whenStarving
        return (result, deliveries)
    }

    /// Delivers the decisions. A permit that is returned immediately, because its request could not start, goes to the
    /// next waiter from here, not from inside the start.
    private func carryOut(_ deliveries: consuming Deliveries) {
        var rounds: Deque<Deliveries>?
        var deliveries = deliveries
        while true {
            if let first = deliveries.first.take() { carryOut(first, &rounds) }
            for delivery in deliveries.others { carryOut(delivery, &rounds) }
            deliveries.whenStarving?()
            guard let next = rounds?.popFirst() else { return }
            deliveries = next
        }
    }

    private func carryOut(_ delivery: Delivery, _ rounds: inout Deque<Deliveries>?) {
        switch delivery {
        case .task(let continuation, .granted(let permit)): resume(continuation, .granted(permit))
        case .task(let continuation, .refused(let error)): resume(continuation, .refused(error))
        case .entry(let entry, .granted(let permit)):
            guard let signal = entry.fastPath.start(entry, permit) else { return }
            let (_, deliveries) = decide { permits, now, deliver in
                permits.release(permit, signal, on: nil, at: now, deliver)
            }
            rounds = rounds ?? []
            rounds?.append(deliveries)
        case .entry(let entry, .refused(let error)): entry.fastPath.refuse(entry, error)
        }
    }

    /// Arms a timer for the next wake-up: on the loop, or an unstructured task, which ends at its time or when the pool
    /// is closed. An extra wake-up does no harm.
    private func arm(_ state: inout State, _ now: Duration) {
        guard let due = state.permits.nextWake, !state.permits.isClosed else { return }
        if let timer = state.timer {
            if timer.due <= due { return }
            timer.task?.cancel()
        }
        if after(max(due - now, .zero), { [weak self] in self?.wake(due) }) {
            state.timer = (due, nil)
            return
        }
        let task = Task(executorPreference: executor) { [weak self, time] in
            guard (try? await time.sleep(for: max(due - now, .zero))) != nil else { return }
            self?.wake(due)
        }
        state.timer = (due, task)
    }

    private func wake(_ due: Duration) {
        state.withLock { state in
            if state.timer?.due == due { state.timer = nil }
        }
        change { permits, now, deliver in permits.advance(to: max(now, due), deliver) }
    }
}
