import FetchHTTP
import FetchSystem
import CCurl

/// The loop's thread: it owns libcurl, its sockets and its timers, and runs the jobs of tasks that prefer it.
///
/// One turn: take messages → run jobs → apply interest → wait → for each ready socket: act, collect finished transfers,
/// run the jobs that this enqueued, which start the next requests while everything is still in the processor's caches →
/// timers.
///
/// Not Sendable: everything in here belongs to the one thread that calls ``run(inbox:executor:)``.
final class LoopAgent {
    var poller: Poller
    /// Counts the loop's transfers, for callers that choose a loop.
    private let load: TransferLoop.Load
    var interest = SocketInterest()
    var shards: ShardSet<MultiHandle>
    var idle: [[Transfer]] = []
    /// Selects the multi handle of a request, so that the connection that was used last is used next.
    var origins = OriginTable<KnownOrigin>()
    var transfers: [Transfer] = []
    private var state = LoopState<Transfer>()
    private var jobs: [UnownedJob] = []
    private var deferred: [@Sendable () -> Void] = []
    private var alarms = AlarmList()
    /// The limits of bandwidth, and the transfers that wait because of them.
    let bandwidth: Bandwidth?
    var turns = TurnQueue<Transfer>()
    let options: NetworkOptions
    private let refillsOnceATurn: Bool
    let share: CurlShare?
    var bodyWriter: BodyWriter?
    /// Counts the bytes of bodies for a display; nil without one.
    let meter: LoopMeter?
    /// Whether a transfer has ended well since the idle connections were closed.
    var mayHaveIdleConnections = false
    /// What transfers have said since it was last passed on.
    var traced: [TraceEvent] = []
    /// Whether transfers say what they do.
    let isTraced: Bool
    /// The program's own headers, in one list for all handles.
    let ownFields: StringList
    /// Sockets that libcurl opened through us; those of its resolver are opened and closed without a callback.
    var isConnection: [Bool] = []
    /// The sockets of connections that a request may find unclean.
    var connections = ConnectionPorts()

    init(
        options: NetworkOptions, poller: Poller, load: TransferLoop.Load, meter: TransferMeter? = nil,
        bandwidth: Bandwidth?
    ) throws(FetchError) {
        self.load = load
        self.meter = meter.map { LoopMeter($0) }
        self.bandwidth = bandwidth
        self.options = options
        isTraced = options.trace != nil
        self.poller = poller
        share = options.usesCookies ? CurlShare(options: options) : nil
        let plan = ShardPlan(
            concurrency: (options.concurrency + options.loops - 1) / options.loops,
            idleConnections: options.maxIdleConnections.map { max(1, $0 / options.loops) })
        refillsOnceATurn = plan.refillsOnceATurn
        ownFields = StringList(EasyHandle.ownLines(options))
        shards = ShardSet(plan)
        idle = Array(repeating: [], count: plan.count)
        guard shards.fill(makeMultiHandle) else { throw FetchError(.io, "out of memory") }
    }

    // MARK: Turning

    /// Runs until the inbox says stop and no work is left. Frees libcurl's handles at the end.
    func run(inbox: LoopInbox, executor: TransferLoop) -> FetchError? {
        var messages: [LoopInbox.Message] = []
        var ready: [ReadySocket] = []
        while true {
            let stops = inbox.take(&messages)
            for message in messages { handle(message) }
            messages.removeAll(keepingCapacity: true)
            if stops {
                for transfer in state.shutDown() { end(transfer, TransferResult(error: Self.cancelled)) }
                deferred += alarms.takeDue(now: .max)
            }
            meter?.publish()
            runJobs(on: executor)
            runDeferred()
            if isTraced { passTrace() }
            if stops && jobs.isEmpty && deferred.isEmpty && state.count == 0 && inbox.closeIfEmpty() { break }

            interest.takeChanges { poller.set($0) }
            let timeout = jobs.isEmpty && deferred.isEmpty ? waitingTime() : 0
            // The waker must be armed before the last check: a message that arrives now ends the wait immediately.
            let mayWait = timeout == 0 || inbox.prepareToSleep()
            poller.wait(milliseconds: mayWait ? timeout : 0, into: &ready)
            inbox.awake()
            for event in ready { act(on: event, executor: executor) }
            ready.removeAll(keepingCapacity: true)
            if refillsOnceATurn {
                for shard in shards.all { takeEnded(of: shard) }
                runJobs(on: executor)
            }
            actOnTimers(executor: executor)
            shards.freeReplaced()
        }
        return free()
    }

    private func act(on event: ReadySocket, executor: TransferLoop) {
        guard let owner = interest.owner(of: event.socket), let shard = shards[owner] else {
            poller.remove(event.socket)
            interest.forget(event.socket)
            return
        }
        shard.act(on: event.socket, event.events)
        if !refillsOnceATurn {
            takeEnded(of: shard)
            runJobs(on: executor)
        }
    }

