import Synchronization

/// The loops of a run, and which of them sends a request: one, or two where many requests are in flight and there is a
/// processor for the second. Each has its own thread, handles and connections.
///
/// The first also runs the tasks of the run. A transfer that ends on a loop starts the next on the same one, so that none
/// of it crosses threads.
///
/// ``shutdown()`` must be called.
public final class TransferLoops: Sendable {
    /// The loop that runs the tasks.
    public let first: TransferLoop
    private let second: TransferLoop?
    private let options: NetworkOptions
    /// Which of two loops was asked for an origin first: whether the second.
    private let homes = Mutex(OriginTable<Bool>())
    /// New connections that were dealt out.
    private let dealt = Atomic<Int>(0)

    /// Fewer requests at once than this leave a loop time enough to sleep: with a second one both only wake each other.
    static let leastConcurrency = 8
    /// Where bodies are saved, a loop has enough to do with one request: two loops write at once.
    static let leastConcurrencySaving = 2
    /// How much more a loop may have to do before a new connection is dealt to the other.
    private static let dealingSlack = 1
    /// How much more than twice as much a loop may have to do before it gives away what comes to it: an eighth of all, so
    /// that few requests at once to one host over TLS still have two loops.
    private var slack: Int { options.concurrency / 8 }

    /// Starts the loops.
    ///
    /// - Parameters:
    ///   - options: How connections are made, by all loops together.
    ///   - most: How many loops there may be. Only a ``CallbackTransport``'s own starts are spread over several.
    ///   - savesBodies: Whether bodies go to files.
    /// - Throws: ``FetchError`` of kind `io` when the system has no descriptors, memory or threads left.
    public convenience init(
        options: NetworkOptions, most: Int = 2, savesBodies: Bool = false
    ) throws(FetchError) {
        let count = Self.count(options, processors: NativeThread.processors, savesBodies: savesBodies)
        try self.init(options, count: min(most, count))
    }

    init(_ options: NetworkOptions, count: Int) throws(FetchError) {
        var options = options
        options.loops = count
        self.options = options
        first = try TransferLoop(options: options)
        do throws(FetchError) {
            second = count > 1 ? try TransferLoop(options: options) : nil
        } catch {
            first.shutdown()
            throw error
        }
    }

    /// A loop that stays somebody else's to shut down.
    init(_ loop: TransferLoop) {
        first = loop
        second = nil
        options = NetworkOptions()
    }

    /// How many loops pay. More than two were never measured; cookies are kept in one jar, which is one thread's.
    static func count(_ options: NetworkOptions, processors: Int, savesBodies: Bool = false) -> Int {
        let least = savesBodies ? leastConcurrencySaving : leastConcurrency
        return options.concurrency >= least && processors > 1 && !options.usesCookies ? 2 : 1
    }

    /// Ends the threads, as ``TransferLoop/shutdown()``.
    public func shutdown() {
        first.shutdown()
        second?.shutdown()
    }

    /// The loop for a transfer that starts now.
    ///
    /// The first so many as may be in flight are dealt out evenly. Then each loop goes on with what it ended, unless the
    /// other has much less to do: to cross threads for a connection that the other may have costs more than a connection.
    /// It does not over TLS, so there the first request of an origin says which loop the next ones go to.
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

    /// The number of the loop that we are on; nil where there is one, and on any other thread.
    var current: Int? {
        guard let second else { return nil }
        return second.isOnThread ? 1 : first.isOnThread ? 0 : nil
    }

    /// How many transfers each has.
    var loads: [Int] { [first, second].compactMap { $0?.load.value } }

    /// The one that is preferred, unless the other has much less to do.
    private func lessLoaded(_ preferred: TransferLoop, _ other: TransferLoop) -> TransferLoop {
        preferred.load.value > other.load.value * 2 + slack ? other : preferred
    }

    /// Ends a transfer, whichever loop has it.
    func cancel(_ cancellation: CancellationHandle) {
        first.cancel(cancellation)
        second?.cancel(cancellation)
    }

    /// Runs the action before the loop that we are on waits next; before the first does on any other thread.
    func beforeNextWait(_ action: @escaping @Sendable () -> Void) {
        guard let second, second.isOnThread else { return first.beforeNextWait(action) }
        second.beforeNextWait(action)
    }

    /// Runs the action after a while on the loop that we are on; on the first from any other thread. False when it has
    /// ended.
    func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        guard let second, second.isOnThread else { return first.after(duration, action) }
        return second.after(duration, action)
    }
}
