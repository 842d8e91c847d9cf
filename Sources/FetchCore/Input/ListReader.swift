import Synchronization

/// Reads one list on a thread of its own and hands out its inputs as they arrive.
///
/// The thread starts with the first ``next()``. When the consumer is slow it stops reading, so that a writer at the
/// other end of a pipe is held up as well and memory stays bounded. ``close()`` must be called by whoever does not read
/// to the end.
public final class ListReader: InputSource {
    private enum Phase { case idle, running, over }

    /// The list as the user named it.
    public let name: String
    private let defaults: RequestDefaults
    private let descriptor: ListDescriptor
    private let queue: ChunkQueue
    private let phase = Mutex(Phase.idle)

    /// Opens a file and looks at its beginning, so that a list that cannot be read is known before anything is sent.
    ///
    /// - Throws: If it is missing, unreadable, a directory, or (where that can be seen without reading on) no UTF-8.
    public static func open(
        _ path: String, defaults: RequestDefaults = RequestDefaults()
    ) throws(InputFailure) -> ListReader {
        try ListReader(ListDescriptor(path: path), name: path, defaults: defaults)
    }

    /// Reads standard input. What it holds is only known once it is read, unless it is a file.
    public static func standardInput(
        defaults: RequestDefaults = RequestDefaults()
    ) throws(InputFailure) -> ListReader {
        let name = "standard input"
        return try ListReader(ListDescriptor(0, name: name, isOwned: false), name: name, defaults: defaults)
    }

    /// Reads a descriptor, which is closed at the end.
    public static func descriptor(
        _ descriptor: Int32, name: String, defaults: RequestDefaults = RequestDefaults()
    ) throws(InputFailure) -> ListReader {
        try ListReader(ListDescriptor(descriptor, name: name, isOwned: true), name: name, defaults: defaults)
    }

    private init(_ descriptor: ListDescriptor, name: String, defaults: RequestDefaults) throws(InputFailure) {
        self.name = name
        self.defaults = defaults
        self.descriptor = descriptor
        queue = ChunkQueue { descriptor.wake() }
        guard descriptor.isRegular else { return }
        var content = ListContent()
        do throws(ParseFailure) {
            _ = try content.feed(descriptor.prefix(ListContent.window)[...]) { _ in true }
        } catch {
            descriptor.close()
            throw InputFailure("\(name) \(error.message)", path: name)
        }
    }

    /// The next inputs, or nil at the end.
    public nonisolated(nonsending) func next() async -> [Input]? {
        start(at: 0)
        return await queue.next()
    }

    /// Ends it; see ``InputSource/close()``.
    public func close() {
        let wasIdle = phase.withLock { phase in
            defer { if phase == .idle { phase = .over } }
            return phase == .idle
        }
        if wasIdle { descriptor.close() }
        queue.close()
    }

    /// What went wrong, once ``next()`` has returned nil.
    public var failure: InputFailure? { queue.failure }

    /// Whether the thread has left, or never was.
    var isIdle: Bool { phase.withLock { $0 != .running } }

    /// Starts the thread, once; the first input gets this index.
    func start(at index: Int) {
        let isFirst = phase.withLock { phase in
            defer { if phase == .idle { phase = .running } }
            return phase == .idle
        }
        guard isFirst else { return }
        guard descriptor.prepareWaking(), DetachedThread.start({ self.run(from: index) }) else {
            return leave(InputFailure("\(name): no thread or descriptor left to read it", path: name))
        }
    }

    /// The thread.
    private func run(from index: Int) {
        var run = ListRun(defaults: defaults, index: index) { chunk in self.deliver(chunk) }
        var buffer = [UInt8](repeating: 0, count: InputLimits.block)
        do throws(ParseFailure) {
            while !queue.isClosed {
                switch descriptor.read(into: &buffer) {
                case .bytes(let count): guard try run.feed(buffer[..<count]) else { return leave(nil) }
                case .woken: continue
                case .failed(let reason): throw ParseFailure("cannot be read: \(reason)")
                case .end:
                    try run.finish()
                    return leave(nil)
                }
            }
            leave(nil)
        } catch {
            run.flush()
            let place = run.lines > 0 ? ", after line \(run.lines)" : ""
            leave(
                InputFailure("\(name) \(error.message)\(place)", path: name, line: run.lines > 0 ? run.lines : nil))
        }
    }

    /// Hands over a chunk, waiting while the queue is full; false when nobody wants any more.
    private func deliver(_ chunk: [Input]) -> Bool {
        while true {
            switch queue.offer(chunk) {
            case .taken: return true
            case .closed: return false
            case .full: descriptor.sleep()
            }
        }
    }

    private func leave(_ failure: InputFailure?) {
        descriptor.close()
        phase.withLock { $0 = .over }
        queue.end(failure)
    }
}
