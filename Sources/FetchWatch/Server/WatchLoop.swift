import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The turns of the server's thread: it accepts, reads heads, writes answers, and sends an event per second to those that
/// follow the run. Nothing in it waits but poll(2).
final class WatchLoop {
    /// The maximum number of connections. Further ones wait in the kernel's queue.
    static let connectionLimit = 64
    /// The time between two events.
    private static let interval: UInt64 = 1_000_000_000

    private let listener: Int32
    private let waker: Waker
    private let gate: WatchGate
    private let feed: WatchFeed
    private var connections: [Int32: WatchConnection] = [:]
    private var nextEvent = MonotonicClock.nanoseconds()
    /// Until when no connection is accepted, because the process has no descriptor for one.
    private var acceptsFrom: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 4096)

    init(listener: Int32, waker: Waker, gate: WatchGate, feed: WatchFeed) {
        self.listener = listener
        self.waker = waker
        self.gate = gate
        self.feed = feed
    }

    /// Runs until it has to stop, then closes all connections.
    func run(until stops: () -> Bool) {
        while !stops() {
            let now = MonotonicClock.nanoseconds()
            dropLate(at: now)
            sendEvents(at: now)
            let accepts = connections.count < Self.connectionLimit && now >= acceptsFrom
            var list = [pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0)]
            list.append(pollfd(fd: listener, events: accepts ? Int16(POLLIN) : 0, revents: 0))
            for (descriptor, connection) in connections {
                let events = connection.pending.isEmpty ? POLLIN : POLLIN | POLLOUT
                list.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
            }
            guard poll(&list, nfds_t(list.count), wait(at: now)) > 0 else { continue }
            if list[0].revents != 0 { waker.swallow() }
            for entry in list.dropFirst(2) where entry.revents != 0 {
                if Int32(entry.revents) & ~Int32(POLLOUT) != 0 { read(entry.fd) }
                if Int32(entry.revents) & Int32(POLLOUT) != 0 { write(entry.fd) }
            }
            if accepts, list[1].revents != 0 { accept() }
        }
        end()
    }

    /// The longest wait in milliseconds; -1 while there is nothing to do.
    private func wait(at now: UInt64) -> Int32 {
        var times = connections.values.compactMap(\.deadline)
        if connections.values.contains(where: { $0.phase == .streaming }) { times.append(nextEvent) }
        if now < acceptsFrom { times.append(acceptsFrom) }
        guard let next = times.min() else { return -1 }
        return next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
    }

    private func accept() {
        while connections.count < Self.connectionLimit {
            switch WatchSocket.accept(listener) {
            case .socket(let descriptor):
                connections[descriptor] = WatchConnection(at: MonotonicClock.nanoseconds())
                read(descriptor)
            case .none: return
            case .exhausted:
                acceptsFrom = MonotonicClock.nanoseconds() + Self.interval
                return
            }
        }
    }

    private func read(_ descriptor: Int32) {
        guard connections[descriptor] != nil else { return }
        switch buffer.withUnsafeMutableBytes({ WatchSocket.receive(descriptor, into: $0) }) {
        case .wouldBlock: return
        case .ended: drop(descriptor)
        case .bytes(let count):
            guard let progress = connections[descriptor]?.receive(buffer[..<count]) else { return }
            answer(progress, descriptor)
            write(descriptor)
        }
    }

    private func answer(_ progress: WatchRequestReader.Progress, _ descriptor: Int32) {
        let now = MonotonicClock.nanoseconds()
        switch progress {
        case .incomplete: return
        case .refused(let status): connections[descriptor]?.answer(WatchResponse.refusal(status), at: now)
        case .complete(let request):
            switch gate.verdict(request) {
            case .refused(let status):
                let answer = WatchResponse.refusal(status, hasBody: request.method != "HEAD")
                connections[descriptor]?.answer(answer, at: now)
            case .resource(.events, hasBody: true):
                let event = ServerSentEvents.event("progress", feed.snapshot().json)
                connections[descriptor]?.stream(
                    WatchResponse.events + ServerSentEvents.retry(milliseconds: 2000) + event)
                // It has one now; those that follow already keep their beat.
                if nextEvent <= now { nextEvent = now + Self.interval }
            case .resource(.events, hasBody: false):
                connections[descriptor]?.answer(WatchResponse.events, at: now)
            case .resource(.page, let hasBody):
                connections[descriptor]?.answer(
                    WatchResponse.content(WatchPage.document, type: "text/html; charset=utf-8", hasBody: hasBody),
                    at: now)
            case .resource(.metrics, let hasBody):
                connections[descriptor]?.answer(
                    WatchResponse.content(feed.snapshot().metrics, type: MetricsText.mediaType, hasBody: hasBody),
                    at: now)
            }
        }
    }

    private func write(_ descriptor: Int32) {
        guard let pending = connections[descriptor]?.pending, !pending.isEmpty else { return }
        switch WatchSocket.send(descriptor, pending) {
        case .wouldBlock: return
        case .ended: drop(descriptor)
        case .bytes(let count):
            let isAnswered = connections[descriptor]?.sent(count, at: MonotonicClock.nanoseconds()) ?? false
            if isAnswered { WatchSocket.finishWriting(descriptor) }
        }
    }

    /// Sends a snapshot to all that follow the run, once a second. It is made once for all of them.
    private func sendEvents(at now: UInt64) {
        guard now >= nextEvent else { return }
        let streams = connections.filter { $0.value.phase == .streaming }.map(\.key)
        guard !streams.isEmpty else { return }
        nextEvent = now + Self.interval
        let event = ServerSentEvents.event("progress", feed.snapshot().json)
        for descriptor in streams { send(event, to: descriptor) }
    }

    private func send(_ event: [UInt8], to descriptor: Int32) {
        guard connections[descriptor]?.append(event) == true else { return drop(descriptor) }
        write(descriptor)
    }

    private func dropLate(at now: UInt64) {
        for (descriptor, connection) in connections where connection.deadline.map({ $0 <= now }) ?? false {
            drop(descriptor)
        }
    }

    /// Sends the last event as far as it goes, and closes everything.
    private func end() {
        let event = ServerSentEvents.event("end", feed.snapshot(isFinal: true).json)
        for (descriptor, connection) in connections {
            if connection.phase == .streaming { send(event, to: descriptor) }
            drop(descriptor)
        }
    }

    private func drop(_ descriptor: Int32) {
        if connections.removeValue(forKey: descriptor) != nil { WatchSocket.close(descriptor) }
    }
}
