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
    private var poller: Poller
    /// Counts the loop's transfers, for callers that choose a loop.
    private let load: TransferLoop.Load
    private var interest = SocketInterest()
    private var shards: ShardSet<MultiHandle>
    private var idle: [[Transfer]] = []
    /// Selects the multi handle of a request, so that the connection that was used last is used next.
    private var origins = OriginTable<KnownOrigin>()
    private var transfers: [Transfer] = []
    private var state = LoopState<Transfer>()
    private var jobs: [UnownedJob] = []
    private var deferred: [@Sendable () -> Void] = []
    private var alarms = AlarmList()
    /// The limits of bandwidth, and the transfers that wait because of them.
    let bandwidth: Bandwidth?
    private var turns = TurnQueue<Transfer>()
    private let options: NetworkOptions
    private let refillsOnceATurn: Bool
    private let share: CurlShare?
    private var bodyWriter: BodyWriter?
    /// Counts the bytes of bodies for a display; nil without one.
    let meter: LoopMeter?
    /// Whether a transfer has ended well since the idle connections were closed.
    private var mayHaveIdleConnections = false
    /// The program's own headers, in one list for all handles.
    private let ownFields: StringList
    /// Sockets that libcurl opened through us; those of its resolver are opened and closed without a callback.
    private var isConnection: [Bool] = []
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
            // Before anything learns that transfers have ended.
            meter?.publish()
            runJobs(on: executor)
            runDeferred()
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
        transfer.prepare(request, sink: sink, limits: limits)
        if shards.isWorn(transfer.shard) { shards.replace(transfer.shard, makeMultiHandle) }
        let multi = shards.current[transfer.shard]
        transfer.multi = multi.index
        guard multi.add(transfer) else {
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

    // MARK: Handles

    private func idleTransfer(for url: FetchURL) -> Transfer? {
        let origin = known(url)
        origin.isShared = options.mayShareConnections(to: url)
        // Streams of one HTTP/2 connection must be in one multi handle.
        let shard = origin.isShared ? Int(origin.number % UInt(shards.count)) : origin.take() ?? shardForNewConnection
        guard let transfer = idleTransfer(in: shard) else { return nil }
        if transfer.origin !== origin { transfer.origin = origin }
        return transfer
    }

    /// The multi handle with the most idle easy handles, so that no other has to be made.
    private var shardForNewConnection: Int {
        var best = transfers.count % shards.count
        for shard in idle.indices where idle[shard].count > idle[best].count { best = shard }
        return best
    }

    /// Closes all idle connections at the end of the turn.
    private func dropIdleConnections() {
        guard mayHaveIdleConnections else { return }
        mayHaveIdleConnections = false
        for shard in 0..<shards.count { shards.replace(shard, makeMultiHandle) }
    }

    private func makeMultiHandle(index: UInt8, maxConnections: Int) -> MultiHandle? {
        MultiHandle(
            index: index, agent: self, maxConnections: maxConnections,
            streamsPerConnection: ShardPlan.streamsPerConnection)
    }

    /// Whether a connection to the origin of a URL is likely to be idle, or to accept another stream.
    func hasConnection(for url: FetchURL) -> Bool { known(url).mayTakeMore }

    private func known(_ url: FetchURL) -> KnownOrigin {
        origins.value(of: url) { KnownOrigin(number: UInt(bitPattern: $0.hashValue)) }
    }

    private func idleTransfer(in shard: Int) -> Transfer? { idle[shard].popLast() ?? makeTransfer(shard: shard) }

    private func makeTransfer(shard: Int) -> Transfer? {
        guard
            let transfer = Transfer(
                options: options, share: share?.pointer, ownFields: ownFields, shard: shard, agent: self)
        else { return nil }
        transfers.append(transfer)
        return transfer
    }

    /// The writer of large bodies, made for the first of them; nil if the system has no thread for it, and if another
    /// loop receives while this one writes.
    func writerOfBodies() -> BodyWriter? {
        if bodyWriter == nil, options.loops == 1 { bodyWriter = BodyWriter() }
        return bodyWriter
    }

    private func makeIdle(_ transfer: Transfer) {
        idle[transfer.shard].append(transfer)
        if let bandwidth { leave(transfer, bandwidth) }
    }

    /// Ends the wait of a transfer for its turn.
    private func leave(_ transfer: Transfer, _ bandwidth: Bandwidth) {
        let (unused, time) = transfer.turn.end()
        if unused > 0 { bandwidth.giveBack(unused) }
        if let time { turns.remove(at: time) { $0 === transfer } }
    }

    /// Frees everything; returns why the cookies could not be written.
    private func free() -> FetchError? {
        bodyWriter?.shutdown()
        for transfer in transfers { transfer.easy.free() }
        ownFields.free()
        let failure = share?.free()
        shards.free()
        // A closed connection names the transfer that opened it, so transfers are freed last.
        transfers.removeAll()
        poller.close()
        return failure
    }

    // MARK: Called back by libcurl

    func socketChanged(_ socket: Int32, what: Int32, shard: UInt8) {
        switch what {
        case CURL_POLL_IN: interest.want(.readable, of: socket, for: shard)
        case CURL_POLL_OUT: interest.want(.writable, of: socket, for: shard)
        case CURL_POLL_INOUT: interest.want([.readable, .writable], of: socket, for: shard)
        case CURL_POLL_REMOVE where Int(socket) < isConnection.count && isConnection[Int(socket)]:
            interest.want([], of: socket, for: shard)
        case CURL_POLL_REMOVE:
            if interest.drop(socket) { poller.remove(socket) }
        default: break
        }
    }

    /// Records that a transfer waits for its turn.
    func waits(_ transfer: Transfer, until time: UInt64) { turns.add(transfer, at: time) }

    /// Counts a connection that a multi handle is making.
    func connects(in multi: UInt8) { shards[multi]?.connects() }

    /// Records that a socket was opened for a connection.
    func opened(_ socket: Int32) {
        if Int(socket) >= isConnection.count {
            isConnection.append(contentsOf: repeatElement(false, count: Int(socket) * 2 + 64))
        }
        isConnection[Int(socket)] = true
        interest.reset(socket)
    }

    /// Records that the socket of a connection is about to be closed.
    func closing(_ socket: Int32) {
        if Int(socket) < isConnection.count { isConnection[Int(socket)] = false }
        connections.closed(socket)
        interest.reset(socket)
    }
}
