import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// One run of the link checker, from open files to an exit code.
struct CheckSession {
    let options: CheckOptions
    let network: NetworkOptions
    let scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// The file of the cache; nil for none.
    let cacheFile: String?
    /// The file of the answers, and what must be the same in each run; nil for none.
    let state: (path: String, identity: [(name: String, value: String)])?
    /// Whether the first broken link ends the run.
    let failsEarly: Bool
    /// Whether a folder could not be read, which was said.
    let hasProblems: Bool

    /// The outputs.
    private struct Opened {
        let files: RunFiles
        /// Whether the file of the findings is that of an earlier run.
        let continues: Bool
    }

    /// Runs it.
    func run() async throws -> ExitStatus {
        let log: CheckLog?
        do throws(StoreFailure) {
            log = try state.map { state throws(StoreFailure) in
                try CheckLog(path: state.path, options: state.identity)
            }
        } catch {
            if error.isRefusal { throw ValidationError("--state: \(error.message)") }
            console.say("fetchall: \(error.message)")
            return .io
        }
        if let notice = log?.notice { console.say("fetchall: \(notice)") }
        guard let opened = try await console.opening({ try open(log) }) else {
            _ = log?.close()
            return .io
        }
        opened.files.reports?.learn(network) { console.environment($0) }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile,
            watch: opened.files.watch)
        return try await scope.run { scheduler, writer in
            let reader: ThreadExecutor
            do throws(SystemFailure) { reader = try ThreadExecutor() } catch {
                console.say("fetchall: \(error.description)")
                return .io
            }
            defer { reader.shutdown() }
            guard reader.start() else {
                console.say("fetchall: \(ResourceLimits.noThread)")
                return .io
            }
            return try await check(scheduler, writer, reader, opened, log)
        }
    }

    /// Opens the outputs. The file of an earlier run is cut where its last noted finding ends.
    private func open(_ log: CheckLog?) throws -> Opened {
        output.makeFolders()
        guard let log, let path = output.output, log.outputPath == OutputFile.absolute(path), log.outputEnd > 0 else {
            return Opened(files: try RunFiles(output, for: .check), continues: false)
        }
        guard let length = OutputFile.length(of: path), length >= log.outputEnd else {
            // What was written is gone.
            log.forgetWritten()
            return Opened(files: try RunFiles(output, for: .check), continues: false)
        }
        let watch = try RunWatch(output.reports, .check)
        let reports = try ReportFiles(output.reports) { console.environment($0) }
        return Opened(
            files: try RunFiles(records: try .resume(path, at: log.outputEnd), reports, watch, output), continues: true)
    }

    private func check(
        _ scheduler: Scheduler, _ writer: ThreadExecutor, _ reader: ThreadExecutor,
        _ opened: Opened, _ log: CheckLog?
    ) async throws -> ExitStatus {
        let feed = opened.files.watch?.feed
        let watch = CrawlWatch(console: console, output: output, feed: feed, countsRecords: true)
        let run = CheckRun(options: options, scheduler: scheduler, reader: reader, log: log, watcher: watch)
        let batch = OutputBatch(console: console, files: opened.files, isLines: output.chosenFormat == .jsonl)
        let sink = try await CheckSink(
            formatter: formatter(), batch: batch, isDetailed: output.summary, isVerbose: output.verbose,
            stop: failsEarly ? scheduler.stop : nil, log: log, path: output.output,
            report: opened.files.reports?.collector, watch: feed
        ).prepared(on: writer)
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(scheduler.meter) }
            defer { group.cancelAll() }
            return await sink.writing(on: writer) { (sink) async throws(OutputFailure) in
                try sink.begin(continues: opened.continues, at: log?.outputEnd ?? 0)
                let result = try await run.run(&sink)
                try sink.end()
                return result
            }
        }
        let conclusion = RunConclusion(output: output, console: console, files: opened.files, end: end.failure)
        var status = conclude(conclusion, end, result, watch)
        let reason = scheduler.stop.reason ?? (try? end.get())?.stop
        status = conclusion.report(
            status, .check, watch.elapsed, stopped: reason, links: (try? end.get())?.counts.text)
        guard let log, !log.close() else { return status }
        console.say("fetchall: cannot write \(log.name)")
        return .io
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ conclusion: RunConclusion, _ end: Result<CheckResult, OutputFailure>, _ sink: CheckSink, _ watch: CrawlWatch
    ) -> ExitStatus {
        switch end {
        case .failure: return conclusion.failure() ?? conclusion.close(.success, hadProblems: false)
        case .success(let result):
            for problem in result.problems { console.say("fetchall: \(TerminalText.escaped(problem))") }
            let status = conclusion.close(status(result), hadProblems: sink.hadProblems)
            conclusion.adviseTLS(sink.requests)
            if output.summary {
                conclusion.show { sink.requests.render(elapsed: watch.elapsed, width: $0, color: $1) }
            }
            if result.stop != nil, let state, !output.quiet {
                console.say("fetchall: run the same command again to resume (\(TerminalText.escaped(state.path)))")
            }
            if !output.quiet { console.say(result.counts.text) }
            return status
        }
    }

    private func status(_ result: CheckResult) -> ExitStatus {
        let counts = result.counts
        if result.stop == .deadline { return .deadline }
        if hasProblems || !result.problems.isEmpty { return .io }
        if counts.broken > 0 { return counts.broken == counts.unauthorizedSources ? .authentication : .failed }
        return counts.isRateLimited ? .rateLimited : .success
    }

    private func formatter() -> any FindingFormatter {
        let isTerminal = output.output == nil && console.stdoutIsTerminal
        switch output.chosenFormat {
        case .json: return FindingJSONFormatter().through(jq: output.jq, isLineWise: false)
        case .jsonl: return FindingJSONFormatter(isLines: true).through(jq: output.jq, isLineWise: true)
        case .csv: return FindingCSVFormatter(.csv, guardsFormulas: !output.noCsvGuard)
        case .tsv: return FindingCSVFormatter(.tsv, guardsFormulas: !output.noCsvGuard)
        case .github: return FindingGitHubFormatter()
        case .table, nil:
            return FindingTableFormatter(
                width: isTerminal ? console.width : nil, color: output.usesColor(isTerminal, console))
        }
    }
}
