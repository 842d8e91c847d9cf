import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport
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
    /// Whether the first failure ends the crawl.
    var failsEarly = false

    /// What is open during the run.
    private struct Opened {
        let frontier: any Frontier
        let state: CrawlStateFile?
        let files: RunFiles
        let folder: BodyFolder?
        let mark: OutputMark
        /// What earlier runs of this crawl left; nil for the first.
        var earlier: EarlierRuns?

        /// Closes the state; the second call does nothing.
        func closeState() throws(InputFailure) {
            do throws(StoreFailure) { try state?.close() } catch { throw InputFailure(error.message) }
        }
    }

    /// Runs it.
    func run() async throws -> ExitStatus {
        let opened: Opened
        do {
            guard let files = try await console.opening({ try open() }) else { return .io }
            opened = files
        } catch let failure as StoreFailure {
            var advice = ""
            if case .mismatch = failure { advice = ", another --state, or --fresh" }
            console.say("fetchall: \(failure.message)\(advice)")
            return failure.isRefusal ? .usage : .io
        } catch let failure as FetchError {
            console.say("fetchall: \(failure.message)")
            return .io
        }
        defer {
            // Most runs have closed it before, and have reported its failure.
            try? opened.state?.close()
            opened.folder?.close()
        }
        let scope = RunScope(
            network: network, scheduler: scheduler, output: output, console: console, cacheFile: cacheFile,
            watch: opened.files.watch)
        return try await scope.run { scheduler, writer in
            try await crawl(scheduler, writer, opened)
        }
    }

    private func crawl(
        _ scheduler: Scheduler, _ writer: ThreadExecutor, _ opened: Opened
    ) async throws -> ExitStatus {
        let watch = CrawlWatch(console: console, output: output, feed: opened.files.watch?.feed, countsRecords: false)
        let crawler = Crawler(
            options: options, scheduler: scheduler, frontier: opened.frontier, isDurable: opened.state != nil,
            watcher: watch)
        let formatter = try formatter(continues: opened.mark.bytes > 0)
        var sink = CrawlSink(
            formatter: formatter, files: opened.files, mark: opened.mark, folder: opened.folder, hash: output.hash,
            console: console, isVerbose: output.verbose, isDurable: opened.state != nil,
            isLines: output.chosenFormat == .jsonl)
        sink.stop = failsEarly ? scheduler.stop : nil
        if let earlier = opened.earlier, opened.files.failedTo?.isFile == true { sink.list(earlier.failedURLs) }
        sink = try await sink.prepared(on: writer)
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(scheduler.meter) }
            defer { group.cancelAll() }
            return await sink.writing(on: writer) { (sink) async throws(OutputFailure) in
                let result = try await crawler.run(&sink, records: opened.mark.records)
                try sink.end()
                return result
            }
        }
        let conclusion = RunConclusion(output: output, console: console, files: opened.files, end: end.failure)
        var status = conclude(conclusion, end, result, watch, opened.earlier)
        let reason = scheduler.stop.reason ?? (try? end.get())?.stop
        status = conclusion.report(status, .crawl, watch.elapsed, stopped: reason)
        return conclusion.close(status) { () throws(InputFailure) in try opened.closeState() }
    }

    /// Writes the final messages and determines the exit code.
    private func conclude(
        _ conclusion: RunConclusion, _ end: Result<CrawlResult, OutputFailure>, _ sink: CrawlSink, _ watch: CrawlWatch,
        _ earlier: EarlierRuns?
    ) -> ExitStatus {
        switch end {
        case .failure: return conclusion.failure() ?? conclusion.close(.success, hadProblems: false)
        case .success(let result):
            var status = ExitStatus(result.summary.requests)
            if result.stop == .deadline { status = .deadline }
            status = conclusion.close(earlier?.status(status) ?? status, hadProblems: sink.hadProblems)
            say(result, sink.unsaved, watch, conclusion)
            return status
        }
    }

    private func say(
        _ result: CrawlResult, _ unsaved: (count: Int, first: String)?, _ watch: CrawlWatch,
        _ conclusion: RunConclusion
    ) {
        if result.isBudgetSpent {
            watch.notice("stopped at --max-pages \(options.maxPages); \(result.counts.queued) URLs are left")
        }
        if let count = result.summary.skipped[.depth], count > 0 {
            watch.notice("\(count) URLs are deeper than --max-depth \(options.maxDepth) and were not fetched")
        }
        let undone = result.summary.undone
        let advice = "\(undone) pages are not done; run the same command again to fetch them"
        if let unsaved {
            let others = unsaved.count > 1 ? ", and \(unsaved.count - 1) more" : ""
            console.say("fetchall: \(unsaved.first)\(others)\(undone > 0 ? "; \(advice)" : "")")
        }
        if let traps = result.summary.traps.message { watch.notice("\(traps); --no-traps fetches such URLs") }
        if result.stop != nil, arguments.state != nil, result.counts.queued > 0 {
            watch.notice("\(result.counts.queued) URLs are left; run the same command again to resume")
        } else if undone > 0, unsaved == nil {
            watch.notice(advice)
        }
        conclusion.adviseTLS(result.summary.requests)
        if output.summary || conclusion.saysTotals {
            conclusion.show { result.summary.render(elapsed: watch.elapsed, width: $0, color: $1) }
            if result.counts.queued == 0 { conclusion.sayNothingDone(result.summary.requests, state: arguments.state) }
        }
    }

    // MARK: Opening

    private func open() throws -> Opened {
        guard let path = arguments.state else {
            return try open(MemoryFrontier(), state: nil, mark: OutputMark(), resumed: nil)
        }
        let (file, isResumed) = try CrawlStateFile.resumeOrCreate(
            path, identity: arguments.identity(seeds: options.seeds, agent: options.agent), isFresh: arguments.fresh,
            report: { console.say("fetchall: \($0)\(keepRecords())") })
        let frontier = try SQLiteFrontier(file: file)
        let mark = isResumed ? try frontier.outputMark() : OutputMark()
        do {
            return try open(frontier, state: file, mark: mark, resumed: isResumed ? frontier : nil)
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Opens the output of a crawl.
    ///
    /// - Parameter resumed: The frontier of an earlier run that this one continues; nil for none.
    private func open(
        _ frontier: any Frontier, state: CrawlStateFile?, mark: OutputMark, resumed: SQLiteFrontier?
    ) throws -> Opened {
        var mark = mark
        let records: OutputFile
        output.makeFolders()
        let watch = try RunWatch(output.reports, .crawl)
        let reports = try ReportFiles(output.reports) { console.environment($0) }
        reports?.learn(network) { console.environment($0) }
        if let path = output.output {
            records = try openRecords(path, resumed, &mark)
        } else {
            records = .standardOutput
            mark.file = ""
            mark.bytes = 0
        }
        let folder = try output.openFolder(
            console, SavingOptions(), FileNameTemplate(BodyFolder.mirrorTemplate))
        if let folder { try resumed?.forEachSavedPage { $1.map(folder.keep) ?? folder.keepName(of: $0) } }
        let earlier = try resumed.map { frontier throws(FetchError) in
            try EarlierRuns(frontier, listsFailures: output.failedTo != nil, checksLinks: options.checksLinks)
        }
        return Opened(
            frontier: frontier, state: state, files: try RunFiles(records: records, reports, watch, output),
            folder: folder,
            mark: mark, earlier: earlier)
    }

    /// Renames the records of a crawl whose state is damaged, because the crawl starts again; says so.
    private func keepRecords() -> String {
        guard !arguments.fresh, let path = output.output, path != "-", OutputFile.length(of: path) ?? 0 > 0,
            let aside = try? DamagedFile.putAside(path)
        else { return "" }
        return "; the records so far are in \(TerminalText.escaped(aside))"
    }

    /// Opens the file of the records. If the crawl continues it, it is cut where the last complete page ends.
    private func openRecords(_ path: String, _ state: SQLiteFrontier?, _ mark: inout OutputMark) throws -> OutputFile {
        var format = output.chosenFormat?.rawValue ?? "write-out"
        // Lines of another jq program must not follow those of the first.
        if let jq = output.jq { format += "+jq-\(Digest.text(of: [jq]))" }
        // Rows with another column must not follow those without it.
        if let hash = output.hash, format == "csv" || format == "tsv" { format += "+hash-\(hash.rawValue)" }
        let name = OutputFile.absolute(path)
        let known = mark.file.split(separator: " ", maxSplits: 1).map(String.init)
        guard let state, known.count == 2, known[1] == name else {
            let file = try OutputFile.create(path)
            mark.file = "\(format) \(name)"
            mark.bytes = 0
            try state?.forgetRecordEnds()
            return file
        }
        guard known[0] == format else {
            let parts = known[0].split(separator: "+")
            let program =
                switch parts.dropFirst().first {
                case let kind? where kind.hasPrefix("hash-"): " with --hash \(kind.dropFirst("hash-".count))"
                case _?: " through another --jq"
                case nil: output.jq != nil ? " without --jq" : output.hash != nil ? " without --hash" : ""
                }
            let form = parts[0] + program
            throw StoreFailure.refused(
                "\(TerminalText.escaped(path)) holds records of this crawl as \(form): use the same format or another -o"
            )
        }
        let (file, size) = try OutputFile.reopen(path)
        if size < mark.bytes {
            let (pages, end) = try state.requeue(recordsBeyond: size)
            mark.bytes = end
            console.say("fetchall: \(file.name) has lost records; \(pages) pages will be fetched again")
        }
        do throws(Errno) {
            try file.cut(to: mark.bytes)
        } catch {
            throw InputFailure("cannot write \(file.name): \(error)")
        }
        return file
    }

    private func formatter(continues: Bool) throws -> any Formatter {
        switch output.chosenFormat {
        case .csv: csv(.csv)
        case .tsv: csv(.tsv)
        case .json where output.jq == nil: JSONFormatter(options: output.recordOptions, continues: continues)
        default: try output.formatter(console: console)
        }
    }

    private func csv(_ dialect: CSVFormatter.Dialect) -> CSVFormatter {
        CSVFormatter(
            dialect, guardsFormulas: !output.noCsvGuard, isCrawl: true, options: output.recordOptions)
    }
}
