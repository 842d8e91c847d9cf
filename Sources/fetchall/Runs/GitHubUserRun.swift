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
        let files: RunFiles
        let table: GitHubUserTable?
        let journal: ResumeJournal?
        /// The logins to request.
        let left: [Input]
    }

    /// Runs it.
    func run(_ network: NetworkOptions, _ scheduler: SchedulerOptions) async throws -> ExitStatus {
        guard let opened = try await console.opening({ try await open() }) else { return .io }
        opened.files.reports?.learn(network) { console.environment($0) }
        opened.files.reports?.collector.learn { mask in for secret in secrets { secret.teach(&mask) } }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile,
            watch: opened.files.watch, total: { [count = opened.left.count] in count },
            hasSeveralInputs: opened.left.count != 1)
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
        return Opened(files: try RunFiles(output, journal, for: .github), table: table, journal: journal, left: left)
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
        let live = LiveLine(output, console)
        let (events, continuation) = AsyncStream<GitHubClient.Event>.makeStream()
        let isLines = output.chosenFormat == .jsonl
        let batch = OutputBatch(console: console, files: opened.files, isLines: isLines, journal: opened.journal)
        var emitter = GitHubEmitter(
            formatter: formatter, batch: batch, table: opened.table,
            completed: opened.journal?.completed ?? CompletedInputs(), live: live, secrets: secrets, options: output)
        emitter.report = opened.files.reports?.collector
        emitter.watch = opened.files.watch?.feed
        let prepared = try await emitter.prepared(on: writer)
        let left = opened.left
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler, total: { left.count }) }
            group.addTask {
                await client.run(left.map(\.text)) { continuation.yield($0.renumbered(in: left)) }
                continuation.finish()
            }
            let result = await prepared.writing(on: writer) { (emitter) async throws(OutputFailure) in
                try await emitter.consume(events)
            }
            // No reader takes the records any more, so the requests in flight are useless.
            group.cancelAll()
            return result
        }
        let conclusion = RunConclusion(
            output: output, console: console, files: opened.files, journal: opened.journal, end: end.failure)
        var status = conclude(conclusion, result, live.elapsed, opened)
        status = conclusion.report(status, .github, live.elapsed, stopped: scheduler.stop.reason)
        return conclusion.close(status) { () throws(InputFailure) in try opened.table?.close() }
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ conclusion: RunConclusion, _ emitter: GitHubEmitter, _ elapsed: Duration, _ opened: Opened
    ) -> ExitStatus {
        if let status = conclusion.failure() { return status }
        let tally = emitter.tally
        let status = conclusion.close(tally.status, hadProblems: emitter.hadProblems)
        let advice = tally.advice(
            failedTo: opened.files.failedTo?.name, journal: opened.journal, undone: emitter.undone)
        for line in advice { console.say("fetchall: \(secrets.reduce(line) { $1.hidden(in: $0) })") }
        conclusion.adviseTLS(emitter.requests)
        if output.summary {
            console.say("\(tally.ok) logins ok, \(tally.failed) failed; requests:")
            conclusion.show { emitter.requests.render(elapsed: elapsed, width: $0, color: $1) }
            if opened.left.isEmpty {
                conclusion.sayNothingDone(
                    completed: opened.journal?.completed.count ?? 0, in: opened.journal?.name)
            }
        } else if conclusion.saysTotals, conclusion.end == nil {
            console.say(RunConclusion.total(ok: tally.ok, failed: tally.failed, elapsed))
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
