import FetchCore
import Synchronization

/// One run over a list of inputs, from open files to an exit code.
struct FetchRun {
    let source: any InputSource
    var network: NetworkOptions
    var scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// Turns outcomes into the document.
    let formatter: any Formatter

    /// Runs it.
    func run() async throws -> ExitStatus {
        let records: OutputFile
        let failedTo: OutputFile?
        var scheduler = scheduler
        do {
            records = try output.output.map(OutputFile.create) ?? .standardOutput
            failedTo = try output.failedTo.map(OutputFile.create)
            if let folder = output.outputDir {
                scheduler.bodies = .folder(try Self.openFolder(folder, try output.template()))
            } else if output.body {
                scheduler.bodies = .memory
                scheduler.maxBodySize = scheduler.maxBodySize ?? 16 << 20
            }
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        }
        let scope = RunScope(network: network, scheduler: scheduler, output: output, console: console)
        let status = try await scope.run { running, writer in
            try await fetch(running, records, failedTo, writer)
        }
        if case .folder(let folder) = scheduler.bodies { folder.close() }
        return status
    }

    private static func openFolder(_ path: String, _ template: FileNameTemplate) throws(InputFailure) -> BodyFolder {
        do {
            return try BodyFolder(path: path, template: template)
        } catch {
            throw InputFailure("cannot write to \(TerminalText.escaped(error.message))")
        }
    }

    private func fetch(
        _ scheduler: Scheduler, _ records: OutputFile, _ failedTo: OutputFile?, _ writer: ThreadExecutor
    ) async throws -> ExitStatus {
        let live = LiveLine(
            isShown: console.stderrIsTerminal && !output.noProgress && !output.quiet, console: console)
        let emitter = Emitter(
            formatter: formatter, isOrdered: output.isOrdered, output: records,
            failedTo: failedTo, console: console, live: live, isVerbose: output.verbose,
            isDetailed: output.summary)
        let source = source
        let (end, result) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await live.run(scheduler) { source.total } }
            let result = await scheduler.run(source) { outcomes in
                var emitter = emitter
                return await withTaskExecutorPreference(writer) {
                    do throws(Emitter.End) {
                        try await emitter.consume(outcomes)
                        return (Emitter.End?.none, emitter)
                    } catch {
                        return (error, emitter)
                    }
                }
            }
            group.cancelAll()
            return result
        }
        return conclude(end, result, live.elapsed, records, failedTo)
    }

    /// Says what is left to say, and finds the exit code.
    private func conclude(
        _ end: Emitter.End?, _ emitter: Emitter, _ elapsed: Duration, _ records: OutputFile, _ failedTo: OutputFile?
    ) -> ExitStatus {
        if case .failed(let message) = end {
            console.say("fetchall: \(message)")
            return .io
        }
        var status = ExitStatus(emitter.summary)
        for file in [records, failedTo].compactMap({ $0 }) where !file.close() {
            console.say("fetchall: cannot write \(file.name)")
            status = .io
        }
        if let failure = source.failure {
            console.say("fetchall: \(failure)")
            // Nothing came of the list at all: it was no list, and nothing was sent.
            status = emitter.summary.ok + emitter.summary.failed == 0 ? .usage : .io
        }
        if emitter.leftOutSecrets, let failedTo, !output.quiet {
            console.say("fetchall: \(failedTo.name) leaves out credentials; give them again when you use it")
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
