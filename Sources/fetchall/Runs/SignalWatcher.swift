import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Receives SIGHUP, SIGINT, SIGQUIT and SIGTERM on its own thread. The first one asks the run to end; the second ends
/// the process.
///
/// SIGHUP is never the second: a terminal that goes away sends it up to three times, once by its shell, once by the
/// kernel, and once by ``Console`` that finds it gone. SIGHUP and SIGQUIT that were ignored when the process started
/// (nohup(1), a background command of a script) stay ignored.
final class SignalWatcher: Sendable {
    private let number = Atomic<Int32>(0)

    /// The first signal received, or nil.
    var received: Int32? {
        let value = number.load(ordering: .acquiring)
        return value == 0 ? nil : value
    }

    /// Blocks the signals in the calling thread and all threads that it starts. SIGPIPE and SIGXFSZ are ignored: writes
    /// return EPIPE or EFBIG instead.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var signals = watched
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Starts to watch; the closure is called once, on the watcher's thread.
    func start(_ interrupt: @escaping @Sendable (Int32) -> Void) {
        BackgroundThread.start { [self] in
            var signals = Self.watched
            while true {
                var received: Int32 = 0
                guard sigwait(&signals, &received) == 0 else { continue }
                let (isFirst, _) = number.compareExchange(
                    expected: 0, desired: received, ordering: .acquiringAndReleasing)
                if isFirst {
                    interrupt(received)
                } else if received != SIGHUP {
                    // Immediately: records that are written are complete, and the user gave up the rest.
                    _exit(128 + received)
                }
            }
        }
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // A blocked signal waits for sigwait(3) even if it is ignored, so it is left out.
        for number in [SIGHUP, SIGQUIT] where !isIgnored(number) { sigaddset(&signals, number) }
        return signals
    }

    private static func isIgnored(_ number: Int32) -> Bool {
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
