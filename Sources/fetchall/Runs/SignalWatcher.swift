import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Receives SIGHUP, SIGINT, SIGQUIT and SIGTERM on a thread of its own, which waits for nothing else. Before a run there is
/// nothing to finish, and the first one ends the process, also while a file is opened that nobody writes to. In a run
/// the first one asks it to end, and the second ends the process.
///
/// SIGHUP is never the second: a terminal that goes away sends it up to three times, once by its shell, once by the
/// kernel, and once by ``Console`` that finds it gone. Nor is the same signal within half a second: timeout(1) sends it to
/// the process and then to its group.
///
/// Three seconds after any but SIGINT the process ends, whatever is stuck: a reader of its output, a library, a disk.
/// SIGHUP and SIGQUIT that were ignored when the process started (nohup(1), a
/// background command of a script) stay ignored.
final class SignalWatcher: Sendable {
    private struct State {
        var interrupt: (@Sendable () -> Void)?
        var leave: (@Sendable () -> Void)?
        var first: (number: Int32, at: Duration)?
    }

    /// The same signal within this time of the first is one with it.
    private static let echo: Duration = .milliseconds(500)

    /// How long a run may take to end after SIGTERM, SIGHUP or SIGQUIT, in seconds.
    private static let patience: UInt32 = 3

    private let state = Mutex(State())

    /// The first signal that a run received, or nil.
    var received: Int32? { state.withLock { $0.first?.number } }

    /// From now on the first signal calls the closure, on the watcher's thread, instead of ending the process.
    ///
    /// - Parameters:
    ///   - leave: Is called before a later signal ends the process; it must not wait for anything.
    ///   - interrupt: Asks the run to end.
    func handle(leaving leave: @escaping @Sendable () -> Void, _ interrupt: @escaping @Sendable () -> Void) {
        state.withLock {
            $0.interrupt = interrupt
            $0.leave = leave
        }
    }

    /// Before a run: the closure is called before a signal ends the process; nil for none.
    func restore(_ leave: (@Sendable () -> Void)?) { state.withLock { $0.leave = leave } }

    /// Blocks the signals in the calling thread and all threads that it starts. SIGPIPE and SIGXFSZ are ignored: writes
    /// return EPIPE or EFBIG instead.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var signals = watched
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Starts to watch.
    ///
    /// - Returns: False when the system has no thread left. The blocked signals would then never be received.
    func start() -> Bool {
        BackgroundThread.start { [self] in
            var signals = Self.watched
            while true {
                var received: Int32 = 0
                guard sigwait(&signals, &received) == 0 else { continue }
                if received == SIGALRM { endStuck() }
                if isEcho(received) { continue }
                // Immediately: records that are written are complete, and the user gave up the rest.
                guard let interrupt = begin(received) else {
                    state.withLock { $0.leave }?()
                    ProgramOutput.killAll()
                    _exit(128 + received)
                }
                // Before anything that may itself be stuck.
                if received != SIGINT { alarm(Self.patience) }
                interrupt()
            }
        }
    }

    /// Ends the process, with a line if stderr takes it immediately.
    private func endStuck() -> Never {
        state.withLock { $0.leave }?()
        let line = Array(
            "fetchall: ended \(Self.patience) s after the signal, with work left; the output may be incomplete\n".utf8)
        var stderr = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        if poll(&stderr, 1, 0) == 1 { _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) } }
        ProgramOutput.killAll()
        _exit(128 + (received ?? SIGTERM))
    }

    /// Whether a signal belongs to the first one.
    private func isEcho(_ number: Int32) -> Bool {
        guard let first = state.withLock({ $0.first }) else { return false }
        return number == SIGHUP || number == first.number && SystemTime().now() - first.at < Self.echo
    }

    /// Records the first signal of a run and returns what is to be done; nil before a run, and for the second signal.
    private func begin(_ number: Int32) -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.first == nil, let interrupt = state.interrupt else { return nil }
            state.first = (number, SystemTime().now())
            return interrupt
        }
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGALRM)
        // A blocked signal waits for sigwait(3) even if it is ignored, so it is left out.
        for number in [SIGHUP, SIGQUIT] where !isIgnored(number) { sigaddset(&signals, number) }
        return signals
    }

    /// Whether a signal is ignored.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
        let handler = action.__sigaction_handler.sa_handler
        #else
        let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
