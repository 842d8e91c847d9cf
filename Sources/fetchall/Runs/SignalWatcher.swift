import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Receives SIGINT and SIGTERM on its own thread. The first one asks the run to end; the second ends the process.
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
                } else {
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
        return signals
    }
}
