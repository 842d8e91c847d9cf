import FetchHTTP
import FetchRecords
import FetchStore

/// The bytes that are written together: records, the list of failures, and the journal's entries, in an order in which
/// the process can die at any point.
struct OutputBatch {
    let console: Console
    private var output: DocumentOutput
    private let failedTo: OutputFile?
    /// The journal that records which inputs are done; nil for none.
    private var journal: ResumeJournal?
    /// Records that are not written yet.
    var bytes: [UInt8] = []
    /// Lines of the list of failures that are not written yet.
    var failedBytes: [UInt8] = []
    /// The number of outcomes without a record; a later run fetches them again.
    private(set) var undone = 0
    /// The end of the document, once it was appended.
    private(set) var ending: [UInt8]?

    /// Makes the batch of a run.
    ///
    /// - Parameters:
    ///   - isLines: Whether each record is a line of JSON.
    ///   - journal: The journal that records which inputs are done; nil for none.
    init(console: Console, files: RunFiles, isLines: Bool, journal: ResumeJournal? = nil) {
        self.console = console
        output = DocumentOutput(console: console, file: files.records, isLines: isLines)
        failedTo = files.failedTo
        self.journal = journal
    }

    /// Whether there is a list of failures.
    var listsFailures: Bool { failedTo != nil }

    /// Begins the output.
    ///
    /// - Returns: Whether it already has records that the next one follows.
    mutating func begin() throws(OutputFailure) -> Bool {
        if let journal, journal.continuesCutLine { try output.write([0x0A]) }
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
    /// one. What cannot be written to one destination does not keep the bytes from the others.
    mutating func write() throws(OutputFailure) {
        var failure = journal?.comesFirst == true ? flushJournal() : nil
        if let next = writeAll() { failure = failure ?? next }
        if let failure { throw failure }
        // Records that a terminal took with it are written again by the next run.
        if journal?.comesFirst == false, !console.terminalIsGone, let failure = flushJournal() { throw failure }
    }

    /// Appends the end of the document.
    mutating func append(ending: [UInt8]) {
        bytes += ending
        self.ending = ending
    }

    /// Ends the document of a run that failed, as ``DocumentOutput/end(_:with:)`` does, after its end was appended. The
    /// journal learns nothing of what is written here: the next run cuts it off.
    mutating func endFailed() {
        _ = writeFailedInputs()
        output.end(bytes, with: ending ?? [])
        bytes.removeAll()
    }

    private mutating func writeAll() -> OutputFailure? {
        let counts = (records: bytes.count, failed: failedBytes.count)
        var failure = writeFailedInputs()
        do throws(OutputFailure) {
            try output.write(bytes)
        } catch {
            failure = failure ?? error
        }
        bytes.removeAll(keepingCapacity: true)
        if failure == nil { journal?.wrote(counts.records, failed: counts.failed) }
        return failure
    }

    private mutating func writeFailedInputs() -> OutputFailure? {
        guard let failedTo else { return nil }
        defer { failedBytes.removeAll(keepingCapacity: true) }
        do throws(OutputFailure) {
            var written = 0
            try console.write(failedBytes, to: failedTo, written: &written)
            return nil
        } catch {
            return error
        }
    }

    private mutating func flushJournal() -> OutputFailure? {
        do throws(StoreFailure) {
            try journal?.flush()
            return nil
        } catch {
            return .failed(error.message)
        }
    }
}
