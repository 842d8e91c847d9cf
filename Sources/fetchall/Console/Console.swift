import FetchRecords
import FetchSystem
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The only writer to stdout and stderr. stdout receives data only. Messages go to stderr, where the progress line is
/// drawn below them and erased before anything else is written.
final class Console: Sendable {
    private struct State {
        /// The progress line that is on the terminal.
        var live = ""
    }

    private let state = Mutex(State())
    /// Whether stdin was closed when the process started; /dev/null has its descriptor since then.
    let stdinWasClosed: Bool
    /// Whether stdout was closed when the process started.
    let stdoutWasClosed: Bool

    /// Takes the process's three streams. A closed one is opened on /dev/null, so that no socket gets its descriptor
    /// and receives messages.
    init() {
        let isClosed = [Int32(0), 1, 2].map { fcntl($0, F_GETFD) < 0 }
        for descriptor in [Int32(0), 1, 2] where isClosed[Int(descriptor)] {
            let opened = open("/dev/null", O_RDWR)
            if opened >= 0, opened != descriptor {
                dup2(opened, descriptor)
                close(opened)
            }
        }
        stdinWasClosed = isClosed[0]
        stdoutWasClosed = isClosed[1]
    }

    /// Whether stdout is a terminal.
    var stdoutIsTerminal: Bool { isatty(1) == 1 }
    /// Whether stderr is a terminal.
    var stderrIsTerminal: Bool { isatty(2) == 1 && environment("TERM") != "dumb" }

    /// The terminal's width in columns; nil if it is unknown.
    var width: Int? {
        var size = winsize()
        if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Writes data, all of it.
    ///
    /// - Parameters:
    ///   - bytes: The data.
    ///   - descriptor: stdout, or the file that replaces it.
    func write(_ bytes: [UInt8], to descriptor: Int32 = 1) throws(OutputFailure) {
        guard !bytes.isEmpty else { return }
        if descriptor == 1, stdoutWasClosed { throw .failed("standard output is closed") }
        let failure = state.withLock { state -> OutputFailure? in
            wipe(&state)
            defer { draw(state.live) }
            return Self.writeAll(bytes, to: descriptor)
        }
        if let failure { throw failure }
    }

    /// Writes one message line; control characters from servers and lists are escaped.
    func say(_ text: String) {
        state.withLock { state in
            wipe(&state)
            // If stderr cannot be written, there is no other way to report it.
            _ = Self.writeAll(Array((TerminalText.escaped(text) + "\n").utf8), to: 2)
            draw(state.live)
        }
    }

    /// Writes text for the user that is already formatted and safe.
    func show(_ text: String) {
        state.withLock { state in
            wipe(&state)
            _ = Self.writeAll(Array(text.utf8), to: 2)
            draw(state.live)
        }
    }

    /// Redraws the progress line; an empty line erases it.
    func live(_ line: String) {
        state.withLock { state in
            wipe(&state)
            state.live = line
            draw(line)
        }
    }

    /// The value of an environment variable, as `ByteText` if it is not UTF-8; nil if it is unset or empty.
    func environment(_ name: String) -> String? { SystemEnvironment.value(name) }

    private func wipe(_ state: inout State) {
        if !state.live.isEmpty { _ = Self.writeAll(Array("\r\u{1B}[K".utf8), to: 2) }
    }

    private func draw(_ line: String) {
        if !line.isEmpty { _ = Self.writeAll(Array(line.utf8), to: 2) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> OutputFailure? {
        do throws(Errno) {
            try SystemFile.writeAll(bytes, to: descriptor)
            return nil
        } catch {
            return error == .brokenPipe ? .closed : .failed("\(error)")
        }
    }
}
