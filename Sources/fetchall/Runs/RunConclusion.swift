import FetchRecords
import FetchSystem

/// The steps that end every run: a failure of the output, closing it, and the last lines on stderr.
struct RunConclusion {
    let output: OutputOptions
    let console: Console
    let files: RunFiles
    /// The journal of the run; nil for none.
    var journal: ResumeJournal?

    /// Says why the output failed, and gives the status then; nil if it did not, or its reader has left.
    func failure(_ end: OutputFailure?) -> ExitStatus? {
        guard case .failed(let message) = end else { return nil }
        console.say("fetchall: \(message)")
        return .io
    }

    /// Closes the files and the journal.
    ///
    /// - Parameters:
    ///   - status: The status that follows from the records.
    ///   - hadProblems: Whether a document could not be written as it should be.
    /// - Returns: The status of the run so far.
    func close(_ status: ExitStatus, hadProblems: Bool) -> ExitStatus {
        var status = status
        if hadProblems, case .success = status { status = .failed }
        if !files.close(console) { status = .io }
        return journal?.close(status, console) ?? status
    }

    /// Closes a table of records, and says when its rows could not be stored.
    func close(_ status: ExitStatus, table close: () throws(InputFailure) -> Void) -> ExitStatus {
        do throws(InputFailure) {
            try close()
            return status
        } catch {
            console.say("fetchall: \(error)")
            return .io
        }
    }

    /// Whether totals are written that no option asks for.
    var saysTotals: Bool { console.stderrIsTerminal && !output.quiet }

    /// Writes a summary, rendered for the terminal's width, and with or without colour.
    func show(_ render: (_ width: Int, _ color: Bool) -> String) {
        console.show(render(console.width ?? 80, output.usesColor(console.stderrIsTerminal, console)))
    }

    /// The counts of a run without `--summary`.
    static func total(ok: Int, failed: Int, _ elapsed: Duration) -> String {
        "\(ok) ok, \(failed) failed in \(elapsed.formatted)"
    }
}
