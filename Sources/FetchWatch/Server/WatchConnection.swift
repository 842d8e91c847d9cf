/// One client of the live page: what it sent, and what it has yet to receive. Pure: the server moves the bytes.
package struct WatchConnection: Sendable {
    /// How many bytes may wait for a client that reads slowly.
    package static let largestBacklog = 256 << 10
    /// How long a client may take for its head, and for reading an answer.
    package static let patience: UInt64 = 30_000_000_000
    /// How long an answered client may take to close its side, so that the answer is not lost to a reset.
    package static let lingering: UInt64 = 2_000_000_000

    /// What the connection is for.
    package enum Phase: Sendable, Equatable {
        case reading
        /// An answer with an end is being sent.
        case answering
        /// Events are sent until the run ends.
        case streaming
        /// All is sent; the client closes.
        case lingering
    }

    package private(set) var phase = Phase.reading
    /// The bytes to send, from ``sent`` on.
    private var output: [UInt8] = []
    private var sent = 0
    /// When its phase is over, in nanoseconds; nil for a stream whose client reads.
    package private(set) var deadline: UInt64?
    private var reader = WatchRequestReader()

    /// A connection that was accepted now.
    ///
    /// - Parameter now: Nanoseconds of a monotonic clock.
    package init(at now: UInt64) { deadline = now + Self.patience }

    /// The bytes to send.
    package var pending: ArraySlice<UInt8> { output[sent...] }

    /// Takes received bytes. After the head they are ignored.
    ///
    /// - Returns: What was asked for; nil while the head is not complete, and after it.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> WatchRequestReader.Progress? {
        guard phase == .reading else { return nil }
        let progress = reader.feed(bytes)
        return progress == .incomplete ? nil : progress
    }

    /// Begins an answer that ends.
    package mutating func answer(_ bytes: [UInt8], at now: UInt64) {
        phase = .answering
        output = bytes
        sent = 0
        deadline = now + Self.patience
    }

    /// Begins a stream of events.
    package mutating func stream(_ bytes: [UInt8]) {
        phase = .streaming
        output = bytes
        sent = 0
        deadline = nil
    }

    /// Adds an event.
    ///
    /// - Returns: False when too much waits for the client, which has to be dropped.
    package mutating func append(_ event: [UInt8]) -> Bool {
        guard output.count - sent + event.count <= Self.largestBacklog else { return false }
        output.removeFirst(sent)
        sent = 0
        output += event
        return true
    }

    /// Ends a stream after what waits.
    package mutating func endStream(at now: UInt64) {
        guard phase == .streaming else { return }
        phase = .answering
        deadline = now + Self.patience
    }

    /// Notes that bytes were sent.
    ///
    /// - Returns: Whether all of an answer is sent, and the connection waits for the client's end.
    package mutating func sent(_ count: Int, at now: UInt64) -> Bool {
        sent += count
        guard sent == output.count else { return false }
        output.removeAll(keepingCapacity: phase == .streaming)
        sent = 0
        guard phase == .answering else { return false }
        phase = .lingering
        deadline = now + Self.lingering
        return true
    }
}
