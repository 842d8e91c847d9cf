import FetchCore

/// One run of `fetchall github`, from open files to an exit code.
struct GitHubUserRun {
    let logins: [String]
    let api: GitHubAPI
    let client: GitHubClient.Options
    let output: OutputOptions
    let console: Console
    /// What is hidden wherever it would be written.
    let secrets: [GitHubToken]
    let formatter: any GitHubFormatter
    /// The file of the cache; nil for none.
    let cacheFile: String?

    /// Runs it.
    func run(_ network: NetworkOptions, _ scheduler: SchedulerOptions) async throws -> ExitStatus {
        let records: OutputFile
        let failedTo: OutputFile?
        do throws(InputFailure) {
            records = try output.output.map(OutputFile.create) ?? .standardOutput
            failedTo = try output.failedTo.map(OutputFile.create)
        } catch {
            console.say("fetchall: \(error)")
            return .io
        }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile)
        return try await scope.run { scheduler, writer in
            if output.verbose { describe() }
            if !api.isAuthenticated, logins.count > 60, !output.quiet {
                console.say(
                    "fetchall: without a token GitHub answers 60 requests an hour; set GH_TOKEN for 5000, and 100 logins in one"
                )
            }
            return await ask(
                GitHubClient(scheduler: scheduler, api: api, options: client), scheduler, writer, records, failedTo)
        }
    }

    private func ask(
        _ client: GitHubClient, _ scheduler: Scheduler, _ writer: ThreadExecutor, _ records: OutputFile,
        _ failedTo: OutputFile?
    ) async -> ExitStatus {
        let live = LiveLine(
            isShown: console.stderrIsTerminal && !output.noProgress && !output.quiet, console: console)
        let (events, continuation) = AsyncStream<GitHubClient.Event>.makeStream()
        var emitter = GitHubEmitter(
            formatter: formatter, isOrdered: output.isOrdered || output.chosenFormat == .table, output: records,
            failedTo: failedTo, console: console, live: live, secrets: secrets, options: output)
        let (logins, count) = (logins, logins.count)
        let end = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler, total: { count }) }
            group.addTask {
                await client.run(logins) { continuation.yield($0) }
                continuation.finish()
            }
            let running = emitter
            let (end, result) = await withTaskExecutorPreference(writer) {
                var emitter = running
                do throws(Emitter.End) {
                    try await emitter.consume(events)
                    return (Emitter.End?.none, emitter)
                } catch {
                    return (error, emitter)
                }
            }
            emitter = result
            // Nobody takes the records any more: what is in flight is of no use.
            group.cancelAll()
            return end
        }
        return conclude(end, emitter, live.elapsed, records, failedTo)
    }

    /// Says what is left to say, and finds the exit code.
    private func conclude(
        _ end: Emitter.End?, _ emitter: GitHubEmitter, _ elapsed: Duration, _ records: OutputFile,
        _ failedTo: OutputFile?
    ) -> ExitStatus {
        switch end {
        case .failed(let message):
            console.say("fetchall: \(message)")
            return .io
        case .refused(let message):
            console.say("fetchall: \(message)")
            return .usage
        case .closed, nil: break
        }
        var status = emitter.tally.status
        if emitter.hadProblems, case .success = status { status = .failed }
        for file in [records, failedTo].compactMap({ $0 }) where !file.close() {
            console.say("fetchall: cannot write \(file.name)")
            status = .io
        }
        for line in emitter.tally.advice(isAuthenticated: api.isAuthenticated, failedTo: failedTo?.name) {
            console.say("fetchall: \(secrets.reduce(line) { $1.hidden(in: $0) })")
        }
        if output.summary {
            console.say("\(emitter.tally.ok) logins ok, \(emitter.tally.failed) failed; requests:")
            let color = output.usesColor(console.stderrIsTerminal, console)
            console.show(emitter.requests.render(elapsed: elapsed, width: console.width ?? 80, color: color))
        } else if console.stderrIsTerminal, !output.quiet, end == nil {
            console.say("\(emitter.tally.ok) ok, \(emitter.tally.failed) failed in \(elapsed.formatted)")
        }
        return status
    }

    private func describe() {
        console.say("GitHub at \(api.description), \(api.isAuthenticated ? "with a token" : "without a token")")
    }
}
