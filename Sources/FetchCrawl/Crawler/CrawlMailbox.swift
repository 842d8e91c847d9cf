import FetchHTTP
import Synchronization

/// An event from outside the crawl's own thread.
enum CrawlEvent: Sendable {
    /// A fetch ended.
    case fetched(slot: Int, Outcome)
    /// The attempt to fetch a robots.txt ended.
    case robots(id: Int64, RobotsAnswer)
    /// A time has come.
    case woken
    /// The run must end.
    case stopped
}

/// Delivers events to the one task that crawls, in batches: while that task works, sending costs no wake-up.
final class CrawlMailbox: Sendable {
    private struct State {
        var events: [CrawlEvent] = []
        var reader: UnsafeContinuation<[CrawlEvent], Never>?
    }

    private let state = Mutex(State())

    /// Adds an event.
    func send(_ event: CrawlEvent) {
        let reader = state.withLock { state -> UnsafeContinuation<[CrawlEvent], Never>? in
            guard let reader = state.reader else {
                state.events.append(event)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: [event])
    }

    /// The pending events.
    func take() -> [CrawlEvent] {
        state.withLock { state in
            var events: [CrawlEvent] = []
            swap(&events, &state.events)
            return events
        }
    }

    /// The pending events; waits for at least one.
    func next() async -> [CrawlEvent] {
        await withUnsafeContinuation { continuation in
            let events = state.withLock { state -> [CrawlEvent] in
                var events: [CrawlEvent] = []
                swap(&events, &state.events)
                if events.isEmpty { state.reader = continuation }
                return events
            }
            if !events.isEmpty { continuation.resume(returning: events) }
        }
    }
}
