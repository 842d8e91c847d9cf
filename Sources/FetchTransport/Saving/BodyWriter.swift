import FetchHTTP
import FetchSystem
import DequeModule
import Synchronization

/// Writes large bodies to their files on its own thread while the loop receives: write(2) of a gigabyte into the page
/// cache takes as long as receiving it (docs/benchmarks.md). The pieces of a file are written in their order. With two
/// loops each writes its own bodies instead.
///
/// It belongs to one loop, which waits here when too much is queued and for the last piece of each file.
/// ``shutdown()`` ends the thread and must be called.
final class BodyWriter: Sendable {
    /// The size of a piece in bytes, large enough for a system call to pay.
    static let pieceSize = 256 << 10
    /// The maximum number of queued bytes.
    private static let largestQueue = 8 << 20

    private struct Piece {
        let bytes: [UInt8]
        let file: BodyFile
    }

    private struct State {
        var pieces = Deque<Piece>()
        var queuedBytes = 0
        /// The queued pieces of each file that has some.
        var unwritten: [BodyFile: Int] = [:]
        var failures: [BodyFile: FetchError] = [:]
        var isWriterAsleep = false
        var isLoopAsleep = false
        var stops = false
    }

    private let state = Mutex(State())
    private let forWriter: Waker
    private let forLoop: Waker
    private let thread = Atomic<UInt>(0)

    /// Starts the thread; nil when the system has no thread or descriptor left.
    init?() {
        guard let forWriter = try? Waker() else { return nil }
        self.forWriter = forWriter
        guard let forLoop = try? Waker() else {
            forWriter.close()
            return nil
        }
        self.forLoop = forLoop
        let started = NativeThread.start { [self] in run() }
        guard started != 0 else {
            forWriter.close()
            forLoop.close()
            return nil
        }
        thread.store(started, ordering: .releasing)
    }

    /// Queues a piece; waits for room if there is none.
    ///
    /// - Returns: Why an earlier piece of the file could not be written; the piece is not queued then.
    func write(_ bytes: [UInt8], to file: BodyFile) -> FetchError? {
        while true {
            let (failure, isTaken) = state.withLock { state -> (FetchError?, Bool) in
                if let failure = state.failures[file] { return (failure, true) }
                guard state.queuedBytes < Self.largestQueue else {
                    state.isLoopAsleep = true
                    return (nil, false)
                }
                state.pieces.append(Piece(bytes: bytes, file: file))
                state.queuedBytes += bytes.count
                state.unwritten[file, default: 0] += 1
                wakeWriter(&state)
                return (nil, true)
            }
            if isTaken { return failure }
            forLoop.waitUntilWoken()
        }
    }

    /// Waits until no piece of a file is queued any more, and removes the file.
    ///
    /// - Returns: Why not all of it was written.
    func finish(_ file: BodyFile) -> FetchError? {
        while true {
            let (failure, isDone) = state.withLock { state -> (FetchError?, Bool) in
                guard state.unwritten[file] == nil else {
                    state.isLoopAsleep = true
                    return (nil, false)
                }
                return (state.failures.removeValue(forKey: file), true)
            }
            if isDone { return failure }
            forLoop.waitUntilWoken()
        }
    }

    /// Ends the thread once everything is written, and joins it.
    func shutdown() {
        state.withLock { state in
            state.stops = true
            wakeWriter(&state)
        }
        let started = thread.exchange(0, ordering: .acquiringAndReleasing)
        guard started != 0 else { return }
        NativeThread.join(started)
        forWriter.close()
        forLoop.close()
    }

    private func wakeWriter(_ state: inout State) {
        guard state.isWriterAsleep else { return }
        state.isWriterAsleep = false
        forWriter.wake()
    }

    private func run() {
        enum Turn { case piece(Piece, isLost: Bool), sleep, end }
        while true {
            let turn = state.withLock { state -> Turn in
                if let piece = state.pieces.popFirst() {
                    return .piece(piece, isLost: state.failures[piece.file] != nil)
                }
                if state.stops { return .end }
                state.isWriterAsleep = true
                return .sleep
            }
            switch turn {
            case .piece(let piece, let isLost):
                // After a gap no bytes are useful.
                let failure = isLost ? nil : piece.bytes.withUnsafeBytes { piece.file.write($0) }
                wrote(piece, failure)
            case .sleep: forWriter.waitUntilWoken()
            case .end: return
            }
        }
    }

    private func wrote(_ piece: Piece, _ failure: FetchError?) {
        state.withLock { state in
            if let failure { state.failures[piece.file] = failure }
            state.queuedBytes -= piece.bytes.count
            let left = (state.unwritten[piece.file] ?? 1) - 1
            state.unwritten[piece.file] = left > 0 ? left : nil
            if state.isLoopAsleep {
                state.isLoopAsleep = false
                forLoop.wake()
            }
        }
    }
}
