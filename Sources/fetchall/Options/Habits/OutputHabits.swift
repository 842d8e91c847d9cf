import FetchArgumentParser
import FetchSystem

/// The options for output that a user of curl types by habit.
struct OutputHabits: ParsableArguments {
    @Flag(name: [.customShort("s"), .long], help: "The same as -q, but -v may be used with it.")
    var silent = false

    @Flag(name: [.customShort("S"), .long], help: "Show errors also with -s. (default)")
    var showError = false

    @Flag(name: [.customShort("#"), .long], help: "Show bars (--progress bars).")
    var progressBar = false

    @Flag(help: "Create the missing directories of -o and --failed-to.")
    var createDirs = false

    @Option(
        help: ArgumentHelp(
            "Write messages to this file in place of standard error; - is standard output.", valueName: "file"))
    var stderr: String?

    func validate() throws { try OptionValue.checkFile(stderr, "--stderr") }
}

extension OutputOptions {
    /// Whether only errors are written to standard error: `-q`, or `-s` without `-v`.
    var quiet: Bool { isQuiet || habits.silent && !verbose }

    /// Creates the missing directories of the output files. If that fails, opening the file reports the reason.
    func makeFolders() {
        guard habits.createDirs else { return }
        for name in [output, failedTo] { if let name { CacheLocation.makeFolders(of: name, mode: 0o777) } }
    }
}
