import Synchronization

/// What happens to a crawl from outside its own thread.
enum CrawlEvent: Sendable {
    /// A fetch ended.
    case fetched(slot: Int, Outcome)
    /// The attempt to fetch a robots.txt ended.
    case robots(id: Int64, RobotsAnswer)
    /// A time has come.
    case woken
    /// The run is to end.
    case stopped
}

/// Brings events to the one task that crawls, in batches: while it works, sending costs no wake-up.
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

    /// The events that are there.
    func take() -> [CrawlEvent] {
        state.withLock { state in
            var events: [CrawlEvent] = []
            swap(&events, &state.events)
            return events
        }
    }

    /// The events that are there, waiting for one if need be.
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
