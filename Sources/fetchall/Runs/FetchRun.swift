import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// One run over a list of inputs, from open files to an exit code.
struct FetchRun {
    let source: any InputSource
    var network: NetworkOptions
    var scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// Formats outcomes as the document.
    let formatter: any Formatter
    /// The file of the cache; nil for none.
    var cacheFile: String?
    /// The journal of earlier runs and of this one; nil for a run that cannot be resumed.
    var journal: ResumeJournal?
    /// Whether equal inputs are fetched once.
    var dedupes = false
    /// Inspects outcomes before they are written; its failures are reported on stderr.
    var filter: (any OutcomeFilter)?

    /// The files and sources that a run has opened.
    private struct Opened {
        let records: OutputFile
        let failedTo: OutputFile?
        let table: RecordTable?
        let bodies: SchedulerOptions.BodyPlan
        /// The list as the scheduler receives it.
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

    /// Opens all outputs, and inserts completed inputs and duplicates between the list and the scheduler.
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

    /// How long records may wait to be written to a file together. A reader does not notice the delay, and with five
    /// requests in flight it saves 3 % of the time.
    private static let patience: Duration = .milliseconds(10)

    /// Whether records are made and written on the loop's own thread. A small record of an outcome that is still in the
    /// processor's cache costs less than moving the outcome to another core. Whatever may take long or wait for a
    /// reader runs on the writer thread: bodies, jq programs, databases, pipes and terminals.
    private func runsBesideLoop(_ opened: Opened) -> Bool {
        guard opened.records.isFile, opened.failedTo?.isFile ?? true, journal == nil, opened.duplicates == nil,
            opened.table == nil
        else { return false }
        return !output.body && output.jq == nil && filter == nil && !output.verbose
    }

    /// Makes the emitter on the writer thread: jq programs are compiled there and must stay there.
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

    /// Writes the final messages and determines the exit code.
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
            // The list gave no input at all: it is not a list, and nothing was sent.
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
