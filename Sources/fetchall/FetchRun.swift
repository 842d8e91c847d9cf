import ArgumentParser
import FetchCore

/// One run over a list of inputs, from open files to an exit code.
struct FetchRun {
    let source: any InputSource
    var network: NetworkOptions
    var scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// Turns outcomes into the document.
    let formatter: any Formatter
    /// The file of the cache; nil for none.
    var cacheFile: String?
    /// What was done before, and notes what is done now; nil for a run that cannot be taken up.
    var journal: ResumeJournal?
    /// Whether what occurs more than once is fetched once.
    var dedupes = false
    /// Looks at outcomes first; its failures are named on stderr.
    var filter: (any OutcomeFilter)?

    /// What a run has opened.
    private struct Opened {
        let records: OutputFile
        let failedTo: OutputFile?
        let table: RecordTable?
        let bodies: SchedulerOptions.BodyPlan
        /// The list as the scheduler gets it.
        let source: any InputSource
        let resumed: ResumedSource?
        let duplicates: Duplicates?
    }

    /// Runs it.
    func run() async throws -> ExitStatus {
        let opened: Opened
        do {
            opened = try open()
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        }
        var scheduler = scheduler
        scheduler.bodies = opened.bodies
        if case .memory = opened.bodies { scheduler.maxBodySize = scheduler.maxBodySize ?? 16 << 20 }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile,
            mostLoops: 2)
        let status = try await scope.run { running, writer in try await fetch(running, opened, writer) }
        if case .folder(let folder) = opened.bodies { folder.close() }
        opened.duplicates?.end()
        return status
    }

    /// Opens all that is written to, and puts what is known already between the list and the scheduler.
    private func open() throws -> Opened {
        let table = try output.sqlite.map { path throws(InputFailure) in
            try RecordTable(path: path, table: output.sqliteTable ?? "records", options: output.recordOptions)
        }
        let records: OutputFile
        let failedTo: OutputFile?
        if let journal {
            records = try journal.openOutput(output.output)
            failedTo = try journal.openFailed(output.failedTo)
        } else {
            records = try output.output.map(OutputFile.create) ?? .standardOutput
            failedTo = try output.failedTo.map(OutputFile.create)
        }
        var bodies = output.body ? .memory : scheduler.bodies
        var folder: BodyFolder?
        if let path = output.outputDir {
            let opened = try Self.openFolder(path, try output.template())
            bodies = .folder(opened)
            folder = opened
        }
        var source = source
        let resumed = journal.map { ResumedSource(source, completed: $0.completed, name: $0.name, folder: folder) }
        source = resumed ?? source
        let duplicates = dedupes ? try makeDuplicates(of: source) : nil
        return Opened(
            records: records, failedTo: failedTo, table: table, bodies: bodies, source: duplicates ?? source,
            resumed: resumed,
            duplicates: duplicates)
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

    private static func openFolder(_ path: String, _ template: FileNameTemplate) throws(InputFailure) -> BodyFolder {
        do {
            return try BodyFolder(path: path, template: template)
        } catch {
            throw InputFailure("cannot write to \(TerminalText.escaped(error.message))")
        }
    }

    private func fetch(_ scheduler: Scheduler, _ opened: Opened, _ writer: ThreadExecutor) async throws -> ExitStatus {
        let live = LiveLine(
            isShown: console.stderrIsTerminal && !output.noProgress && !output.quiet, console: console)
        let isBesideLoop = runsBesideLoop(opened)
        let executor = isBesideLoop ? scheduler.executor ?? writer : writer
        let emitter = try await withTaskExecutorPreference(executor) { makeEmitter(opened, live) }.get()
        let source = opened.source
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler) { source.total } }
            let result = await scheduler.run(source, patience: isBesideLoop ? Self.patience : nil) { outcomes in
                var emitter = emitter
                return await withTaskExecutorPreference(executor) {
                    do throws(OutputFailure) {
                        try await emitter.consume(outcomes)
                        return (OutputFailure?.none, emitter)
                    } catch {
                        return (error, emitter)
                    }
                }
            }
            group.cancelAll()
            return result
        }
        var status = conclude(end, result, live.elapsed, opened)
        do throws(InputFailure) {
            try opened.table?.close()
        } catch {
            console.say("fetchall: \(error)")
            status = .io
        }
        return status
    }

    /// How long records may wait for others before they are written to a file together: nobody who reads it meanwhile
    /// will notice, and with five requests in flight it saves 3 % of the time.
    private static let patience: Duration = .milliseconds(10)

    /// Whether records are made and written on the loop's own thread. A small record of an outcome that is still in the
    /// caches costs less than handing the outcome to another core. Whatever may take long or wait for a reader goes to
    /// the thread that writes: bodies, programs, databases, pipes and terminals.
    private func runsBesideLoop(_ opened: Opened) -> Bool {
        guard opened.records.isFile, opened.failedTo?.isFile ?? true, journal == nil, opened.duplicates == nil,
            opened.table == nil
        else { return false }
        return !output.body && output.jq == nil && filter == nil && !output.verbose
    }

    /// Makes what writes, on the thread that writes: programs are compiled for it, and stay there.
    private func makeEmitter(_ opened: Opened, _ live: LiveLine) -> Result<Emitter, ValidationError> {
        var emitter = Emitter(
            formatter: formatter, isOrdered: output.isOrdered, output: opened.records, failedTo: opened.failedTo,
            console: console, live: live, isVerbose: output.verbose || filter != nil, isDetailed: output.summary,
            journal: journal, duplicates: opened.duplicates, isVoid: { [source] in source.failure != nil })
        emitter.filter = filter
        emitter.table = opened.table
        do throws(InputFailure) {
            try emitter.prepare()
            return .success(emitter)
        } catch {
            return .failure(ValidationError(error.message))
        }
    }

    /// Says what is left to say, and finds the exit code.
    private func conclude(
        _ end: OutputFailure?, _ emitter: Emitter, _ elapsed: Duration, _ opened: Opened
    ) -> ExitStatus {
        if case .failed(let message) = end {
            console.say("fetchall: \(message)")
            return .io
        }
        var status = ExitStatus(emitter.summary)
        if emitter.hadProblems, case .success = status { status = .failed }
        for file in [opened.records, opened.failedTo].compactMap({ $0 }) where !file.close() {
            console.say("fetchall: cannot write \(file.name)")
            status = .io
        }
        if let journal { status = journal.close(status, console) }
        if let failure = opened.source.failure {
            console.say("fetchall: \(failure)")
            // Nothing came of the list at all: it was no list, and nothing was sent.
            let isUsage = opened.resumed?.isRefused ?? false || emitter.summary.ok + emitter.summary.failed == 0
            status = isUsage ? .usage : .io
        }
        if let journal, emitter.undone > 0, !output.quiet {
            console.say("fetchall: \(journal.advice(undone: emitter.undone))")
        }
        if emitter.leftOutSecrets, let failedTo = opened.failedTo, !output.quiet {
            console.say("fetchall: \(failedTo.name) does not contain credentials; give them again when you fetch it")
        }
        if output.summary {
            let color = output.usesColor(console.stderrIsTerminal, console)
            console.show(emitter.summary.render(elapsed: elapsed, width: console.width ?? 80, color: color))
        } else if console.stderrIsTerminal, !output.quiet, case nil = end {
            console.say(Self.total(emitter.summary, elapsed))
        }
        return status
    }

    private static func total(_ summary: Summary, _ elapsed: Duration) -> String {
        let seconds = elapsed.formatted
        return "\(summary.ok) ok, \(summary.failed) failed in \(seconds)"
    }
}
