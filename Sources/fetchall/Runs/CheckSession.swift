import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport

/// One run of the link checker, from open files to an exit code.
struct CheckSession {
    let options: CheckOptions
    let network: NetworkOptions
    let scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// The file of the cache; nil for none.
    let cacheFile: String?
    /// Whether the first broken link ends the run.
    let failsEarly: Bool
    /// Whether a folder could not be read, which was said.
    let hasProblems: Bool

    /// Runs it.
    func run() async throws -> ExitStatus {
        guard let files = try await console.opening({ try RunFiles(output) }) else { return .io }
        files.reports?.learn(network) { console.environment($0) }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile)
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
            return try await check(scheduler, writer, reader, files)
        }
    }

    private func check(
        _ scheduler: Scheduler, _ writer: ThreadExecutor, _ reader: ThreadExecutor, _ files: RunFiles
    ) async throws -> ExitStatus {
        let watch = CrawlWatch(console: console, output: output)
        let run = CheckRun(options: options, scheduler: scheduler, reader: reader, watcher: watch)
        let batch = OutputBatch(console: console, files: files, isLines: output.chosenFormat == .jsonl)
        let sink = try await CheckSink(
            formatter: formatter(), batch: batch, isDetailed: output.summary, isVerbose: output.verbose,
            stop: failsEarly ? scheduler.stop : nil
        ).prepared(on: writer)
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(scheduler.meter) }
            defer { group.cancelAll() }
            return await sink.writing(on: writer) { (sink) async throws(OutputFailure) in
                try sink.begin()
                let result = try await run.run(&sink)
                try sink.end()
                return result
            }
        }
        let conclusion = RunConclusion(output: output, console: console, files: files, end: end.failure)
        let status = conclude(conclusion, end, result, watch)
        let reason = scheduler.stop.reason ?? (try? end.get())?.stop
        return conclusion.report(status, .check, watch.elapsed, stopped: reason)
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
