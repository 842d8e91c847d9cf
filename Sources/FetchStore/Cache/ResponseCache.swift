package import FetchHTTP
import FetchSystem
import DequeModule
import Synchronization

/// Responses that are stored in a file, for this run and later ones (a private cache, RFC 9111).
///
/// One thread accesses the file: reads first, then writes, many in one transaction; only a read of a URL that a pending
/// write concerns waits for that. A lookup costs the loop two messages and never a wait; a slow disk only delays
/// requests that have something to store, and only once ``mostPending`` bytes wait.
///
/// ``close()`` ends it and must be called.
package final class ResponseCache: Sendable {
    /// The largest body that is stored, in decoded bytes: 16 MiB.
    static let largestBody = 16 << 20
    /// The size of all bodies above which a run removes the least recently used ones at its end: 1 GiB.
    static let largestTotal = 1 << 30
    /// The maximum number of bytes that wait to be written.
    private static let mostPending = 32 << 20
    /// The maximum number of changes in one transaction.
    private static let batch = 256

    private typealias Read = @Sendable (inout CacheConnection) -> Void

    /// A read that must see the changes before it.
    private enum Item {
        case change(CacheChange, url: String)
        /// A read that has to see what stands before it.
        case read(Read)
    }

    private struct State {
        var reads: [Read] = []
        var items = Deque<Item>()
        /// The number of changes that wait for each URL.
        var changing: [String: Int] = [:]
        var pending = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
        var isSleeping = false
        var stops = false
        var isClosed = false

        mutating func add(_ read: @escaping Read, for url: String?) {
            if url.map({ changing[$0] == nil }) ?? items.isEmpty {
                reads.append(read)
            } else {
                items.append(.read(read))
            }
        }
    }

    private struct Work {
        var reads: [Read] = []
        var changes: [(change: CacheChange, url: String)] = []
        var lateReads: [Read] = []
    }

    private enum Turn {
        case work(Work)
        case sleep
        case end
    }

    private let state = Mutex(State())
    private let waker: Waker
    private let thread = Atomic<UInt>(0)
    /// The file. Its thread holds the lock while it works on it; no other thread takes it.
    private let connection: Mutex<CacheConnection>

    /// Opens or creates a file (mode 0600).
    ///
    /// - Parameters:
    ///   - path: The file. Its directory must exist.
    ///   - network: The options for connections: responses are reused with the same options only.
    ///   - repairs: Whether a damaged file is renamed to `FILE.corrupt-…` and recreated, instead of being an error.
    ///   - report: Receives a sentence when the file turns out to be damaged or cannot be written.
    package init(
        path: String, network: NetworkOptions, repairs: Bool = true, report: @escaping @Sendable (String) -> Void
    ) throws(StoreFailure) {
        do {
            connection = Mutex(
                try CacheConnection(path: path, network: network, repairs: repairs, report: report))
        } catch {
            switch error {
            case .refused(let reason): throw .refused("\(path) \(reason)")
            case .mismatch(let reason): throw .mismatch("\(path) \(reason)")
            case .damaged(let reason): throw .damaged("\(path): \(reason)")
            case .io(let reason): throw .io("\(path): \(reason)")
            }
        }
        do {
            waker = try Waker()
        } catch {
            throw .io(error.description)
        }
        let started = NativeThread.start { [self] in run() }
        guard started != 0 else { throw .io("cannot start a thread") }
        thread.store(started, ordering: .releasing)
    }

    /// Writes what waits, closes the file and ends the thread. The second call does nothing.
    package func close() {
        state.withLock { state in
            state.stops = true
            wake(&state)
        }
        let started = thread.exchange(0, ordering: .acquiringAndReleasing)
        if started != 0 { NativeThread.join(started) }
    }

    // MARK: Reading

    /// What is stored for a request, with the day since 1970 of its last use; nil for nothing.
    func find(_ request: Request) async -> (response: StoredResponse, usedOn: Int64)? {
        await read(for: request.url.requestString) { try $0.find(request, $1) }
    }

    /// A stored body; nil when it is gone.
    func body(of response: StoredResponse) async -> [UInt8]? {
        // Its row has been read, so it does not wait to be written.
        await read(for: "") { table, _ in try table.body(of: response) }
    }

    /// The number of responses, and the bytes of their bodies.
    package func statistics() async -> (responses: Int, bytes: Int)? {
        await read { table, _ in try table.statistics() }
    }

    /// Removes everything; returns what there was.
    package func clear() async -> (responses: Int, bytes: Int)? {
        let before = await statistics()
        await withUnsafeContinuation { continuation in
            add(for: nil) { connection in
                connection.write { table, _ in try table.clear() }
                connection.compact()
                continuation.resume()
            }
        }
        return before
    }

    /// - Parameter url: The URL of the read, whose pending changes are seen. Nil for everything.
    private func read<Value: Sendable>(
        for url: String? = nil, _ body: @escaping @Sendable (ResponseTable, CacheKey.Maker) throws -> Value?
    ) async -> Value? {
        await withUnsafeContinuation { continuation in
            add(for: url) { continuation.resume(returning: $0.read(body)) }
        }
    }

    private func add(for url: String?, _ read: @escaping Read) {
        state.withLock { state in
            precondition(!state.isClosed, "the cache was closed")
            state.add(read, for: url)
            wake(&state)
        }
    }

    // MARK: Writing

    /// Queues a write; waits only while too much waits already.
    func write(_ change: CacheChange, for url: FetchURL) async {
        let url = url.requestString
        let mustWait = state.withLock { state in
            state.items.append(.change(change, url: url))
            state.changing[url, default: 0] += 1
            state.pending += change.size
            wake(&state)
            return state.pending > Self.mostPending
        }
        guard mustWait else { return }
        await withUnsafeContinuation { continuation in
            let isWritten = state.withLock { state in
                if state.pending <= Self.mostPending || state.isClosed { return true }
                state.waiting.append(continuation)
                return false
            }
            if isWritten { continuation.resume() }
        }
    }

    private func wake(_ state: inout State) {
        guard state.isSleeping else { return }
        state.isSleeping = false
        waker.wake()
    }

    // MARK: The thread

    private func run() {
        while true {
            switch nextTurn() {
            case .sleep: waker.waitUntilWoken()
            case .work(let work):
                connection.withLock { connection in
                    for read in work.reads { read(&connection) }
                }
                if !work.changes.isEmpty { apply(work.changes) }
                connection.withLock { connection in
                    for read in work.lateReads { read(&connection) }
                }
            case .end:
                connection.withLock { connection in
                    connection.write { table, _ in _ = try table.prune(to: Self.largestTotal) }
                    connection.close()
                }
                return waker.close()
            }
        }
    }

    private func nextTurn() -> Turn {
        state.withLock { state in
            if !state.reads.isEmpty || !state.items.isEmpty { return .work(Self.takeWork(&state)) }
            if state.stops {
                state.isClosed = true
                return .end
            }
            state.isSleeping = true
            return .sleep
        }
    }

    private static func takeWork(_ state: inout State) -> Work {
        var work = Work()
        swap(&work.reads, &state.reads)
        while work.changes.count < batch, case .change(let change, let url)? = state.items.first {
            work.changes.append((change, url))
            state.items.removeFirst()
        }
        while case .read(let read)? = state.items.first {
            work.lateReads.append(read)
            state.items.removeFirst()
        }
        return work
    }

    private func apply(_ changes: [(change: CacheChange, url: String)]) {
        connection.withLock { connection in
            connection.write { table, keys in
                for (change, _) in changes { try table.apply(change, keys) }
            }
        }
        let waiting = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            for (change, url) in changes {
                state.pending -= change.size
                let left = (state.changing[url] ?? 1) - 1
                state.changing[url] = left == 0 ? nil : left
            }
            guard state.pending <= Self.mostPending else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
