import FetchArgumentParser

/// How the progress of a run is shown on stderr: the value of `--progress`.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A line on a terminal.
    case line
    /// The same line, and above it one for each large body.
    case bars
    /// An object per second, also where stderr is not a terminal.
    case json
    /// Nothing.
    case off = "none"
}

extension OutputOptions {
    /// How progress is shown. ``progress`` and ``noProgress`` do not contradict each other.
    func progressStyle(_ console: Console) -> ProgressStyle {
        if quiet || noProgress { return .off }
        if progress == .json || progress == .off { return progress ?? .off }
        guard console.stderrIsTerminal else { return .off }
        return progress ?? (saving.directory == nil && !habits.progressBar ? .line : .bars)
    }

    /// Refuses two options that contradict each other.
    func checkProgress() throws {
        guard let progress, progress != .off else { return }
        let other = noProgress ? "--no-progress" : isQuiet ? "-q" : habits.silent ? "-s" : nil
        if let other {
            throw ValidationError("--progress \(progress.rawValue) and \(other) cannot be used together")
        }
    }
}
