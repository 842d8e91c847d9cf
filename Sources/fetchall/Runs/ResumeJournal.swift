import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import FetchArgumentParser

/// The journal of a run and the state of the run's output according to it.
struct ResumeJournal: Sendable {
    /// Whether entries are written before their records, which requires an output whose length can be read.
    let comesFirst: Bool
    /// Whether the output ends with a cut line that the next record must not be appended to.
    let continuesCutLine: Bool
    private var journal: Journal
    private var written: Int
    private var writtenFailed: Int
    /// Has recorded whose the credentials of the command line are; nil if there are none.
    private var note: CredentialNote?

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

    /// The file's name for messages.
    var name: String { journal.name }
    /// What to tell the user about damage; nil for a good journal.
    var notice: String? { journal.notice }
    /// The inputs that are done.
    var completed: CompletedInputs { journal.completed }
    /// The number of done inputs that failed.
    var failedCount: Int { journal.failedCount }
    /// Whether the output already has records that the next one follows.
    var continuesDocument: Bool { comesFirst && journal.outputEnd > 0 }

    /// A source that records whose the credentials are before it returns an input.
    mutating func noting(_ gate: CredentialGate, in source: any InputSource) -> any InputSource {
        let note = CredentialNote(gate, journal)
        self.note = note
        return NotingSource(source: source, note: note)
    }

    /// Opens the output at the end of its last complete record.
    func openOutput(_ path: String?) throws(InputFailure) -> OutputFile {
        guard let path, path != "-" else { return .standardOutput }
        return comesFirst ? try .resume(path, at: journal.outputEnd) : try .create(path)
    }

    /// Opens the list of failures at its end according to the journal.
    func openFailed(_ path: String?) throws(InputFailure) -> OutputFile? {
        guard let path else { return nil }
        let isFile = path != "-" && OutputFile.length(of: path) != nil
        return isFile ? try .resume(path, at: journal.failedEnd) : try .create(path)
    }

    /// Records an outcome whose record ends this many bytes after the written part.
    mutating func append(_ outcome: Outcome, pending: Int, pendingFailed: Int) {
        if let note {
            journal = note.journal
            self.note = nil
        }
        journal.append(outcome, outputEnd: written + pending, failedEnd: writtenFailed + pendingFailed)
    }

    /// Adds to the number of written bytes.
    mutating func wrote(_ count: Int, failed: Int) {
        written += count
        writtenFailed += failed
    }

    /// Writes what was noted.
    mutating func flush() throws(StoreFailure) { try journal.flush() }

    /// Closes the file at the end of a run; false when bytes could not be stored.
    func close() -> Bool { journal.close() }

    /// The exit status, which includes earlier failures because the output contains them.
    func status(_ status: ExitStatus) -> ExitStatus { Self.status(status, failedBefore: failedCount) }

    /// The exit status of a run that continues others.
    static func status(_ status: ExitStatus, failedBefore count: Int) -> ExitStatus {
        if count > 0, case .success = status { return .failed }
        return status
    }

    /// The message that says how to continue.
    func advice(undone: Int) -> String {
        "\(undone) not done; run the same command with --resume \(name) to continue"
    }
}
