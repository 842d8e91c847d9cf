import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport
import FetchWatch

/// The live page of a run (`--watch-port`).
struct RunWatch: Sendable {
    /// Receives what happens in the run.
    let feed: WatchFeed
    private let server: WatchServer

    /// Listens on the port; nil without the option.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user when the port cannot be used.
    init?(_ options: ReportOptions, _ command: OptionRules.Command) throws(InputFailure) {
        guard let port = options.watchPort else { return nil }
        feed = WatchFeed(version: Fetchall.version, command: command.rawValue)
        do throws(WatchFailure) {
            server = try WatchServer(port: port, feed: feed)
        } catch {
            let advice = port == 0 ? "" : "; use another port, or 0 for a free one"
            throw InputFailure("--watch-port \(port): cannot listen on 127.0.0.1: \(error)\(advice)")
        }
    }

    /// Starts the server and says where it is.
    ///
    /// - Returns: False when the system has no thread left.
    func start(_ console: Console) -> Bool {
        guard server.start() else { return false }
        console.say("fetchall: watch \(server.address)")
        return true
    }

    /// Ends the server with the run; the second call does nothing.
    func stop() { server.stop() }

    /// Looks up what no record says, until the task is cancelled.
    ///
    /// - Parameter total: Says how many inputs there are; nil while that is not known.
    func follow(_ scheduler: Scheduler, total: @Sendable () -> Int?) async {
        repeat {
            var gauges = WatchState.Gauges()
            gauges.inFlight = await scheduler.inFlight
            gauges.received = scheduler.meter?.reading.received ?? 0
            gauges.waiting = scheduler.restingAuthorities.map {
                WatchState.Waiting(authority: $0.authority, rest: $0.rest)
            }
            gauges.total = total()
            feed.take(gauges)
        } while (try? await SystemTime().sleep(for: .milliseconds(500))) != nil
        // The last event counts what came after the last look.
        var gauges = WatchState.Gauges()
        gauges.received = scheduler.meter?.reading.received ?? 0
        gauges.total = total()
        feed.take(gauges)
    }
}
