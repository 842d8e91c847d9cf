import ArgumentParser
import FetchCore

/// The journal of a run together with what it says of the run's output.
struct ResumeJournal: Sendable {
    /// Whether completions are noted before their records are written, which needs an output whose length can be asked.
    let comesFirst: Bool
    /// Whether the output is a line that was cut, which the next record must not be written behind.
    let continuesCutLine: Bool
    private var journal: Journal
    private var written: Int
    private var writtenFailed: Int

    /// Opens the journal.
    ///
    /// - Throws: `ValidationError` when it does not belong to this run; ``InputFailure`` when it cannot be used.
    init(path: String, options: [(name: String, value: String)], output: OutputOptions) throws {
        var isMeasured = true
        do throws(StoreFailure) {
            journal = try Journal(path: path, options: options) {
                guard let file = output.output, file != "-", let length = OutputFile.length(of: file) else {
                    isMeasured = false
                    return nil
                }
                return length
            } failed: {
                output.failedTo.flatMap { $0 == "-" ? nil : OutputFile.length(of: $0) }
            }
        } catch {
            if error.isRefusal { throw ValidationError("--resume: \(error.message)") }
            throw InputFailure(error.message)
        }
        comesFirst = isMeasured
        written = isMeasured ? journal.outputEnd : 0
        writtenFailed = journal.failedEnd
        let isLines = output.chosenFormat != nil && output.chosenFormat != .json
        continuesCutLine = !isMeasured && isLines && journal.completed.count > 0 && OutputFile.standardOutputIsCut
    }

    /// The file's name as it may be shown.
    var name: String { journal.name }
    /// What is done already.
    var completed: CompletedInputs { journal.completed }
    /// How many of these failed.
    var failedCount: Int { journal.failedCount }
    /// Whether the output has records already that the next one goes behind.
    var continuesDocument: Bool { comesFirst && journal.outputEnd > 0 }

    /// Opens the output where its last whole record ends.
    func openOutput(_ path: String?) throws(InputFailure) -> OutputFile {
        guard let path, path != "-" else { return .standardOutput }
        return comesFirst ? try .resume(path, at: journal.outputEnd) : try .create(path)
    }

    /// Opens the list of failures where it ends behind that.
    func openFailed(_ path: String?) throws(InputFailure) -> OutputFile? {
        guard let path else { return nil }
        let isFile = path != "-" && OutputFile.length(of: path) != nil
        return isFile ? try .resume(path, at: journal.failedEnd) : try .create(path)
    }

    /// Notes an outcome whose record ends so many bytes behind what is written.
    mutating func append(_ outcome: Outcome, pending: Int, pendingFailed: Int) {
        journal.append(outcome, outputEnd: written + pending, failedEnd: writtenFailed + pendingFailed)
    }

    /// So many bytes were written.
    mutating func wrote(_ count: Int, failed: Int) {
        written += count
        writtenFailed += failed
    }

    /// Writes what was noted.
    mutating func flush() throws(StoreFailure) { try journal.flush() }

    /// Gives the file back at the end of a run.
    ///
    /// - Returns: What the process ends with: what failed before is in the output as well.
    func close(_ status: ExitStatus, _ console: Console) -> ExitStatus {
        guard journal.close() else {
            console.say("fetchall: cannot write \(name)")
            return .io
        }
        if failedCount > 0, case .success = status { return .failed }
        return status
    }

    /// How to go on with what is not done.
    func advice(undone: Int) -> String {
        "\(undone) not done; run the same command with --resume \(name) to continue"
    }
}
