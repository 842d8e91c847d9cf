import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchStore
import FetchSystem
import FetchWatch

/// Reads outcomes from the stream and writes their records: it handles the order, the format, the destination, the list
/// of failures, and the counts for the exit code and the summary.
struct Emitter: RecordEmitter {
    /// The maximum size of the records that wait for their turn before the run is held back.
    private static let largestOrderBuffer = 64 << 20

    private var formatter: any Formatter
    private var order: OrderBuffer?
    var batch: OutputBatch
    private var failedLine = FailedLine()
    private var unreleased = 0
    /// Gives duplicates their outcomes; nil without `--dedupe`.
    private let duplicates: Duplicates?
    private(set) var summary: Summary
    /// Inspects each outcome before it is counted and written.
    var filter: (any OutcomeFilter)? {
        didSet { hasFilter = filter != nil }
    }
    /// Read for each outcome, because reading the filter itself would copy it.
    private var hasFilter = false
    /// Computes the digests of bodies in memory; nil where there are none.
    var digests: BodyDigests?
    /// What the first failure stops; nil where a failure stops nothing.
    var stop: StopSignal?
    /// The table that receives the records as rows.
    var table: RecordTable?
    private var rows: [Outcome] = []
    /// Writes the answers in place of records.
    var answers: AnswerWriter?
    /// Writes the heads of responses to a file.
    var heads: HeaderDump?
    /// Collects what reports say; nil without them.
    var report: ReportCollector?
    /// Receives records for the live page; nil without it.
    var watch: WatchFeed?
    private(set) var hadProblems = false
    private let live: LiveLine
    private let isVerbose: Bool
    /// Whether the input turned out not to be a list; then no document is written either.
    private let isVoid: @Sendable () -> Bool

    init(
        formatter: any Formatter, isOrdered: Bool, files: RunFiles, console: Console, live: LiveLine, isVerbose: Bool,
        isDetailed: Bool, isLines: Bool, journal: ResumeJournal? = nil, duplicates: Duplicates? = nil,
        isVoid: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isVoid = isVoid
        self.formatter = formatter
        self.duplicates = duplicates
        order = isOrdered ? OrderBuffer(leavingOut: journal?.completed ?? CompletedInputs()) : nil
        batch = OutputBatch(console: console, files: files, isLines: isLines, journal: journal)
        self.live = live
        self.isVerbose = isVerbose
        summary = Summary(isDetailed: isDetailed)
    }

    mutating func prepare() throws(InputFailure) {
        try formatter.prepare()
        try filter?.prepare()
    }

    /// Writes all outcomes of the stream.
    mutating func consume(_ outcomes: OutcomeStream) async throws(OutputFailure) {
        if try batch.begin() { formatter.resume() } else { formatter.begin(into: &batch.bytes) }
        while let some = await outcomes.next() {
            // Capacity is returned when the records are written, or wait in a buffer that is not too large.
            unreleased += some.count
            try take(some)
            try flush()
            if (order?.size ?? 0) < Self.largestOrderBuffer, duplicates?.isFull != true {
                outcomes.release(unreleased)
                unreleased = 0
            }
        }
        if var order {
            for outcome in order.drain() { try write(outcome) }
        }
        if summary.ok + summary.failed == 0, isVoid() { return }
        appendEnd()
        try flush()
    }

    mutating func formatEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        formatter.end(into: &bytes)
        return bytes
    }

    private mutating func take(_ outcomes: consuming OutcomeBatch) throws(OutputFailure) {
        guard let duplicates else {
            while let outcome = outcomes.popFirst() { try take(outcome) }
            return
        }
        for outcome in outcomes {
            for outcome in duplicates.outcomes(of: outcome) { try take(outcome) }
        }
    }

    private mutating func take(_ outcome: Outcome) throws(OutputFailure) {
        guard let digests else { return try add(outcome) }
        var outcome = outcome
        digests.apply(to: &outcome)
        try add(outcome)
    }

    private mutating func add(_ outcome: Outcome) throws(OutputFailure) {
        live.add(outcome)
        // A filter decides later what counts as a failure.
        if !hasFilter, !outcome.isOK { stop?.stop(.failed) }
        guard order != nil else { return try write(outcome) }
        for outcome in order?.add(outcome) ?? [] { try write(outcome) }
    }

    private mutating func write(_ outcome: Outcome) throws(OutputFailure) {
        try heads?.write(outcome)
        if let answers {
            var outcome = outcome
            try answers.finish(&outcome)
            summary.add(outcome)
            report?.add(outcome)
            watch?.add(outcome)
            return try record(outcome)
        }
        // A copy counts references to all that an outcome contains; without a filter none is needed.
        if !hasFilter {
            summary.add(outcome)
            report?.add(outcome)
            watch?.add(outcome)
            return try record(outcome)
        }
        var outcome = outcome
        let counts = filter?.apply(to: &outcome) ?? true
        if counts {
            summary.add(outcome)
            if !outcome.isOK { stop?.stop(.failed) }
        }
        report?.add(outcome, counts: counts || outcome.isOK)
        watch?.add(outcome, counts: counts || outcome.isOK)
        try record(outcome)
    }

    private mutating func record(_ outcome: Outcome) throws(OutputFailure) {
        if isVerbose, let error = outcome.error {
            let name = filter == nil ? "" : (outcome.input.id ?? "") + ": "
            let line = "\(name)\(PrintableURL.text(of: outcome.input)): \(error)"
            batch.console.say("fetchall: \(SecretMask.hiding(line, of: outcome.input))")
        }
        guard batch.accepts(isFinal: Journal.isFinal(outcome)) else { return }
        if table != nil { rows.append(outcome) }
        formatter.append(outcome, into: &batch.bytes)
        if batch.listsFailures, !outcome.isOK { failedLine.append(outcome.input, to: &batch.failedBytes) }
        batch.note(outcome)
        if batch.bytes.count >= 1 << 18 { try flush() }
    }

    private mutating func flush() throws(OutputFailure) {
        do throws(InputFailure) {
            try table?.append(rows)
        } catch {
            throw .failed(error.message)
        }
        rows.removeAll(keepingCapacity: true)
        try batch.write()
        for problem in formatter.takeProblems() {
            // The usual mistake: a program for the body, which is a member of the record.
            let isOfBody = problem.contains(text: "Cannot index array")
            let advice = isOfBody ? " (the input is an array of records: '.[].url', and '.[].json' with --body)" : ""
            batch.console.say("fetchall: \(problem)\(advice)")
            hadProblems = true
        }
    }

    /// The number of outcomes without a record; a later run fetches them again.
    var undone: Int { batch.undone }

    /// Whether the list of failures omits credentials.
    var leftOutSecrets: Bool { failedLine.leftOutSecrets }
    /// The folders of the files that the list of failures names.
    var failedFolders: Set<String> { failedLine.folders }
}
