import FetchHTTP
import FetchRecords
import FetchStore

/// The bytes that are written together: records, the list of failures, and the journal's entries, in an order in which
/// the process can die at any point.
struct OutputBatch {
    let console: Console
    private let files: RunFiles
    /// The journal that records which inputs are done; nil for none.
    private var journal: ResumeJournal?
    /// Records that are not written yet.
    var bytes: [UInt8] = []
    /// Lines of the list of failures that are not written yet.
    var failedBytes: [UInt8] = []
    /// The number of outcomes without a record; a later run fetches them again.
    private(set) var undone = 0

    init(console: Console, files: RunFiles, journal: ResumeJournal? = nil) {
        self.console = console
        self.files = files
        self.journal = journal
    }

    /// Whether there is a list of failures.
    var listsFailures: Bool { files.failedTo != nil }

    /// Begins the output.
    ///
    /// - Returns: Whether it already has records that the next one follows.
    func begin() throws(OutputFailure) -> Bool {
        if let journal, journal.continuesCutLine { try console.write([0x0A], to: files.records) }
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
        if let failedTo = files.failedTo { try console.write(failedBytes, to: failedTo) }
        try console.write(bytes, to: files.records)
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
}
