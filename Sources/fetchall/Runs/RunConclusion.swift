import FetchRecords
import FetchSystem

/// The steps that end every run: a failure of the output, closing it, and the last lines on stderr.
struct RunConclusion {
    let output: OutputOptions
    let console: Console
    let files: RunFiles
    /// The journal of the run; nil for none.
    var journal: ResumeJournal?
    /// Why the output ended early; nil if it did not.
    let end: OutputFailure?

    /// Says why the output failed, closes the files and the journal, and gives the status then; nil if it did not fail,
    /// or its reader has left.
    func failure() -> ExitStatus? {
        guard case .failed(let message) = end else { return nil }
        console.say("fetchall: \(message)")
        return close(.io, hadProblems: false)
    }

    /// Closes the files and the journal; each may report that bytes could not be stored.
    ///
    /// - Parameters:
    ///   - status: The status that follows from the records.
    ///   - hadProblems: Whether a document could not be written as it should be.
    /// - Returns: The status of the run so far.
    func close(_ status: ExitStatus, hadProblems: Bool) -> ExitStatus {
        var status = status
        if hadProblems, case .success = status { status = .failed }
        for name in files.close() {
            say("cannot write \(name)")
            status = .io
        }
        guard let journal else { return status }
        guard journal.close() else {
            say("cannot write \(journal.name)")
            return .io
        }
        return journal.status(status)
    }

    /// Closes a table of records or the state of a crawl, and says when something could not be stored.
    func close(_ status: ExitStatus, store close: () throws(InputFailure) -> Void) -> ExitStatus {
        do throws(InputFailure) {
            try close()
            return status
        } catch {
            say(error.message)
            return .io
        }
    }

    /// Says that a close failed, unless the failure of the output has said it of the same file.
    private func say(_ message: String) {
        if case .failed(let said) = end, said == message || said.hasPrefix(message + ":") { return }
        console.say("fetchall: \(message)")
    }

    /// Says why a summary counts nothing.
    ///
    /// - Parameters:
    ///   - completed: The number of inputs that earlier runs have done.
    ///   - file: The file that knows of them; nil if there is none.
    func sayNothingDone(completed: Int, in file: String?) {
        guard let file, completed > 0 else { return console.say("nothing to do: there is no input") }
        console.say(
            "nothing to do: earlier runs have done \(completed == 1 ? "the one input" : "all \(completed) inputs") "
                + "(\(TerminalText.escaped(file)))")
    }

    /// Says why the summary of a crawl counts nothing.
    func sayNothingDone(_ summary: Summary, state: String?) {
        guard let state, summary.ok + summary.failed == 0 else { return }
        console.say("nothing to do: earlier runs have fetched all pages (\(TerminalText.escaped(state)))")
    }

    /// Whether totals are written that no option asks for.
    var saysTotals: Bool { console.stderrIsTerminal && !output.quiet && output.answers?.part == nil }

    /// Writes a summary, rendered for the terminal's width, and with or without colour.
    func show(_ render: (_ width: Int, _ color: Bool) -> String) {
        console.show(render(console.width ?? 80, output.usesColor(console.stderrIsTerminal, console)))
    }

    /// The counts of a run without `--summary`.
    static func total(ok: Int, failed: Int, _ elapsed: Duration) -> String {
        "\(ok) ok, \(failed) failed in \(elapsed.formatted)"
    }
}
