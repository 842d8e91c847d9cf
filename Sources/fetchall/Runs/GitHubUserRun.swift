import FetchGitHub
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchArgumentParser

/// One run of `fetchall github`, from open files to an exit code.
struct GitHubUserRun {
    let logins: [String]
    let api: GitHubAPI
    let client: GitHubClient.Options
    let output: OutputOptions
    let console: Console
    /// The secrets that are hidden in all output.
    let secrets: [GitHubToken]
    let formatter: any GitHubFormatter
    /// The file of the cache; nil for none.
    let cacheFile: String?
    /// Opens the table of `--sqlite`.
    let openTable: () throws(InputFailure) -> GitHubUserTable?
    /// Opens the journal of `--resume`.
    let openJournal: () throws -> ResumeJournal?

    /// The files and logins that a run has opened.
    private struct Opened {
        let records: OutputFile
        let failedTo: OutputFile?
        let table: GitHubUserTable?
        let journal: ResumeJournal?
        /// The logins to request.
        let left: [Input]
    }

    /// Runs it.
    func run(_ network: NetworkOptions, _ scheduler: SchedulerOptions) async throws -> ExitStatus {
        let opened: Opened
        do {
            opened = try await open()
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile)
        return try await scope.run { scheduler, writer in
            if output.verbose { describe() }
            if !api.isAuthenticated, opened.left.count > 60, !output.quiet {
                console.say(
                    "fetchall: without a token GitHub allows 60 requests per hour; set GH_TOKEN for 5000, with 100 logins in each"
                )
            }
            return try await ask(
                GitHubClient(scheduler: scheduler, api: api, options: client), scheduler, writer, opened)
        }
    }

    /// Opens all outputs after checking that the list belongs to the journal.
    private func open() async throws -> Opened {
        let journal = try openJournal()
        let left = try await left(journal)
        let table = try openTable()
        guard let journal else {
            return Opened(
                records: try output.output.map(OutputFile.create) ?? .standardOutput,
                failedTo: try output.failedTo.map(OutputFile.create), table: table, journal: nil, left: left)
        }
        return Opened(
            records: try journal.openOutput(output.output), failedTo: try journal.openFailed(output.failedTo),
            table: table, journal: journal, left: left)
    }

    /// The logins that are not done according to the journal.
    private func left(_ journal: ResumeJournal?) async throws -> [Input] {
        let inputs = logins.enumerated().map { Self.input($0, $1) }
        guard let journal else { return inputs }
        let source = ResumedSource(SequenceSource(inputs), completed: journal.completed, name: journal.name)
        var left: [Input] = []
        while let some = await source.next() { left += some }
        if let failure = source.failure { throw ValidationError(failure.message) }
        return left
    }

    /// A login as an input, for types that work with inputs.
    static func input(_ index: Int, _ login: String) -> Input {
        Input(index: index, text: login, request: .failure(FetchError(.invalidURL, "")))
    }

    private func ask(
        _ client: GitHubClient, _ scheduler: Scheduler, _ writer: ThreadExecutor, _ opened: Opened
    ) async throws -> ExitStatus {
        let live = LiveLine(
            isShown: console.stderrIsTerminal && !output.noProgress && !output.quiet, console: console)
        let (events, continuation) = AsyncStream<GitHubClient.Event>.makeStream()
        let batch = OutputBatch(
            console: console, output: opened.records, failedTo: opened.failedTo, journal: opened.journal)
        let made = GitHubEmitter(
            formatter: formatter, batch: batch, table: opened.table,
            completed: opened.journal?.completed ?? CompletedInputs(), live: live, secrets: secrets, options: output)
        var emitter = try await withTaskExecutorPreference(writer) { Self.prepared(made) }.get()
        let left = opened.left
        let end = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler, total: { left.count }) }
            group.addTask {
                await client.run(left.map(\.text)) { continuation.yield($0.renumbered(in: left)) }
                continuation.finish()
            }
            let running = emitter
            let (end, result) = await withTaskExecutorPreference(writer) {
                var emitter = running
                do throws(OutputFailure) {
                    try await emitter.consume(events)
                    return (OutputFailure?.none, emitter)
                } catch {
                    return (error, emitter)
                }
            }
            emitter = result
            // No reader takes the records any more, so the requests in flight are useless.
            group.cancelAll()
            return end
        }
        var status = conclude(end, emitter, live.elapsed, opened)
        do throws(InputFailure) {
            try opened.table?.close()
        } catch {
            console.say("fetchall: \(error)")
            status = .io
        }
        return status
    }

    /// Makes ready what writes, on the thread that writes: programs are compiled for it, and stay there.
    private static func prepared(_ emitter: GitHubEmitter) -> Result<GitHubEmitter, ValidationError> {
        var emitter = emitter
        do throws(InputFailure) {
            try emitter.prepare()
            return .success(emitter)
        } catch {
            return .failure(ValidationError(error.message))
        }
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ end: OutputFailure?, _ emitter: GitHubEmitter, _ elapsed: Duration, _ opened: Opened
    ) -> ExitStatus {
        switch end {
        case .failed(let message):
            console.say("fetchall: \(message)")
            return .io
        case .closed, nil: break
        }
        var status = emitter.tally.status
        if emitter.hadProblems, case .success = status { status = .failed }
        for file in [opened.records, opened.failedTo].compactMap({ $0 }) where !file.close() {
            console.say("fetchall: cannot write \(file.name)")
            status = .io
        }
        if let journal = opened.journal { status = journal.close(status, console) }
        let advice = emitter.tally.advice(
            failedTo: opened.failedTo?.name, journal: opened.journal, undone: emitter.undone)
        for line in advice { console.say("fetchall: \(secrets.reduce(line) { $1.hidden(in: $0) })") }
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

extension GitHubClient.Event {
    /// The same event, with records numbered by the index of their logins in the whole list.
    fileprivate func renumbered(in inputs: [Input]) -> GitHubClient.Event {
        guard case .records(var records) = self else { return self }
        for position in records.indices { records[position].index = inputs[records[position].index].index }
        return .records(records)
    }
}
