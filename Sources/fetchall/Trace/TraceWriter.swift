import FetchSystem
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes lines on a thread of its own, so that no transfer waits for a slow reader or disk.
///
/// The queue has a limit: lines that find it full are counted, and left out. At the end the queue is written as long as
/// its reader takes something, and is dropped when it takes nothing for some seconds.
final class TraceWriter: Sendable {
    private struct State {
        var queue: [UInt8] = []
        var leftOut = 0
        var isClosed = false
        var isAbandoned = false
        var hasEnded = false
        /// Counts the pieces that were written, for the one who waits.
        var progress = 0
        var failure: String?
    }

    /// Lets every pipe take a piece whole once poll(2) says that it takes something (PIPE_BUF).
    private static let pieceSize = 4096
    /// How long a reader may take nothing at the end, in milliseconds.
    private static let patience = 5000
    private static let step: Int32 = 50

    private let state = Mutex(State())
    private let waker: Waker
    private let ended: Waker
    private let descriptor: Int32
    private let largestQueue: Int
    private let write: @Sendable ([UInt8]) throws(Errno) -> Void

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - descriptor: Is waited for, until it takes bytes.
    ///   - largestQueue: The maximum number of queued bytes.
    ///   - write: Writes a piece of whole lines, or of a very long one.
    /// - Throws: When the system has no thread or descriptor left.
    init(
        _ descriptor: Int32, largestQueue: Int, write: @escaping @Sendable ([UInt8]) throws(Errno) -> Void
    ) throws(InputFailure) {
        self.descriptor = descriptor
        self.largestQueue = largestQueue
        self.write = write
        do throws(SystemFailure) {
            waker = try Waker()
            ended = try Waker()
        } catch {
            throw InputFailure("\(error)")
        }
        guard BackgroundThread.start({ [self] in run() }) else { throw InputFailure(ResourceLimits.noThread) }
    }

    /// Queues a line with its line break; it never waits.
    func append(_ line: [UInt8]) {
        let isFirst = state.withLock { state in
            guard state.failure == nil, !state.isClosed else { return false }
            guard state.queue.count + line.count <= largestQueue else {
                state.leftOut += 1
                return false
            }
            if state.leftOut > 0 {
                state.queue += Array("* \(state.leftOut) lines are left out: what reads them is too slow\n".utf8)
                state.leftOut = 0
            }
            defer { state.queue += line }
            return state.queue.isEmpty
        }
        if isFirst { waker.wake() }
    }

    /// Ends the thread once all is written, or nothing can be written any more.
    ///
    /// - Returns: Why something could not be written; nil if all was.
    func close() -> String? {
        state.withLock { state in
            if state.leftOut > 0 {
                state.queue += Array("* \(state.leftOut) lines are left out: what reads them is too slow\n".utf8)
                state.leftOut = 0
            }
            state.isClosed = true
        }
        waker.wake()
        var waited = 0
        var last = -1
        while true {
            let (hasEnded, progress) = state.withLock { ($0.hasEnded, $0.progress) }
            if hasEnded { break }
            if progress != last {
                last = progress
                waited = 0
            }
            if waited >= Self.patience {
                // The thread may be inside a write(2) that never returns; it is left behind.
                return state.withLock { state in
                    state.isAbandoned = true
                    return state.failure ?? "its reader takes nothing"
                }
            }
            var entry = pollfd(fd: ended.readEnd, events: Int16(POLLIN), revents: 0)
            poll(&entry, 1, Self.step)
            waited += Int(Self.step)
        }
        return state.withLock { $0.failure }
    }

    private func run() {
        while let bytes = next() {
            var rest = bytes[...]
            while !rest.isEmpty {
                var piece = rest.prefix(Self.pieceSize)
                if piece.count < rest.count, let end = piece.lastIndex(of: 0x0A) { piece = piece[...end] }
                guard waitForRoom() else { break }
                do throws(Errno) {
                    try write(Array(piece))
                } catch {
                    state.withLock { $0.failure = "\(error)" }
                    break
                }
                rest = rest[piece.endIndex...]
                state.withLock { $0.progress += 1 }
            }
        }
        state.withLock { $0.hasEnded = true }
        ended.wake()
    }

    /// What is queued; waits for it. Nil at the end.
    private func next() -> [UInt8]? {
        while true {
            let (bytes, isOver) = state.withLock { state in
                defer { state.queue = [] }
                let isOver = state.isAbandoned || state.isClosed && state.queue.isEmpty
                return (state.failure == nil ? state.queue : [], isOver)
            }
            if isOver { return nil }
            if !bytes.isEmpty { return bytes }
            waker.waitUntilWoken()
        }
    }

    /// Waits until the descriptor takes a piece; false when nobody waits for it any more.
    private func waitForRoom() -> Bool {
        while true {
            if state.withLock({ $0.isAbandoned }) { return false }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // A failure of the descriptor is found by the write.
            if poll(&entry, 1, Self.step) > 0 { return true }
        }
    }
}
