import FetchCore

/// What is written together: records, the list of what failed, and the journal's notes of them, in an order in which the
/// process may die anywhere.
struct OutputBatch {
    let console: Console
    private let output: OutputFile
    /// Where the list of what failed goes; nil for nowhere.
    let failedTo: OutputFile?
    /// What notes the inputs that are done; nil for nothing.
    private var journal: ResumeJournal?
    /// Records that are not written yet.
    var bytes: [UInt8] = []
    /// Lines of what failed that are not written yet.
    var failedBytes: [UInt8] = []
    /// Outcomes without a record, because they are fetched again next time.
    private(set) var undone = 0

    init(console: Console, output: OutputFile, failedTo: OutputFile?, journal: ResumeJournal?) {
        self.console = console
        self.output = output
        self.failedTo = failedTo
        self.journal = journal
    }

    /// Begins the output.
    ///
    /// - Returns: Whether it has records already that the next one goes behind.
    func begin() throws(OutputFailure) -> Bool {
        if let journal, journal.continuesCutLine { try write([0x0A], to: output) }
        return journal?.continuesDocument ?? false
    }

    /// Whether an outcome gets a record: with a journal, only what stands for good.
    mutating func accepts(isFinal: @autoclosure () -> Bool) -> Bool {
        guard journal != nil, !isFinal() else { return true }
        // The journal names it by its absence; a record now would be a second one later.
        undone += 1
        return false
    }

    /// Notes that an outcome is done with what was appended last.
    mutating func note(_ outcome: Outcome) {
        journal?.append(outcome, pending: bytes.count, pendingFailed: failedBytes.count)
    }

    /// Writes what is there. Where the output is a file, the journal comes first: see ``Journal``.
    ///
    /// Rows of the same records are written before: taken up after a kill, a run may bring some of them again, but never
    /// leaves one out.
    mutating func write() throws(OutputFailure) {
        if journal?.comesFirst == true { try flushJournal() }
        if let failedTo { try write(failedBytes, to: failedTo) }
        try write(bytes, to: output)
        journal?.wrote(bytes.count, failed: failedBytes.count)
        if journal?.comesFirst == false { try flushJournal() }
        bytes.removeAll(keepingCapacity: true)
        failedBytes.removeAll(keepingCapacity: true)
    }

    private mutating func flushJournal() throws(OutputFailure) {
        do throws(StoreFailure) {
            try journal?.flush()
        } catch {
            throw .failed(error.message)
        }
    }

    private func write(_ bytes: [UInt8], to file: OutputFile) throws(OutputFailure) {
        do {
            try console.write(bytes, to: file.descriptor)
        } catch {
            switch error {
            case .closed: throw .closed
            case .failed(let reason): throw .failed("cannot write \(file.name): \(reason)")
            }
        }
    }
}
