import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport
import FetchArgumentParser
import SystemPackage

/// One run of a crawl, from open files to an exit code.
struct CrawlSession {
    let options: CrawlOptions
    let network: NetworkOptions
    let scheduler: SchedulerOptions
    let arguments: CrawlArguments
    let output: OutputOptions
    let console: Console
    /// The file of the cache; nil for none.
    let cacheFile: String?

    /// What is open during the run.
    private struct Opened {
        var frontier: any Frontier
        var state: CrawlStateFile?
        var records: OutputFile
        var failedTo: OutputFile?
        var folder: BodyFolder?
        var mark: OutputMark
    }

    /// The result of a crawl whose records are written.
    private struct Ending {
        var result: CrawlResult
        /// Whether a document could not be written as it should be.
        var hadProblems: Bool
    }

    /// Runs it.
    func run() async throws -> ExitStatus {
        let opened: Opened
        do {
            opened = try open()
        } catch let failure as StoreFailure {
            var advice = ""
            if case .mismatch = failure { advice = ", another --state, or --fresh" }
            console.say("fetchall: \(failure.message)\(advice)")
            return failure.isRefusal ? .usage : .io
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        } catch let failure as FetchError {
            console.say("fetchall: \(failure.message)")
            return .io
        }
        defer {
            opened.state?.close()
            opened.folder?.close()
        }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile)
        return try await scope.run { scheduler, writer in
            try await crawl(scheduler, writer, opened)
        }
    }

    private func crawl(
        _ scheduler: Scheduler, _ writer: ThreadExecutor, _ opened: Opened
    ) async throws -> ExitStatus {
        let watch = CrawlWatch(console: console, output: output)
        let crawler = Crawler(
            options: options, scheduler: scheduler, frontier: opened.frontier, isDurable: opened.state != nil,
            watcher: watch)
        let formatter = try formatter(continues: opened.mark.bytes > 0)
        let sink = try await withTaskExecutorPreference(writer) { makeSink(formatter, opened) }.get()
        let ending = await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run() }
            defer { group.cancelAll() }
            return await withTaskExecutorPreference(writer) { () -> Result<Ending, OutputFailure> in
                var sink = sink
                do throws(OutputFailure) {
                    let result = try await crawler.run(&sink, records: opened.mark.records)
                    try sink.end()
                    return .success(Ending(result: result, hadProblems: sink.hadProblems))
                } catch {
                    return .failure(error)
                }
            }
        }
        return conclude(ending, watch, opened)
    }

    /// Makes the sink on the writer thread: jq programs are compiled there and must stay there.
    private func makeSink(_ formatter: any Formatter, _ opened: Opened) -> Result<CrawlSink, ValidationError> {
        var sink = CrawlSink(
            formatter: formatter, output: opened.records, mark: opened.mark, failedTo: opened.failedTo,
            folder: opened.folder, console: console, isVerbose: output.verbose)
        do throws(InputFailure) {
            try sink.prepare()
            return .success(sink)
        } catch {
            return .failure(ValidationError(error.message))
        }
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ ending: Result<Ending, OutputFailure>, _ watch: CrawlWatch, _ opened: Opened
    ) -> ExitStatus {
        switch ending {
        case .failure(.failed(let message)):
            console.say("fetchall: \(message)")
            return .io
        case .failure(.closed): return .success
        case .success(let ending):
            let result = ending.result
            var status = ExitStatus(result.summary.requests)
            if ending.hadProblems, case .success = status { status = .failed }
            for file in [opened.records, opened.failedTo].compactMap({ $0 }) where !file.close() {
                console.say("fetchall: cannot write \(file.name)")
                status = .io
            }
            if result.stop == .deadline { status = .deadline }
            say(result, watch)
            return status
        }
    }

    private func say(_ result: CrawlResult, _ watch: CrawlWatch) {
        if result.isBudgetSpent {
            watch.notice("stopped at --max-pages \(options.maxPages); \(result.counts.queued) URLs are left")
        }
        if let count = result.summary.skipped[.depth], count > 0 {
            watch.notice("\(count) URLs are deeper than --max-depth \(options.maxDepth) and were not fetched")
        }
        if result.stop != nil, arguments.state != nil, result.counts.queued > 0 {
            watch.notice("\(result.counts.queued) URLs are left; run the same command again to resume")
        }
        if output.summary || (console.stderrIsTerminal && !output.quiet) {
            let color = output.usesColor(console.stderrIsTerminal, console)
            console.show(result.summary.render(elapsed: watch.elapsed, width: console.width ?? 80, color: color))
        }
    }

    // MARK: Opening

    private func open() throws -> Opened {
        var opened = Opened(frontier: MemoryFrontier(), records: .standardOutput, mark: OutputMark())
        var state: SQLiteFrontier?
        if let path = arguments.state {
            let (file, isResumed) = try CrawlStateFile.resumeOrCreate(
                path, identity: arguments.identity(seeds: options.seeds), isFresh: arguments.fresh)
            opened.state = file
            let frontier = try SQLiteFrontier(file: file)
            opened.frontier = frontier
            if isResumed {
                state = frontier
                opened.mark = try frontier.outputMark()
            }
        }
        do {
            if let path = output.output {
                try openRecords(path, state, &opened)
            } else {
                opened.mark.file = ""
                opened.mark.bytes = 0
            }
            opened.failedTo = try output.failedTo.map(OutputFile.create)
            if let path = output.outputDir {
                let template =
                    try output.filenameTemplate == nil
                    ? FileNameTemplate(BodyFolder.mirrorTemplate) : output.template()
                do {
                    opened.folder = try BodyFolder(path: path, template: template)
                } catch {
                    throw InputFailure("cannot write to \(TerminalText.escaped(error.message))")
                }
            }
        } catch {
            opened.state?.close()
            throw error
        }
        return opened
    }

    /// Opens the file of the records. If the crawl continues it, it is cut where the last complete page ends.
    private func openRecords(_ path: String, _ state: SQLiteFrontier?, _ opened: inout Opened) throws {
        var format = output.chosenFormat?.rawValue ?? "write-out"
        // Lines of another jq program must not follow those of the first.
        if let jq = output.jq { format += "+jq-\(Digest.text(of: [jq]))" }
        let name = OutputFile.absolute(path)
        let known = opened.mark.file.split(separator: " ", maxSplits: 1).map(String.init)
        guard let state, known.count == 2, known[1] == name else {
            opened.records = try OutputFile.create(path)
            opened.mark.file = "\(format) \(name)"
            opened.mark.bytes = 0
            try state?.forgetRecordEnds()
            return
        }
        guard known[0] == format else {
            let parts = known[0].split(separator: "+")
            let program = parts.count > 1 ? " through another --jq" : output.jq == nil ? "" : " without --jq"
            let form = parts[0] + program
            throw StoreFailure.refused(
                "\(TerminalText.escaped(path)) holds records of this crawl as \(form): use the same format or another -o"
            )
        }
        let (file, size) = try OutputFile.reopen(path)
        opened.records = file
        if size < opened.mark.bytes {
            let (pages, end) = try state.requeue(recordsBeyond: size)
            opened.mark.bytes = end
            console.say("fetchall: \(file.name) has lost records; \(pages) pages will be fetched again")
        }
        do throws(Errno) {
            try file.cut(to: opened.mark.bytes)
        } catch {
            throw InputFailure("cannot write \(file.name): \(error)")
        }
    }

    private func formatter(continues: Bool) throws -> any Formatter {
        switch output.chosenFormat {
        case .csv: CSVFormatter(.csv, guardsFormulas: !output.noCsvGuard, isCrawl: true)
        case .tsv: CSVFormatter(.tsv, guardsFormulas: !output.noCsvGuard, isCrawl: true)
        case .json where output.jq == nil: JSONFormatter(options: output.recordOptions, continues: continues)
        default: try output.formatter(console: console)
        }
    }
}
