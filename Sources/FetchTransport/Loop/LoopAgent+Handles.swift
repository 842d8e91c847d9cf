import FetchHTTP

/// The handles of a loop: made, reused and freed.
extension LoopAgent {
    func idleTransfer(for url: FetchURL) -> Transfer? {
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
    func dropIdleConnections() {
        guard mayHaveIdleConnections else { return }
        mayHaveIdleConnections = false
        for shard in 0..<shards.count { shards.replace(shard, makeMultiHandle) }
    }

    func makeMultiHandle(index: UInt8, maxConnections: Int) -> MultiHandle? {
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

    func makeIdle(_ transfer: Transfer) {
        idle[transfer.shard].append(transfer)
        if let bandwidth { leave(transfer, bandwidth) }
    }

    /// Ends the wait of a transfer for its turn.
    private func leave(_ transfer: Transfer, _ bandwidth: Bandwidth) {
        let (unused, time) = transfer.turn.end()
        if unused > 0 { bandwidth.giveBack(unused) }
        if let time { turns.remove(at: time) { $0 === transfer } }
    }

    /// Passes on what transfers have said.
    func passTrace() {
        guard !traced.isEmpty else { return }
        options.trace?.receive(traced)
        traced.removeAll(keepingCapacity: true)
    }

    /// Frees everything; returns why the cookies could not be written.
    func free() -> FetchError? {
        bodyWriter?.shutdown()
        for transfer in transfers { transfer.easy.free() }
        ownFields.free()
        let failure = share?.free()
        shards.free()
        // A closed connection names the transfer that opened it, so transfers are freed last.
        transfers.removeAll()
        passTrace()
        poller.close()
        return failure
    }
}
