import FetchHTTP
import FetchRecords
import FetchStore

/// The bytes that are written together: records, the list of failures, and the journal's entries, in an order in which
/// the process can die at any point.
struct OutputBatch {
    let console: Console
    private let output: OutputFile
    /// The destination of the list of failures; nil for none.
    let failedTo: OutputFile?
    /// The journal that records which inputs are done; nil for none.
    private var journal: ResumeJournal?
    /// Records that are not written yet.
    var bytes: [UInt8] = []
    /// Lines of the list of failures that are not written yet.
    var failedBytes: [UInt8] = []
    /// The number of outcomes without a record; a later run fetches them again.
    private(set) var undone = 0

    init(console: Console, output: OutputFile, failedTo: OutputFile?, journal: ResumeJournal?) {
        self.console = console
        self.output = output
        self.failedTo = failedTo
        self.journal = journal
    }

    /// Begins the output.
    ///
    /// - Returns: Whether it already has records that the next one follows.
    func begin() throws(OutputFailure) -> Bool {
        if let journal, journal.continuesCutLine { try write([0x0A], to: output) }
        return journal?.continuesDocument ?? false
    }

    /// Whether an outcome gets a record: with a journal, only a final one does.
    mutating func accepts(isFinal: @autoclosure () -> Bool) -> Bool {
        guard journal != nil, !isFinal() else { return true }
        // An input that is not in the journal is fetched again; a record now would become a second one later.
        undone += 1
        return false
    }

    /// Records that an outcome is done; its record was appended last.
    mutating func note(_ outcome: Outcome) {
        journal?.append(outcome, pending: bytes.count, pendingFailed: failedBytes.count)
    }

    /// Writes the pending bytes. If the output is a file, the journal is written first: see ``Journal``.
    ///
    /// Rows of the same records are written before: a run resumed after a kill may repeat some of them, but never omits
    /// one.
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