    private func actOnTimers(executor: TransferLoop) {
        let now = MonotonicClock.nanoseconds()
        for (time, transfer) in turns.takeDue(now: now) {
            guard let code = transfer.goOn(at: time) else { continue }
            shards[transfer.multi]?.remove(transfer)
            ended(transfer, code)
        }
        for shard in shards.all where shard.actOnTimer(now: now) { takeEnded(of: shard) }
        for action in alarms.takeDue(now: now) { action() }
        runJobs(on: executor)
    }

    private func waitingTime() -> Int32 {
        var earliest = alarms.earliest
        if let turn = turns.earliest { earliest = min(earliest ?? turn, turn) }
        for shard in shards.all {
            guard let deadline = shard.deadline else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        guard let earliest else { return -1 }
        let now = MonotonicClock.nanoseconds()
        return earliest <= now ? 0 : Int32(min((earliest - now) / 1_000_000 + 1, 1_000_000))
    }

    /// Runs jobs until none is left, including those that they enqueue.
    private func runJobs(on executor: TransferLoop) {
        var position = 0
        while position < jobs.count {
            let job = jobs[position]
            position += 1
            job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
        jobs.removeAll(keepingCapacity: true)
    }

    private func runDeferred() {
        guard !deferred.isEmpty else { return }
        let actions = deferred
        deferred.removeAll(keepingCapacity: true)
        for action in actions { action() }
    }

    // MARK: Messages

    func handle(_ message: LoopInbox.Message) {
        switch message {
        case .job(let job): jobs.append(job)
        case .submit(let order):
            let refusal = submit(
                order.request, into: order.sink, limits: order.limits, cancellation: order.cancellation,
                order.completion)
            guard let refusal else { break }
            var result = TransferResult(error: refusal)
            order.completion(&result)
        case .cancel(let cancellation):
            if let transfer = state.cancel(cancellation.id, at: cancellation.slot) {
                end(transfer, TransferResult(error: Self.cancelled))
            }
        case .beforeWait(let action): deferred.append(action)
        // A wait for a time ends when the loop ends.
        case .alarm(_, let action) where state.isShutDown: deferred.append(action)
        case .alarm(let time, let action): alarms.add(at: time, action)
        }
    }

    /// Adds a job on the loop's own thread.
    func enqueue(_ job: UnownedJob) { jobs.append(job) }

    /// Starts the transfer of a task, unless it is too late. The arguments are not one value, because a copy of a
    /// request counts its references.
    ///
    /// - Returns: Why it was not started; the closure is not called then.
    func submit(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError? {
        guard case .start = state.submit(isCancelled: cancellation.isCancelled) else { return refuse(Self.cancelled) }
        if let failure = options.hostFailure(of: request.url) { return refuse(failure) }
        guard let transfer = idleTransfer(for: request.url) else { return refuse(FetchError(.io, "out of memory")) }
        if let body = request.upload, let failure = transfer.openUpload(body) {
            makeIdle(transfer)
            return refuse(failure)
        }
        transfer.prepare(request, sink: sink, limits: limits)
        if shards.isWorn(transfer.shard) { shards.replace(transfer.shard, makeMultiHandle) }
        let multi = shards.current[transfer.shard]
        transfer.multi = multi.index
        guard multi.add(transfer) else {
            transfer.closeUpload()
            makeIdle(transfer)
            return refuse(FetchError(.io, "libcurl accepts no more transfers"))
        }
        transfer.completion = completion
        transfer.slot = state.started(cancellation.id, in: transfer)
        cancellation.started(at: transfer.slot)
        return nil
    }

    /// Counts a transfer that was not started.
    private func refuse(_ error: FetchError) -> FetchError {
        load.remove()
        return error
    }

    private func takeEnded(of shard: MultiHandle) {
        while let (transfer, code) = shard.nextEnded() {
            if transfer.startsAgain(after: code), shard.add(transfer) { continue }
            ended(transfer, code)
        }
    }

    /// Completes a transfer that was removed from its multi handle.
    private func ended(_ transfer: Transfer, _ code: CurlCode) {
        var result = TransferResult()
        transfer.finish(code, into: &result)
        state.completed(at: transfer.slot)
        // Only idle connections are left that could make room. While others are in flight, they may be reused.
        if result.error?.kind == .localLimit, state.count == 0 { dropIdleConnections() }
        if code.rawValue == 0 {
            mayHaveIdleConnections = true
            if !transfer.origin.isShared { transfer.origin.append(transfer.shard) }
        }
        makeIdle(transfer)
        load.remove()
        transfer.complete(&result)
    }

    /// Ends a transfer that libcurl still has: its socket is closed immediately, whatever the server does.
    private func end(_ transfer: Transfer, _ result: TransferResult) {
        var result = result
        shards[transfer.multi]?.remove(transfer)
        transfer.abandon()
        makeIdle(transfer)
        load.remove()
        transfer.complete(&result)
    }

    private static let cancelled = FetchError(.cancelled, "cancelled")
}
