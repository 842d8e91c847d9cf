import FetchHTTP
import FetchRecords

/// The turns of a crawl's frontier, and its end.
extension CrawlRun {
    /// Output, then links, then completions, then new leases.
    mutating func takeTurn() async throws(OutputFailure) {
        isTurnDue = false
        turn.output = try output.flush()
        let reports = leases.reports()
        turn.reports = reports.map(\.report)
        for origin in leases.spent where said.insert(origin).inserted {
            crawler.watcher.reachedPageLimit(of: origin, options.maxPagesPerOrigin ?? 0)
        }
        leases.spent.removeAll()
        turn.origins = leases.wantedOrigins
        turn.perOrigin = leases.perOrigin
        for candidate in turn.candidates where candidate.skip == nil { leases.noteLinks(of: candidate.origin) }
        let (taken, time) = (turn, now)
        turn = FrontierTurn()
        let answer = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.take(taken, now: time, ttl: Self.leaseTime)
        }
        lastTurn = time
        leases.recordAll()
        for (report, wants) in reports where wants > 0 {
            let more = answer.more[report.token] ?? []
            leases.add(more, to: report.token.origin, wanted: wants)
            // Either there is something to start, or the lease has to end.
            if !more.isEmpty || leases.isSpent(report.token.origin) { isTurnDue = true }
        }
        for token in answer.stale { leases.lose(token.origin) }
        for lease in answer.leases { add(lease) }
        if !answer.leases.isEmpty || answer.added > 0 { isTurnDue = true }
        try await rest(isFull: answer.leases.count < taken.origins)
    }

    /// Determines how long there is nothing to do, and whether that is for ever.
    private mutating func rest(isFull: Bool) async throws(OutputFailure) {
        counts = try await Self.io { [crawler] () async throws(FetchError) in try await crawler.frontier.counts() }
        show()
        let isIdle = leases.inFlight == 0 && pending.isEmpty && asking.isEmpty && !isTurnDue
        if leases.isStopping || leases.isBudgetSpent {
            isOver = leases.inFlight == 0 && pending.isEmpty && asking.isEmpty
            return
        }
        guard isFull || isIdle, !isTurnDue else { return }
        let time = now
        let wake = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.nextWake(now: time)
        }
        switch wake {
        case .now: isTurnDue = isIdle && leases.visits.isEmpty
        case .at(let due): wakeUp(at: due)
        // No lease of another process can end: one was lost, which is seen as a standstill.
        case .waitingForLeases where isIdle && leases.visits.isEmpty && crawler.frontier.isShared:
            wakeUp(at: time + 1000)
        case .waitingForLeases: break
        case .finished: isOver = isIdle && leases.visits.isEmpty
        }
    }

    private mutating func wakeUp(at due: Int64) {
        if let timer, timer <= due { return }
        timer = due
        actions.append(.wake(after: .milliseconds(max(1, due - now))))
        isTurnDue = false
    }

    private func show() {
        var progress = CrawlProgress()
        progress.done = summary.requests.ok + summary.requests.failed
        progress.failed = summary.requests.failed
        progress.queued = counts.queued + counts.leased - leases.inFlight
        progress.inFlight = leases.inFlight
        progress.waitingOrigins = counts.waitingOrigins
        crawler.watcher.progress(progress)
    }

    /// Returns all leases, and reports what is left.
    mutating func finish() async throws(OutputFailure) {
        leases.stop()
        try await takeTurn()
        try await writeRest()
        turn.output = try output.flush()
        let (taken, time) = (turn, now)
        _ = try await Self.io { [crawler] () async throws(FetchError) in
            try await crawler.frontier.take(taken, now: time, ttl: 0)
        }
        counts = try await Self.io { [crawler] () async throws(FetchError) in try await crawler.frontier.counts() }
    }
}
