import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchWatch

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
    /// Receives requests and findings for the live page; nil without it.
    private let watch: WatchFeed?
    /// What the first broken link stops; nil where it stops nothing.
    private let stop: StopSignal?
    /// Knows what earlier runs have written; nil for none.
    private let log: CheckLog?
    /// The absolute path of the output; nil if its length cannot be measured.
    private let path: String?
    /// The length of the output.
    private var written = 0
    /// What is in ``batch``.
    private var pending: [Finding] = []

    /// Makes a sink; a document is begun.
    ///
    /// - Parameters:
    ///   - stop: What the first broken link stops; nil where it stops nothing.
    ///   - log: Knows what earlier runs have written; nil for none.
    ///   - path: The output; nil for standard output.
    ///   - report: Collects what reports say; nil without them.
    ///   - watch: Receives requests and findings for the live page; nil without it.
    init(
        formatter: any FindingFormatter, batch: OutputBatch, isDetailed: Bool, isVerbose: Bool, stop: StopSignal?,
        log: CheckLog? = nil, path: String? = nil, report: ReportCollector? = nil, watch: WatchFeed? = nil
    ) {
        self.log = log
        self.path = path.flatMap { OutputFile.length(of: $0) == nil ? nil : OutputFile.absolute($0) }
        self.formatter = formatter
        self.batch = batch
        self.isVerbose = isVerbose
        self.stop = stop
        self.report = report
        self.watch = watch
        requests = Summary(isDetailed: isDetailed)
    }

    mutating func prepare() throws(InputFailure) { try formatter.prepare() }

    /// Begins the document, or continues that of an earlier run.
    ///
    /// - Parameter end: The length of the document so far.
    mutating func begin(continues: Bool, at end: Int) throws(OutputFailure) {
        guard !continues else {
            written = end
            return formatter.resume()
        }
        formatter.begin(into: &batch.bytes)
        try flush()
    }

    mutating func add(_ outcome: Outcome) {
        requests.add(outcome)
        // A link is judged by its finding: HEAD may fail where GET does not.
        report?.addRequest(outcome)
        watch?.addRequest(outcome)
        guard isVerbose, let error = outcome.error else { return }
        let line = "\(PrintableURL.text(of: outcome.input)): \(error)"
        batch.console.say("fetchall: \(SecretMask.hiding(line, of: outcome.input))")
    }

    mutating func write(_ findings: [Finding]) throws(OutputFailure) {
        watch?.add(findings)
        for finding in findings {
            if let log {
                // What the end of the run prevented is not done.
                if finding.severity == .skipped, ["interrupted", "deadline"].contains(finding.kind) { continue }
                if log.isNew(finding) {
                    formatter.append(finding, into: &batch.bytes)
                    pending.append(finding)
                }
            } else {
                formatter.append(finding, into: &batch.bytes)
            }
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
        let count = batch.bytes.count
        try batch.write()
        written += count
        guard let log, !pending.isEmpty else { return }
        // Findings that a terminal took with it are written again.
        if !batch.console.terminalIsGone { log.note(written: pending, to: path, end: written) }
        pending.removeAll(keepingCapacity: true)
    }
}
