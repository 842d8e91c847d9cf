import FetchRecords
import FetchSystem
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The only writer to stdout and stderr. stdout receives data only. Messages go to stderr, where the lines of the progress
/// are drawn below them and erased before anything else is written.
final class Console: Sendable {
    private struct State {
        /// The lines of the progress.
        var live: [String] = []
        /// Those that are on the terminal.
        var drawn: [String] = []
        /// Whether the data on the terminal ends within a line. The lines would erase that line's beginning.
        var isWithinLine = false
        /// Whether a terminal that data was written to has gone.
        var terminalIsGone = false
    }

    private let state = Mutex(State())
    /// The signals that the process receives.
    let signals = SignalWatcher()
    /// Whether stdin was closed when the process started; /dev/null has its descriptor since then.
    let stdinWasClosed: Bool
    /// Whether stdout was closed when the process started.
    let stdoutWasClosed: Bool
    /// Whether stdout was a terminal when the process started.
    let stdoutIsTerminal: Bool

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
        stdoutIsTerminal = isatty(1) == 1
    }

    /// Whether stderr is a terminal.
    var stderrIsTerminal: Bool { isatty(2) == 1 && environment("TERM") != "dumb" }

    /// The terminal's width in columns; nil if it is unknown.
    var width: Int? {
        var size = winsize()
        if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The size of the terminal that messages go to, as it is now.
    var messageSize: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (width ?? 80, 24) }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// Whether a terminal that data was written to has gone, and what was written since then is lost.
    var terminalIsGone: Bool { state.withLock { $0.terminalIsGone } }

    /// Writes data to stdout, all of it.
    func write(_ bytes: [UInt8]) throws(OutputFailure) {
        var written = 0
        try write(bytes, to: 1, isTerminal: stdoutIsTerminal, written: &written)
    }

    /// Writes data to a file of the run, all of it; the failure names the file.
    ///
    /// - Parameter written: The number of bytes that were written is added to it, also when it fails.
    func write(_ bytes: [UInt8], to file: OutputFile, written: inout Int) throws(OutputFailure) {
        do throws(OutputFailure) {
            try write(bytes, to: file.descriptor, isTerminal: file.isTerminal, written: &written)
        } catch {
            guard case .failed(let reason) = error else { throw error }
            throw .failed("cannot write \(file.name): \(reason)")
        }
    }

    /// Writes data. If the descriptor is a terminal, no character of the data is one that it would interpret; if that
    /// terminal has gone, the data is dropped: what else the run writes must not be lost with it.
    private func write(
        _ bytes: [UInt8], to descriptor: Int32, isTerminal: Bool, written: inout Int
    ) throws(OutputFailure) {
        guard !bytes.isEmpty else { return }
        if descriptor == 1, stdoutWasClosed { throw .failed("standard output is closed") }
        let bytes = isTerminal ? TerminalBytes.escaped(bytes) : bytes
        var count = 0
        let failure = state.withLock { state -> Errno? in
            wipe(&state)
            defer {
                if isTerminal, count > 0 { state.isWithinLine = bytes[count - 1] != 0x0A }
                draw(&state)
            }
            do throws(Errno) {
                try SystemFile.writeAll(bytes, to: descriptor, written: &count)
            } catch {
                guard isTerminal, error == .ioError else { return error }
                lose(&state)
            }
            return nil
        }
        written += count
        if let failure { throw failure == .brokenPipe ? .closed : .failed("\(failure)") }
    }

    /// The terminal has gone. The process receives the signal that this brings even if no shell or kernel sends it: a
    /// background command of a shell that has ended gets none.
    private func lose(_ state: inout State) {
        guard !state.terminalIsGone else { return }
        state.terminalIsGone = true
        kill(getpid(), SIGHUP)
    }

    /// Writes one message line; control characters from servers and lists are escaped.
    func say(_ text: String) {
        state.withLock { state in
            beginMessage(&state)
            Self.writeMessage(Array((TerminalText.escaped(text) + "\n").utf8))
            draw(&state)
        }
    }

    /// Writes one message line unless another thread is writing, which may never end.
    func trySay(_ text: String) {
        _ = state.withLockIfAvailable { state in
            beginMessage(&state)
            Self.writeMessage(Array((TerminalText.escaped(text) + "\n").utf8))
            draw(&state)
        }
    }

    /// Writes text for the user that is already formatted and safe.
    func show(_ text: String) { show(Array(text.utf8)) }

    /// Writes lines for the user that are already formatted and safe.
    func show(_ lines: [UInt8]) {
        state.withLock { state in
            beginMessage(&state)
            Self.writeMessage(lines)
            draw(&state)
        }
    }

    /// Redraws the lines of the progress; without lines it erases them.
    func live(_ lines: [String]) {
        state.withLock { state in
            // In one write, so that nothing flickers.
            var text = erasing(&state)
            state.live = lines
            text += drawing(&state)
            if !text.isEmpty { Self.writeMessage(Array(text.utf8)) }
        }
    }

    /// Erases the lines of the progress before the process is ended, unless a thread is writing or the terminal takes
    /// nothing, which may never end.
    func leave() {
        _ = state.withLockIfAvailable { state in
            var stderr = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
            guard !state.drawn.isEmpty, poll(&stderr, 1, 0) == 1 else { return }
            wipe(&state)
            state.live = []
        }
    }

    /// The value of an environment variable, as `ByteText` if it is not UTF-8; nil if it is unset or empty.
    func environment(_ name: String) -> String? { SystemEnvironment.value(name) }

    /// Makes room for a message: it begins a line, also where data has not ended its own.
    private func beginMessage(_ state: inout State) {
        wipe(&state)
        guard state.isWithinLine, isatty(2) == 1 else { return }
        Self.writeMessage([0x0A])
        state.isWithinLine = false
    }

    private func wipe(_ state: inout State) {
        let text = erasing(&state)
        if !text.isEmpty { Self.writeMessage(Array(text.utf8)) }
    }

    private func draw(_ state: inout State) {
        let text = drawing(&state)
        if !text.isEmpty { Self.writeMessage(Array(text.utf8)) }
    }

    private func erasing(_ state: inout State) -> String {
        guard !state.drawn.isEmpty else { return "" }
        defer { state.drawn = [] }
        return LiveLines.erasing(state.drawn, columns: messageSize.columns)
    }

    private func drawing(_ state: inout State) -> String {
        guard !state.live.isEmpty, !state.isWithinLine else { return "" }
        state.drawn = state.live
        return LiveLines.drawing(state.live)
    }

    /// Writes to stderr. If that is not possible, there is no other way to report it.
    private static func writeMessage(_ bytes: [UInt8]) {
        _ = try? SystemFile.writeAll(bytes, to: 2)
    }
}
