import FoundationEssentials
import TestSupport
import Testing

/// A shell in a terminal, with the completions that scripts/install-help.sh installs. In place of fetchall there is a
/// program that prints its arguments, so that a test sees what was completed and not what is drawn.
enum InteractiveShell: String {
    case bash, zsh, fish

    /// Whether the shell and what makes a terminal are installed.
    func isThere() async throws -> Bool {
        try await Tool.shell("command -v \"$1\" python3", [rawValue]).exit == 0
    }

    /// Types each line and Enter.
    ///
    /// - Parameters:
    ///   - lines: The keys of each line.
    ///   - files: The files of the working directory; a name that ends with a slash is a folder.
    /// - Returns: The arguments of each line's program.
    func type(_ lines: [String], files: [String]) async throws -> [[String]] {
        let scratch = try Scratch()
        let share = scratch("share")
        let script = URL(filePath: #filePath).appending(path: "../../../../scripts/install-help.sh").standardizedFileURL
        let installed = try await Tool.shell("exec \"$1\" \"$0\" \"$2\"", [script.path(), share])
        #expect(installed.exit == 0, "\(installed.stderr)")
        for folder in ["program", "work"] + files.filter({ $0.hasSuffix("/") }).map({ "work/" + $0 }) {
            try FileManager.default.createDirectory(atPath: scratch(folder), withIntermediateDirectories: true)
        }
        for file in files where !file.hasSuffix("/") { try scratch.write("work/" + file, "") }
        try scratch.write("terminal.py", Self.terminal)
        try scratch.write("lines", lines.joined(separator: "\n"))
        try scratch.write(
            "program/fetchall", "#!/bin/sh\nprintf RAN; printf '|%s' \"$@\"; printf '|END\\n'; exit 0\n")
        try scratch.write("bashrc", "PS1='READY '; PS2=; source \(share)/bash-completion/completions/fetchall\n")
        try scratch.write(
            ".zshrc",
            "fpath=(\(share)/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; PROMPT='READY '\n")
        try scratch.write(
            "init.fish",
            """
            set -g fish_autosuggestion_enabled 0
            function fish_prompt; echo -n 'READY '; end
            source \(share)/fish/vendor_completions.d/fetchall.fish
            """)
        let command =
            switch self {
            case .bash: ["bash", "--noprofile", "--rcfile", scratch("bashrc"), "-i"]
            case .zsh: ["zsh", "-d", "-i"]
            case .fish: ["fish", "--no-config", "--private", "-i", "-C", "source \(scratch("init.fish"))"]
            }
        let result = try await Tool.shell(
            "chmod 755 \"$1/program/fetchall\" && cd \"$1/work\" && shift && exec python3 ../terminal.py \"$@\"",
            [scratch.path] + command,
            environment: [
                "HOME": scratch.path, "ZDOTDIR": scratch.path, "TERM": "xterm", "LC_ALL": "C.UTF-8",
                "PATH": "\(scratch("program")):/usr/local/bin:/usr/bin:/bin",
            ])
        #expect(result.exit == 0, "\(result.stderr)")
        return result.stdout.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).map { String($0) }
        }
    }

    /// Waits for the prompt, types a line, waits for what the program prints, and so on. It prints the arguments of each
    /// line, separated by `|`, and ends the shell by closing its terminal.
    private static let terminal = #"""
        import fcntl, os, pty, re, select, struct, sys, termios, time
        pid, master = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
            os.execvp(sys.argv[1], sys.argv[1:])
        seen = ""

        def wait(pattern):
            global seen
            end = time.monotonic() + 90
            while True:
                found = re.search(pattern, seen)
                if found: seen = seen[found.end():]; return found
                if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
                    sys.exit("waited for %r, and saw %r" % (pattern, seen))
                try: seen += os.read(master, 65536).decode(errors="replace")
                except OSError: sys.exit("the shell ended, and showed %r" % seen)

        for line in open("../lines").read().split("\n"):
            wait("READY ")
            os.write(master, line.encode() + b"\r")
            print(wait(r"RAN\|(.*?)\|END").group(1))
        os.close(master)
        os.waitpid(pid, 0)
        """#
}
