#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A terminal whose echo is off, as far as signals are concerned: it shows again what is typed while the process is stopped
/// (Ctrl-Z) and when it ends, and the echo is off again when it continues.
///
/// ``SignalWatcher`` does the same for the signals that it watches.
struct SilentTerminal {
    private struct Modes {
        var descriptor: Int32
        var shown: termios
        var silent: termios
    }

    /// What the handlers set. tcsetattr(3), signal(3) and kill(2) may be called in a handler (POSIX.1-2024, 2.4.3).
    // It is written only while no handler is set.
    nonisolated(unsafe) private static var modes = Modes(descriptor: -1, shown: termios(), silent: termios())

    /// Signals that end a process by default.
    private static let ends = [SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU]

    /// Sets the handlers. One terminal at a time.
    init(_ descriptor: Int32, shown: termios, silent: termios) {
        Self.modes = Modes(descriptor: descriptor, shown: shown, silent: silent)
        Self.handle(SIGCONT) { _ in tcsetattr(SilentTerminal.modes.descriptor, TCSANOW, &SilentTerminal.modes.silent) }
        Self.handle(SIGTSTP) { _ in
            tcsetattr(SilentTerminal.modes.descriptor, TCSANOW, &SilentTerminal.modes.shown)
            // The default action of SIGTSTP would have to be restored first, and set again afterwards.
            kill(getpid(), SIGSTOP)
        }
        for number in Self.ends {
            Self.handle(number) { number in
                tcsetattr(SilentTerminal.modes.descriptor, TCSANOW, &SilentTerminal.modes.shown)
                signal(number, SIG_DFL)
                // It is blocked until the handler returns.
                kill(getpid(), number)
            }
        }
    }

    /// Takes the handlers away.
    func end() {
        for number in [SIGCONT, SIGTSTP] + Self.ends where !Self.isIgnored(number) { signal(number, SIG_DFL) }
    }

    /// Sets a handler, unless the signal was ignored when the process started.
    private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        if !isIgnored(number) { signal(number, handler) }
    }

    private static func isIgnored(_ number: Int32) -> Bool { SignalWatcher.isIgnored(number) }
}
