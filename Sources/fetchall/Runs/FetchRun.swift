import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport

/// One run over a list of inputs, from open files to an exit code.
struct FetchRun {
    let source: any InputSource
    var network: NetworkOptions
    var scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// Formats outcomes as the document.
    let formatter: any Formatter
    /// The command, for reports.
    var command = OptionRules.Command.fetch
    /// The file of the cache; nil for none.
    var cacheFile: String?
    /// The journal of earlier runs and of this one; nil for a run that cannot be resumed.
    var journal: ResumeJournal?
    /// Whether equal inputs are fetched once.
    var dedupes = false
    /// Whether the first failure ends the run.
    var failsEarly = false
    /// Inspects outcomes before they are written; its failures are reported on stderr.
    var filter: (any OutcomeFilter)?

    /// The files and sources that a run has opened.
    private struct Opened {
        let files: RunFiles
        let table: RecordTable?
        let bodies: SchedulerOptions.BodyPlan
        /// The list as the scheduler receives it.
        let source: any InputSource
        let resumed: ResumedSource?
        let duplicates: Duplicates?
        /// Writes the answers in place of records.
        let answers: AnswerWriter?
        let redirectHeads: RedirectHeads?
    }

    /// Runs it.
    func run() async throws -> ExitStatus {
        guard let opened = try await console.opening({ try open() }) else { return .io }
        opened.files.reports?.learn(network) { console.environment($0) }
        var scheduler = scheduler
        scheduler.bodies = opened.bodies
        scheduler.redirectHeads = opened.redirectHeads
        // Which part of a page may fail is the filter's decision.
        scheduler.failsEarly = failsEarly && !(filter is GatherFilter)
        if case .memory = opened.bodies { scheduler.maxBodySize = scheduler.maxBodySize ?? 16 << 20 }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile,
            mostLoops: 2, watch: opened.files.watch, total: { [source = opened.source] in source.total },
            hasSeveralInputs: hasSeveralInputs)
        let status = try await scope.run { running, writer in try await fetch(running, opened, writer) }
        if case .folder(let folder) = opened.bodies { folder.close() }
        opened.duplicates?.end()
        return status
    }

    /// Whether there is, or may be, more than one input.
    private var hasSeveralInputs: Bool { ((source as? SourceReader)?.knownCount ?? source.total) != 1 }

    /// Opens all outputs, and inserts completed inputs and duplicates between the list and the scheduler.
    private func open() throws -> Opened {
        let table = try output.sqlite.map { path throws(InputFailure) in
            try RecordTable(path: path, table: output.sqliteTable ?? "records", options: output.recordOptions)
        }
        let files = try RunFiles(output, journal, for: command)
        let folder = try output.openFolder(console, output.saving.plan(hash: output.hash))
        let redirectHeads = output.answers?.needsHeads == true ? RedirectHeads() : nil
        let answers = AnswerWriter(output.answers, redirectHeads, console)
        let bodies =
            folder.map { .folder($0) } ?? answers.map { .spools($0.spools) }
            ?? (output.body || output.reports.harContent ? .memory : scheduler.bodies)
        var source = source
        let resumed = journal.map { ResumedSource(source, completed: $0.completed, name: $0.name, folder: folder) }
        source = resumed ?? source
        let duplicates = dedupes ? try makeDuplicates(of: source) : nil
        return Opened(
            files: files, table: table, bodies: bodies, source: duplicates ?? source, resumed: resumed,
            duplicates: duplicates, answers: answers, redirectHeads: redirectHeads)
    }

    private func makeDuplicates(of source: any InputSource) throws(InputFailure) -> Duplicates {
        do {
            return try Duplicates(
                source, keepsHeaders: output.includeHeaders || output.writeOut != nil,
                folder: console.environment("TMPDIR") ?? "/tmp")
        } catch {
            throw InputFailure("--dedupe: \(error.message)")
        }
    }

    private func fetch(_ scheduler: Scheduler, _ opened: Opened, _ writer: ThreadExecutor) async throws -> ExitStatus {
        let live = LiveLine(output, console)
        let isBesideLoop = runsBesideLoop(opened)
        let executor = isBesideLoop ? scheduler.executor ?? writer : writer
        let emitter = try await makeEmitter(opened, live, scheduler.stop).prepared(on: executor)
        let source = opened.source
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler) { source.total } }
            group.addTask { await opened.answers?.run(on: executor) }
            let result = await scheduler.run(source, patience: isBesideLoop ? Self.patience : nil) { outcomes in
                await emitter.writing(on: executor) { (emitter) async throws(OutputFailure) in
                    try await emitter.consume(outcomes)
                }
            }
            group.cancelAll()
            return result
        }
        let conclusion = RunConclusion(
            output: output, console: console, files: opened.files, journal: journal, end: end.failure)
        var status = conclude(conclusion, result, live.elapsed, opened)
        // The inputs that had not been read by then have no record.
        if case .success = status, scheduler.stop.reason == .deadline { status = .deadline }
        status = conclusion.report(status, command, live.elapsed, stopped: scheduler.stop.reason)
        return conclusion.close(status) { () throws(InputFailure) in try opened.table?.close() }
    }

    /// How long records may wait to be written to a file together. A reader does not notice the delay, and with five
    /// requests in flight it saves 3 % of the time.
    private static let patience: Duration = .milliseconds(10)

    /// Whether records are made and written on the loop's own thread. A small record of an outcome that is still in the
    /// processor's cache costs less than moving the outcome to another core. Whatever may take long or wait for a
    /// reader runs on the writer thread: bodies, jq programs, databases, pipes and terminals.
    private func runsBesideLoop(_ opened: Opened) -> Bool {
        guard opened.files.areRegular, journal == nil, opened.duplicates == nil, opened.table == nil,
            opened.files.reports == nil
        else { return false }
        return !output.body && opened.answers == nil && output.jq == nil && filter == nil && !output.verbose
    }

    private func makeEmitter(_ opened: Opened, _ live: LiveLine, _ stop: StopSignal) -> Emitter {
        var emitter = Emitter(
            formatter: formatter, isOrdered: output.isOrdered, files: opened.files, console: console, live: live,
            isVerbose: output.verbose || filter != nil || opened.answers != nil, isDetailed: output.summary,
            isLines: output.chosenFormat == .jsonl || formatter is GatherFormatter, journal: journal,
            duplicates: opened.duplicates, isVoid: { [source] in source.failure != nil })
        emitter.filter = filter
        emitter.table = opened.table
        emitter.report = opened.files.reports?.collector
        emitter.watch = opened.files.watch?.feed
        emitter.answers = opened.answers
        emitter.heads = HeaderDump(
            opened.files.heads, opened.redirectHeads, keepsRedirects: opened.answers != nil, console)
        emitter.stop = failsEarly ? stop : nil
        if output.body { emitter.digests = BodyDigests(hash: output.hash) }
        return emitter
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ conclusion: RunConclusion, _ emitter: Emitter, _ elapsed: Duration, _ opened: Opened
    ) -> ExitStatus {
        if let status = conclusion.failure() { return status }
        var status = conclusion.close(ExitStatus(emitter.summary), hadProblems: emitter.hadProblems)
        if let failure = opened.source.failure {
            console.say("fetchall: \(failure)")
            // The list gave no input at all: it is not a list, and nothing was sent.
            let isUsage = opened.resumed?.isRefused ?? false || emitter.summary.ok + emitter.summary.failed == 0
            status = isUsage ? .usage : .io
        }
        if let journal, emitter.undone > 0, !output.quiet {
            console.say("fetchall: \(journal.advice(undone: emitter.undone))")
        }
        if emitter.leftOutSecrets, let failedTo = opened.files.failedTo, !output.quiet {
            console.say("fetchall: \(failedTo.name) does not contain credentials; give them again when you fetch it")
        }
        if let failedTo = output.failedTo, !output.quiet {
            for folder in emitter.failedFolders.sorted() where ListFiles.beside(failedTo) != .below(folder) {
                let folder = TerminalText.escaped(folder)
                console.say(
                    "fetchall: \(TerminalText.escaped(failedTo)) names files below \(folder); fetch it with --allow-files \(folder)"
                )
            }
        }
        let summary = emitter.summary
        conclusion.adviseTLS(summary)
        if output.summary {
            conclusion.show { summary.render(elapsed: elapsed, width: $0, color: $1) }
            if summary.ok + summary.failed == 0, opened.source.failure == nil, conclusion.end == nil {
                conclusion.sayNothingDone(completed: journal?.completed.count ?? 0, in: journal?.name)
            }
        } else if conclusion.saysTotals, conclusion.end == nil {
            console.say(RunConclusion.total(ok: summary.ok, failed: summary.failed, elapsed))
        }
        return status
    }
}
