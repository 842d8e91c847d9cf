import FoundationEssentials
import TestSupport
import Testing

/// A run of the command in a terminal that the test looks at while it runs: what is on its screen now, and what was there.
///
/// python3 makes the terminal and keeps its screen: carriage return, line feed, erasing, the cursor up, wide characters,
/// and lines that are folded when the terminal becomes narrower.
final class PtyScreen: Sendable {
    private let scratch: Scratch

    private init(_ scratch: Scratch) { self.scratch = scratch }

    /// The rows of the screen, without the empty ones at the end.
    var rows: [Substring] {
        ((try? scratch.text("screen")) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// All screens so far, the older ones first.
    var frames: [String] {
        ((try? scratch.text("frames")) ?? "").split(separator: "\u{C}").map { String($0) }
    }

    /// Waits until a screen of the run, also one that has passed, is as the closure wants it.
    func waitUntil(_ isWanted: @Sendable (String) -> Bool) async -> Bool {
        // The command may have to wait for those of other tests before it starts.
        let start = ContinuousClock.now + .seconds(900)
        while !FileManager.default.fileExists(atPath: scratch("started")), ContinuousClock.now < start {
            try? await Task.sleep(for: .milliseconds(20))
        }
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if frames.contains(where: isWanted) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Types keys.
    func type(_ keys: String) throws { try command("type \(keys)") }

    /// Makes the terminal another size.
    func resize(columns: Int, rows: Int) throws { try command("resize \(columns) \(rows)") }

    private func command(_ text: String) throws {
        try scratch.write("command.new", text)
        try FileManager.default.moveItem(atPath: scratch("command.new"), toPath: scratch("command"))
    }

    /// Runs the command in a terminal, and calls the closure while it runs.
    ///
    /// - Returns: The exit code, and the screen at the end.
    static func run(
        _ arguments: [String], columns: Int = 80, rows: Int = 24,
        while watch: @Sendable (PtyScreen) async throws -> Void
    ) async throws -> (exit: Int32, rows: [Substring], frames: [String]) {
        let scratch = try Scratch()
        try scratch.write("terminal.py", terminal)
        let screen = PtyScreen(scratch)
        async let running = Tool.shell(
            "exec python3 \"$@\"", ["terminal.py", "\(columns)", "\(rows)", Tool.binary] + arguments,
            environment: ["TERM": "xterm", "LC_ALL": "C.UTF-8"], directory: scratch.path)
        try await watch(screen)
        let result = try await running
        #expect(result.stderr == "")
        return (result.exit, screen.rows, screen.frames)
    }

    private static let terminal = #"""
        import fcntl, os, pty, select, struct, sys, termios, unicodedata
        columns, height = int(sys.argv[1]), int(sys.argv[2])
        rows, row, column, pending = [[]], 0, 0, b""

        def size(fd): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, columns, 0, 0))

        def put(char):
            global row, column
            width = 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
            if width == 0: return
            if column + width > columns: down(); column = 0
            line = rows[row]
            line += [" "] * (column + width - len(line))
            line[column] = char
            if width == 2: line[column + 1] = ""
            column += width

        def down():
            global row
            row += 1
            if row == len(rows): rows.append([])

        def escape(parameters, letter):
            global row, column
            if letter == "K": del rows[row][column:]
            elif letter == "J": del rows[row][column:]; del rows[row + 1:]
            elif letter == "A": row = max(0, row - max(1, int(parameters or 1)), len(rows) - height)
            elif letter != "m": raise Exception("unknown sequence " + letter)

        def take(data):
            global column, pending
            try: text = (pending + data).decode(); pending = b""
            except UnicodeDecodeError: pending += data; return
            start = text.rfind("\x1b")
            if start >= 0 and not any(c.isalpha() for c in text[start:]): pending = text[start:].encode(); text = text[:start]
            at = 0
            while at < len(text):
                char = text[at]; at += 1
                if char == "\r": column = 0
                elif char == "\n": down()
                elif char == "\b": column = max(0, column - 1)
                elif char == "\x1b":
                    at += 1; first = at
                    while not text[at].isalpha(): at += 1
                    escape(text[first:at], text[at]); at += 1
                else: put(char)

        def resize(wide, high):
            global columns, height, rows, row, column
            columns, height = wide, high
            new = []
            for number, line in enumerate(rows):
                parts = [line[at:at + columns] for at in range(0, max(1, len(line)), columns)]
                if number == row: at = len(new) + min(column // columns, len(parts) - 1); left = column - (at - len(new)) * columns
                new += parts
            rows, row, column = new, at, left

        def shown(): return "\n".join("".join(line).rstrip() for line in rows).rstrip()

        open("started", "w").close()
        pid, master = pty.fork()
        if pid == 0:
            size(0)
            os.execv(sys.argv[3], sys.argv[3:])
        last = None
        while True:
            if os.path.exists("command"):
                words = open("command").read().split(); os.unlink("command")
                if words[0] == "type": os.write(master, words[1].encode().decode("unicode_escape").encode())
                else: resize(int(words[1]), int(words[2])); size(master)
            if select.select([master], [], [], 0.02)[0]:
                try: data = os.read(master, 65536)
                except OSError: break
                if not data: break
                take(data)
                now = shown()
                if now != last:
                    with open("frames", "a") as file: file.write(now + "\f")
                    last = now
        with open("screen.new", "w") as file: file.write(shown())
        os.rename("screen.new", "screen")
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.exit(code if code >= 0 else 100)
        """#
}
