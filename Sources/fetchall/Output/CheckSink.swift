import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem

/// The destination of findings: they are formatted into a buffer and written page by page.
struct CheckSink: CheckOutput, RecordEmitter {
    private var formatter: any FindingFormatter
    var batch: OutputBatch
    private var failedLine = FailedLine()
    /// The URLs that are in the list of failures.
    private var failed: Set<String> = []
    private(set) var hadProblems = false
    /// The summary of the requests.
    private(set) var requests: Summary
    private let isVerbose: Bool
    /// Collects what reports say; nil without them.
    private let report: ReportCollector?
    /// What the first broken link stops; nil where it stops nothing.
    private let stop: StopSignal?

    /// Makes a sink; a document is begun.
    ///
    /// - Parameter stop: What the first broken link stops; nil where it stops nothing.
    init(
        formatter: any FindingFormatter, batch: OutputBatch, isDetailed: Bool, isVerbose: Bool, stop: StopSignal?
    ) {
        self.formatter = formatter
        self.batch = batch
        self.isVerbose = isVerbose
        self.stop = stop
        report = batch.files.reports?.collector
        requests = Summary(isDetailed: isDetailed)
    }

    mutating func prepare() throws(InputFailure) { try formatter.prepare() }

    /// Begins the document.
    mutating func begin() throws(OutputFailure) {
        formatter.begin(into: &batch.bytes)
        try flush()
    }

    mutating func add(_ outcome: Outcome) {
        requests.add(outcome)
        // A link is judged by its finding: HEAD may fail where GET does not.
        report?.add(outcome, counts: false)
        guard isVerbose, let error = outcome.error else { return }
        let line = "\(PrintableURL.text(of: outcome.input)): \(error)"
        batch.console.say("fetchall: \(SecretMask.hiding(line, of: outcome.input))")
    }

    mutating func write(_ findings: [Finding]) throws(OutputFailure) {
        for finding in findings {
            formatter.append(finding, into: &batch.bytes)
            report?.add(finding)
            guard finding.severity == .error else { continue }
            stop?.stop(.failed)
            list(finding)
            if batch.bytes.count >= 1 << 18 { try flush() }
        }
        try flush()
    }

    /// Adds the URL of a broken link to the list of failures, once.
    private mutating func list(_ finding: Finding) {
        guard batch.listsFailures, let url = FetchURL(finding.target), failed.insert(url.requestString).inserted
        else { return }
        failedLine.append(
            Input(index: 0, text: url.requestString, request: .success(Request(url))), to: &batch.failedBytes)
    }

    /// Writes the end of the document.
    mutating func end() throws(OutputFailure) {
        appendEnd()
        try flush()
    }

    mutating func formatEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        formatter.end(into: &bytes)
        return bytes
    }

    private mutating func flush() throws(OutputFailure) {
        for problem in formatter.takeProblems() {
            batch.console.say("fetchall: \(problem)")
            hadProblems = true
        }
        try batch.write()
    }
}
