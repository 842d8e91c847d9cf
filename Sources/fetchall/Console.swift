import FetchCore
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The only writer to stdout and stderr. Data goes to stdout and nothing else does; everything for people goes to
/// stderr, where a live line is drawn below what stands there and wiped before anything else is written.
final class Console: Sendable {
    private struct State {
        /// The live line as it stands on the terminal.
        var live = ""
    }

    private let state = Mutex(State())
    /// Whether stdin was closed when the process started; its number was taken by /dev/null since.
    let stdinWasClosed: Bool
    /// Whether stdout was closed when the process started.
    let stdoutWasClosed: Bool

    /// Takes the process's three streams. One that is closed is opened on /dev/null, so that its number cannot become a
    /// socket's that messages would then be written to.
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

    /// The terminal's width in columns, as far as somebody knows it.
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
    ///   - descriptor: stdout, or the file that stands for it.
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

    /// Writes one line for people: control characters of servers and lists are made visible.
    func say(_ text: String) {
        state.withLock { state in
            wipe(&state)
            // stderr that cannot be written to leaves nobody to tell.
            _ = Self.writeAll(Array((TerminalText.escaped(text) + "\n").utf8), to: 2)
            draw(state.live)
        }
    }

    /// Writes text for people that is laid out already and safe.
    func show(_ text: String) {
        state.withLock { state in
            wipe(&state)
            _ = Self.writeAll(Array(text.utf8), to: 2)
            draw(state.live)
        }
    }

    /// Draws the live line anew; an empty one takes it away.
    func live(_ line: String) {
        state.withLock { state in
            wipe(&state)
            state.live = line
            draw(line)
        }
    }

    /// The value of an environment variable; nil when it is not set or empty.
    func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

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
