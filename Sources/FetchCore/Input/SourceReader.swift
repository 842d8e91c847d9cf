import DequeModule
import Synchronization

/// Reads the SOURCEs of a command line in their order, on a thread of its own, as far ahead as a bounded queue allows:
/// a list of a million lines needs no more memory than one of ten thousand, and the first URL of a pipe is there as soon
/// as its line is.
public final class SourceReader: InputSource {
    private struct State {
        var chunks = Deque<[Input]>()
        var reader: UnsafeContinuation<[Input]?, Never>?
        var isClosed = false
        var isFinished = false
        var count = 0
        var failure: InputFailure?
    }

    /// Most inputs in one chunk.
    static let chunkSize = 256
    /// Most chunks that wait to be taken.
    static let queueLength = 8

    private let state = Mutex(State())
    private let waker: Waker

    /// Opens everything that is named and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: URLs, files, `-`.
    ///   - defaults: What plain URLs are sent with.
    ///   - expandsGlobs: Whether globs in URLs are expanded.
    /// - Throws: ``InputFailure`` when something cannot be read; nothing has been given out then.
    public init(_ arguments: [String], defaults: RequestDefaults, expandsGlobs: Bool = true) throws {
        guard arguments.count(where: { $0 == "-" }) <= 1 else {
            throw InputFailure("standard input (-) can be read only once")
        }
        var sources: [SourceArgument] = []
        do {
            for argument in arguments {
                sources.append(try SourceArgument.parse(argument, expandsGlobs: expandsGlobs))
            }
            waker = try Waker()
        } catch {
            SourceReading.close(sources)
            throw error
        }
        let thread = NativeThread.start { [self, sources] in
            var reading = SourceReading(sources: sources, defaults: defaults, waker: waker)
            reading.run(push)
            finish(reading.failure)
        }
        guard thread != 0 else {
            SourceReading.close(sources)
            waker.close()
            throw InputFailure("cannot start a thread")
        }
    }

    /// The next inputs.
    public func next() async -> [Input]? {
        await withUnsafeContinuation { continuation in
            let (isReady, chunk) = state.withLock { state -> (Bool, [Input]?) in
                if let chunk = state.chunks.popFirst() {
                    if state.chunks.count == Self.queueLength - 1, !state.isFinished { waker.wake() }
                    return (true, chunk)
                }
                if state.isFinished || state.isClosed { return (true, nil) }
                state.reader = continuation
                return (false, nil)
            }
            if isReady { continuation.resume(returning: chunk) }
        }
    }

    /// Stops reading.
    public func close() {
        let reader = state.withLock { state -> UnsafeContinuation<[Input]?, Never>? in
            state.isClosed = true
            state.chunks.removeAll()
            if !state.isFinished { waker.wake() }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Whether somebody waits in ``next()``.
    var isAwaited: Bool { state.withLock { $0.reader != nil } }

    /// How many inputs there are, once all are read.
    public var total: Int? { state.withLock { $0.isFinished ? $0.count : nil } }

    /// Why the end came early, if it did.
    public var failure: InputFailure? { state.withLock { $0.failure } }

    /// Takes a chunk of the reading thread, which waits while the queue is full; false when nobody wants more.
    private func push(_ chunk: [Input]) -> Bool {
        while true {
            enum Step { case wait, given(UnsafeContinuation<[Input]?, Never>?), closed }
            let step = state.withLock { state -> Step in
                if state.isClosed { return .closed }
                // Only a question whether more is wanted.
                if chunk.isEmpty { return .given(nil) }
                guard state.chunks.count < Self.queueLength else { return .wait }
                state.count += chunk.count
                if let reader = state.reader {
                    state.reader = nil
                    return .given(reader)
                }
                state.chunks.append(chunk)
                return .given(nil)
            }
            switch step {
            case .closed: return false
            case .given(let reader):
                reader?.resume(returning: chunk)
                return true
            case .wait: waker.waitUntilWoken()
            }
        }
    }

    private func finish(_ failure: InputFailure?) {
        let reader = state.withLock { state -> UnsafeContinuation<[Input]?, Never>? in
            state.isFinished = true
            state.failure = failure
            // Nobody wakes a reader that has ended, so the descriptors can go.
            waker.close()
            guard state.chunks.isEmpty else { return nil }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
