package import FetchHTTP
import FetchSystem
import Synchronization

/// The loops of a run, and which of them sends a request: one, or two if many requests are in flight and there is a
/// processor for the second. Each has its own thread, handles and connections.
///
/// The first one also runs the tasks of the run. A transfer that ends on a loop starts the next on the same one, so
/// that nothing crosses threads.
///
/// ``shutdown()`` must be called.
package final class TransferLoops: Sendable {
    /// The loop that runs the tasks.
    let first: TransferLoop
    let second: TransferLoop?
    private let options: NetworkOptions
    /// Counts the bytes of bodies for a display; nil without one.
    let meter: TransferMeter?
    /// Which of two loops an origin was assigned to: whether to the second.
    private let homes = Mutex(OriginTable<Bool>())
    /// The number of new connections that were distributed.
    private let dealt = Atomic<Int>(0)

    /// The number of concurrent requests below which a loop has enough time to sleep: with a second one both would only
    /// wake each other.
    static let leastConcurrency = 8
    /// If bodies are saved, one request is enough work for a loop: two loops write concurrently.
    static let leastConcurrencySaving = 2
    /// How many more transfers a loop may have before a new connection goes to the other.
    private static let dealingSlack = 1
    /// How many more than twice as many transfers a loop may have before it passes requests on: an eighth of all, so
    /// that few concurrent requests to one host over TLS still use two loops.
    private var slack: Int { options.concurrency / 8 }

    /// Starts the loops.
    ///
    /// - Parameters:
    ///   - options: The options for connections, for all loops together.
    ///   - most: The maximum number of loops. Only starts of a ``CallbackTransport`` are distributed over several.
    ///   - savesBodies: Whether bodies are saved to files.
    ///   - meter: Counts the bytes of bodies for a display; nil without one.
    /// - Throws: ``FetchError`` of kind `io` when the system has no descriptors, memory or threads left.
    package convenience init(
        options: NetworkOptions, most: Int = 2, savesBodies: Bool = false, meter: TransferMeter? = nil
    ) throws(FetchError) {
        if let refusal = options.details?.refusal() { throw refusal }
        let count = Self.count(options, processors: NativeThread.processors, savesBodies: savesBodies)
        try self.init(options, count: min(most, count), meter: meter)
    }

    init(_ options: NetworkOptions, count: Int, meter: TransferMeter? = nil) throws(FetchError) {
        self.meter = meter
        var options = options
        options.loops = count
        self.options = options
        let bandwidth = Bandwidth(options)
        first = try TransferLoop(options: options, meter: meter, bandwidth: bandwidth)
        do throws(FetchError) {
            second = count > 1 ? try TransferLoop(options: options, meter: meter, bandwidth: bandwidth) : nil
        } catch {
            first.shutdown()
            throw error
        }
    }

    /// A loop that the caller shuts down.
    init(_ loop: TransferLoop) {
        first = loop
        second = nil
        meter = nil
        options = NetworkOptions()
    }

    /// The number of loops that pays. More than two were never measured; cookies are in one jar, which belongs to one
    /// thread.
    static func count(_ options: NetworkOptions, processors: Int, savesBodies: Bool = false) -> Int {
        let least = savesBodies ? leastConcurrencySaving : leastConcurrency
        return options.concurrency >= least && processors > 1 && !options.usesCookies ? 2 : 1
    }

    /// Ends the threads, as ``TransferLoop/shutdown()``.
    package func shutdown() {
        first.shutdown()
        second?.shutdown()
    }

    /// Why the cookies could not be written by ``shutdown()``; nil if they were.
    package var closingFailure: FetchError? { first.closingFailure ?? second?.closingFailure }

    /// The loop for a transfer that starts now.
    ///
    /// The first transfers, as many as may be in flight, are distributed evenly. Then each loop continues with its own,
    /// unless the other has far fewer: crossing threads for a connection that the other may have costs more than a
    /// connection. Over TLS it does not, so there the first request of an origin determines the loop of the next ones.
    func next(for url: FetchURL) -> TransferLoop {
        guard let second else { return first }
        let isShared = options.mayShareConnections(to: url)
        let isDealt = !isShared && dealt.load(ordering: .relaxed) < options.concurrency
        let isOnSecond = second.isOnThread
        guard isShared || isDealt else {
            return isOnSecond ? lessLoaded(second, first) : lessLoaded(first, second)
        }
        let (mine, other) = isOnSecond ? (second, first) : (first, second)
        if mine.hasConnection(for: url) { return lessLoaded(mine, other) }
        if isShared {
            let isSecond = homes.withLock { $0.value(of: url) { _ in second.load.value <= first.load.value } }
            return isSecond ? lessLoaded(second, first) : lessLoaded(first, second)
        }
        dealt.add(1, ordering: .relaxed)
        return mine.load.value > other.load.value + Self.dealingSlack ? other : mine
    }

    /// The number of the loop that the caller runs on; nil with one loop, and on any other thread.
    var current: Int? {
        guard let second else { return nil }
        return second.isOnThread ? 1 : first.isOnThread ? 0 : nil
    }

    /// The number of transfers of each.
    var loads: [Int] { [first, second].compactMap { $0?.load.value } }

    /// The preferred loop, unless the other has far fewer transfers.
    private func lessLoaded(_ preferred: TransferLoop, _ other: TransferLoop) -> TransferLoop {
        preferred.load.value > other.load.value * 2 + slack ? other : preferred
    }

    /// Ends a transfer on its loop.
    func cancel(_ cancellation: CancellationHandle) {
        first.cancel(cancellation)
        second?.cancel(cancellation)
    }

    /// Runs the action before the next wait of the loop that the caller runs on; of the first loop on any other thread.
    func beforeNextWait(_ action: @escaping @Sendable () -> Void) {
        guard let second, second.isOnThread else { return first.beforeNextWait(action) }
        second.beforeNextWait(action)
    }

    /// Runs the action after a delay on the loop that the caller runs on; on the first from any other thread. False
    /// when it has ended.
    func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        guard let second, second.isOnThread else { return first.after(duration, action) }
        return second.after(duration, action)
    }
}
