import FetchCore

/// Takes outcomes off the stream and writes their records: order, form, destination, the list of what failed, and the
/// counts that the exit code and the summary are made of.
struct Emitter {
    /// Why a run cannot go on.
    enum End: Error {
        /// The reader of the records went away.
        case closed
        /// Something cannot be written: what and why.
        case failed(String)
        /// What was asked for makes no sense.
        case refused(String)
    }

    /// Records that may wait for their turn before the run is held back.
    private static let largestOrderBuffer = 64 << 20

    let console: Console
    private var formatter: any Formatter
    private var order: OrderBuffer?
    private let output: OutputFile
    private let failedTo: OutputFile?
    private var failedLine = FailedLine()
    private var bytes: [UInt8] = []
    private var failedBytes: [UInt8] = []
    private var owedPlaces = 0
    /// What notes the inputs that are done; nil for nothing.
    private var journal: ResumeJournal?
    /// What gives duplicates their outcomes; nil where nobody looks for any.
    private let duplicates: Duplicates?
    /// Outcomes without a record, because they are fetched again next time.
    private(set) var undone = 0
    private(set) var summary: Summary
    /// Looks at each outcome before it is counted and written.
    var filter: (any OutcomeFilter)?
    /// Where records go as rows.
    var table: RecordTable?
    private var rows: [Outcome] = []
    /// Whether documents could not be made as they should be.
    private(set) var hadProblems = false
    private let live: LiveLine
    private let isVerbose: Bool
    /// Whether the input turned out to be no list at all: then there is no document either.
    private let isVoid: @Sendable () -> Bool

    init(
        formatter: any Formatter, isOrdered: Bool, output: OutputFile, failedTo: OutputFile?, console: Console,
        live: LiveLine, isVerbose: Bool, isDetailed: Bool, journal: ResumeJournal? = nil,
        duplicates: Duplicates? = nil, isVoid: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isVoid = isVoid
        self.formatter = formatter
        self.journal = journal
        self.duplicates = duplicates
        order = isOrdered ? OrderBuffer(leavingOut: journal?.completed ?? CompletedInputs()) : nil
        self.output = output
        self.failedTo = failedTo
        self.console = console
        self.live = live
        self.isVerbose = isVerbose
        summary = Summary(isDetailed: isDetailed)
    }

    /// Makes ready, on the thread that writes, before anything is sent.
    mutating func prepare() throws(InputFailure) {
        try formatter.prepare()
        try filter?.prepare()
    }

    /// Writes everything that the stream gives.
    mutating func consume(_ outcomes: OutcomeStream) async throws(End) {
        if let journal, journal.continuesDocument { formatter.resume() } else { formatter.begin(into: &bytes) }
        if let journal, journal.continuesCutLine { try write([0x0A], to: output) }
        while let batch = await outcomes.next() {
            for outcome in batch {
                guard let duplicates else {
                    try take(outcome)
                    continue
                }
                for outcome in duplicates.outcomes(of: outcome) { try take(outcome) }
            }
            try flush()
            // Places come back once records are written, or wait in a buffer that is not too large.
            owedPlaces += batch.count
            if (order?.size ?? 0) < Self.largestOrderBuffer, duplicates?.isFull != true {
                outcomes.release(owedPlaces)
                owedPlaces = 0
            }
        }
        if var order {
            for outcome in order.drain() { try write(outcome) }
        }
        if summary.ok + summary.failed == 0, isVoid() { return }
        formatter.end(into: &bytes)
        try flush()
    }

    private mutating func take(_ outcome: Outcome) throws(End) {
        live.add(outcome)
        guard order != nil else { return try write(outcome) }
        for outcome in order?.add(outcome) ?? [] { try write(outcome) }
    }

    private mutating func write(_ outcome: Outcome) throws(End) {
        // A copy costs the counting of all that an outcome holds; without a filter none is needed.
        guard filter != nil else {
            summary.add(outcome)
            return try record(outcome)
        }
        var outcome = outcome
        if filter?.apply(to: &outcome) ?? true { summary.add(outcome) }
        try record(outcome)
    }

    private mutating func record(_ outcome: Outcome) throws(End) {
        if isVerbose, let error = outcome.error {
            let name = filter == nil ? "" : (outcome.input.id ?? "") + ": "
            console.say("fetchall: \(name)\(PrintableURL.text(of: outcome.input)): \(error)")
        }
        guard journal == nil || Journal.isFinal(outcome) else {
            // The journal names it by its absence; a record now would be a second one later.
            undone += 1
            return
        }
        if table != nil { rows.append(outcome) }
        formatter.append(outcome, into: &bytes)
        if failedTo != nil, !outcome.isOK { failedLine.append(outcome.input, to: &failedBytes) }
        journal?.append(outcome, pending: bytes.count, pendingFailed: failedBytes.count)
        if bytes.count >= 1 << 18 { try flush() }
    }

    /// Writes what is there. Where the output is a file, the journal comes first: see ``Journal``.
    private mutating func flush() throws(End) {
        // Rows first: taken up after a kill, a run may bring some of them again, but never leaves one out.
        try writeRows()
        if journal?.comesFirst == true { try flushJournal() }
        if let failedTo { try write(failedBytes, to: failedTo) }
        try write(bytes, to: output)
        journal?.wrote(bytes.count, failed: failedBytes.count)
        if journal?.comesFirst == false { try flushJournal() }
        bytes.removeAll(keepingCapacity: true)
        failedBytes.removeAll(keepingCapacity: true)
        for problem in formatter.takeProblems() {
            console.say("fetchall: \(problem)")
            hadProblems = true
        }
    }

    private mutating func writeRows() throws(End) {
        do throws(InputFailure) {
            try table?.append(rows)
        } catch {
            throw .failed(error.message)
        }
        rows.removeAll(keepingCapacity: true)
    }

    private mutating func flushJournal() throws(End) {
        do throws(Journal.Failure) {
            try journal?.flush()
        } catch {
            switch error {
            case .refused(let reason), .io(let reason): throw .failed(reason)
            }
        }
    }

    private func write(_ bytes: [UInt8], to file: OutputFile) throws(End) {
        do {
            try console.write(bytes, to: file.descriptor)
        } catch {
            switch error {
            case .closed: throw .closed
            case .failed(let reason): throw .failed("cannot write \(file.name): \(reason)")
            }
        }
    }

    /// What has to be said of the list of failures.
    var leftOutSecrets: Bool { failedLine.leftOutSecrets }
}
