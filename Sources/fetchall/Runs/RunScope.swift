import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchTransport

/// The resources of a command that sends requests: the loops, a writer thread, and the signal watcher. All are closed
/// when the body returns.
struct RunScope {
    let network: NetworkOptions
    let scheduler: SchedulerOptions
    let output: OutputOptions
    let console: Console
    /// The cache file that all requests use; nil for none.
    var cacheFile: String?
    /// The maximum number of loops for the transfers. Only lists profit from a second one.
    var mostLoops = 1
    /// The live page; nil for none.
    var watch: RunWatch?
    /// Says how many inputs there are, for the live page.
    var total: @Sendable () -> Int? = { nil }
    /// Whether what `-v` and `--trace` show begins with the index of its input.
    var hasSeveralInputs = true

    /// Opens everything, runs the body, closes everything.
    ///
    /// - Parameter body: Receives the scheduler, and the executor for formatting and writing.
    /// - Returns: The body's status, or the status of the signal that ended the run.
    func run(
        _ body: (Scheduler, ThreadExecutor) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        var (network, bounded) = bound()
        guard SleepTimer.shared.start() else {
            console.say("fetchall: \(ResourceLimits.noThread)")
            return .io
        }
        let cache: ResponseCache?
        do throws(StoreFailure) {
            cache = try openCache(network)
        } catch {
            return try error.status(console)
        }
        defer { cache?.close() }
        if let jar = network.cookieJar {
            do throws(FetchError) {
                try CookieJar.check(jar)
            } catch {
                console.say("fetchall: \(error.message)")
                return .io
            }
        }
        let trace: RunTrace?
        do throws(InputFailure) {
            trace = try RunTrace(
                output.tracing, network, hasSeveralInputs: hasSeveralInputs,
                proxies: Self.proxies(network) { console.environment($0) }, console: console)
        } catch {
            console.say("fetchall: \(error.message)")
            return .io
        }
        network.trace = trace
        bounded.trace = trace
        let loops: TransferLoops
        let writer: ThreadExecutor
        do throws(FetchError) {
            let meter = output.progressStyle(console) == .off && watch == nil ? nil : TransferMeter()
            loops = try TransferLoops(
                options: network, most: mostLoops, savesBodies: output.saving.directory != nil, meter: meter)
            do throws(SystemFailure) { writer = try ThreadExecutor() } catch {
                throw FetchError(.io, error.description)
            }
            guard writer.start(), watch?.start(console) ?? true else { throw FetchError(.io, ResourceLimits.noThread) }
        } catch {
            console.say("fetchall: \(error.message)")
            return .io
        }
        defer {
            loops.shutdown()
            writer.shutdown()
            watch?.stop()
        }
        let stop = StopSignal()
        console.signals.handle(leaving: { [console] in console.leave() }) { [console, isQuiet = output.quiet] in
            stop.stop(.interrupted)
            ProgramOutput.end(after: .zero)
            if console.stderrIsTerminal, !isQuiet {
                console.trySay(
                    "fetchall: interrupted; finishing the requests in flight (interrupt again to quit immediately)")
            }
        }
        if output.verbose { describe(network, bounded) }
        var transport: any Transport = CurlTransport(loops: loops)
        if let cache { transport = CachingTransport(transport, cache: cache) }
        let scheduler = Scheduler(transport: transport, options: bounded, stop: stop)
        if !output.quiet {
            scheduler.whenShort { [console] in console.say("fetchall: fewer concurrent requests: \($0.message)") }
        }
        async let _: Void = Self.endJQ(after: stop, scheduler.options.deadline)
        async let _: Void? = watch?.follow(scheduler, total: total)
        var status = try await body(scheduler, writer)
        loops.shutdown()
        if let failure = loops.closingFailure {
            console.say("fetchall: \(failure.message)")
            status = .io
        }
        if let problem = trace?.close() {
            console.say("fetchall: \(problem)")
            status = .io
        }
        if console.terminalIsGone {
            console.say("fetchall: cannot write standard output: the terminal has gone")
            status = .io
        }
        return console.signals.received.map { ExitStatus.signal($0) } ?? status
    }

    /// Ends jq programs that do not end by themselves once the run has to; returns when its task is cancelled. The
    /// scheduler's own deadline is over when all responses are there.
    private static func endJQ(after stop: StopSignal, _ deadline: Duration?) async {
        if let deadline { await stop.sleep(for: deadline, on: SystemTime()) } else { await stop.wait() }
        while (try? await SystemTime().sleep(for: .milliseconds(250))) != nil { JQWatch.end(longerThan: .seconds(1)) }
    }

    /// Opens the cache, if there is to be one.
    private func openCache(_ network: NetworkOptions) throws(StoreFailure) -> ResponseCache? {
        guard let cacheFile else { return nil }
        guard !network.usesCookies else {
            // Only libcurl knows which cookies it sends, so the cache cannot tell for whom a response is.
            if !output.quiet {
                console.say(
                    "fetchall: --cache is off, because it cannot be used with a cookie file (-b FILE, --cookie-jar)")
            }
            return nil
        }
        return try ResponseCache(path: cacheFile, network: network) { [console] in
            console.say("fetchall: \($0)")
        }
    }

    /// Lowers the requested concurrency to what the descriptor limit allows, and reports it once.
    private func bound() -> (NetworkOptions, SchedulerOptions) {
        var network = network
        var scheduler = scheduler
        let limits = ResourceLimits()
        let most = limits.transfers(savingFiles: output.saving.directory != nil)
        if scheduler.maxConcurrent > most {
            if !output.quiet {
                console.say(
                    "fetchall: concurrent requests limited to \(most): the system allows \(limits.openFiles) open files (ulimit -n)"
                )
            }
            scheduler.maxConcurrent = most
        }
        network.concurrency = scheduler.maxConcurrent
        network.maxIdleConnections = min(max(1024, 4 * scheduler.maxConcurrent), most)
        return (network, scheduler)
    }

    private func describe(_ network: NetworkOptions, _ scheduler: SchedulerOptions) {
        console.say("fetchall \(Fetchall.version), \(CurlLibrary.version)")
        let perHost = scheduler.maxPerAuthority.map { ", \($0) to one host" } ?? ""
        console.say("maximum concurrent requests: \(scheduler.maxConcurrent)\(perHost)")
        let time = scheduler.maxTime.map(HumanText.time) ?? "no limit"
        let speed =
            network.speedLimit == 0
            ? "no limit" : "\(network.speedLimit) bytes/s for \(HumanText.time(network.speedTime))"
        console.say("time of an attempt: \(time), minimum speed: \(speed)")
        if let proxy = network.proxy ?? environmentProxy, !proxy.isEmpty {
            console.say("proxy \(PrintableURL.hidingCredentials(in: ByteText.shown(proxy)))")
        }
    }

    /// The URLs of all proxies that may be used.
    static func proxies(_ network: NetworkOptions, _ environment: (String) -> String?) -> [String] {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let user = network.details?.proxyUser.map { "http://\(ByteText.text(of: $0))@proxy" }
        let first = network.details?.transport.compactMap { detail in
            if detail.option == .preProxy, case .text(let proxy) = detail.value { proxy } else { nil as String? }
        }
        let own = [network.proxy, user].compactMap { $0 } + (network.hosts?.proxies.values ?? [])
        return own + (first ?? []) + names.compactMap(environment)
    }

    private var environmentProxy: String? {
        ["https_proxy", "http_proxy", "all_proxy"].lazy.compactMap { console.environment($0) }.first
    }
}
