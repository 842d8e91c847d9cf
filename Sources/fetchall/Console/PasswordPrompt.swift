import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks for a password on the terminal of the process, whatever standard input and output are.
enum PasswordPrompt {
    /// The longest password in bytes: a terminal takes no longer line.
    private static let maximum = 4096

    /// Asks, with the echo off.
    ///
    /// - Returns: The bytes that were typed before the end of the line; nil without a terminal, or if it has gone.
    static func ask(_ question: String, _ signals: SignalWatcher) -> [UInt8]? {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { SystemFile.close(descriptor) }
        var saved = termios()
        guard tcgetattr(descriptor, &saved) == 0 else { return nil }
        let shown = saved
        // A signal ends the process here, and the terminal must not stay silent.
        signals.restore { [shown] in
            var shown = shown
            tcsetattr(descriptor, TCSANOW, &shown)
        }
        var silent = shown
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ICANON | ISIG)
        let terminal = SilentTerminal(descriptor, shown: shown, silent: silent)
        defer { terminal.end() }
        guard tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            tcsetattr(descriptor, TCSANOW, &saved)
            signals.restore(nil)
            // The user's line break was not echoed.
            try? SystemFile.writeAll([0x0A], to: descriptor)
        }
        do throws(Errno) {
            try SystemFile.writeAll(Array(question.utf8), to: descriptor)
            return try line(descriptor)
        } catch {
            return nil
        }
    }

    /// A line without its line break; nil for a terminal that ends before one.
    private static func line(_ descriptor: Int32) throws(Errno) -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1)
        while line.count <= maximum {
            guard try SystemFile.read(descriptor, into: &buffer) > 0 else { return nil }
            if buffer[0] == 0x0A { return line }
            line.append(buffer[0])
        }
        return nil
    }
}
