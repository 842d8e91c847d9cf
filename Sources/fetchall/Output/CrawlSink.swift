import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport
import FetchWatch

/// The destination of a crawl's records: they are formatted into a buffer and written when the crawl asks for it.
struct CrawlSink: CrawlOutput, RecordEmitter {
    private var formatter: any Formatter
    var batch: OutputBatch
    /// The name of the file in the state; empty for standard output.
    private let name: String
    private let folder: BodyFolder?
    /// Computes the digests of pages.
    private let digests: BodyDigests
    private let isVerbose: Bool
    /// Whether a later run can continue the crawl.
    private let isDurable: Bool
    private var failedLine = FailedLine()
    /// The number of bytes already written.
    private var written: Int64
    private(set) var records: Int
    private(set) var hadProblems = false
    /// The number of bodies that could not be saved, and a sentence about the first.
    private(set) var unsaved: (count: Int, first: String)?
    /// What the first failure stops; nil where a failure stops nothing.
    var stop: StopSignal?
    /// Collects what reports say; nil without them.
    private let report: ReportCollector?
    /// Receives records for the live page; nil without it.
    private let watch: WatchFeed?

    init(
        formatter: any Formatter, files: RunFiles, mark: OutputMark, folder: BodyFolder?, hash: DigestAlgorithm?,
        console: Console, isVerbose: Bool, isDurable: Bool, isLines: Bool
    ) {
        self.formatter = formatter
        batch = OutputBatch(console: console, files: files, isLines: isLines)
        self.folder = folder
        report = files.reports?.collector
        watch = files.watch?.feed
        digests = BodyDigests(hash: hash, savedOnly: folder != nil)
        self.isVerbose = isVerbose
        self.isDurable = isDurable
        name = mark.file
        written = mark.bytes
        records = mark.records
        // A file that is continued already has the beginning of the document.
        if mark.bytes == 0 { self.formatter.begin(into: &batch.bytes) }
    }

    mutating func prepare() throws(InputFailure) { try formatter.prepare() }

    mutating func save(_ outcome: inout Outcome) {
        guard let folder, outcome.isOK, let response = outcome.response, response.status < 300,
            case .bytes(let body) = response.body, case .success(let request) = outcome.input.request
        else { return }
        do throws(FetchError) {
            outcome.fileName = try folder.save(body, for: outcome.input, from: request.url)
        } catch {
            outcome.error = error
            let first = unsaved?.first ?? "\(PrintableURL.text(of: outcome.input)): \(error.message)"
            unsaved = ((unsaved?.count ?? 0) + 1, first)
        }
    }

    mutating func list(_ failure: Outcome) {
        if batch.listsFailures { failedLine.append(failure.input, to: &batch.failedBytes) }
    }

    /// Lists the pages that failed in earlier runs: the list of failures is made anew in each run.
    mutating func list(_ failedURLs: [FetchURL]) {
        for url in failedURLs {
            list(Outcome(input: Input(index: 0, text: url.href, request: .success(Request(url)))))
        }
    }

    mutating func add(_ outcome: Outcome) throws(OutputFailure) -> Int64 {
        var outcome = outcome
        digests.apply(to: &outcome)
        if let folder, let name = outcome.fileName { outcome.fileName = folder.path(of: name) }
        formatter.append(outcome, into: &batch.bytes)
        report?.add(outcome)
        watch?.add(outcome)
        records += 1
        if let error = outcome.error {
            if outcome.crawl?.skipped == nil { stop?.stop(.failed) }
            if isVerbose {
                let line = "\(PrintableURL.text(of: outcome.input)): \(error)"
                batch.console.say("fetchall: \(SecretMask.hiding(line, of: outcome.input))")
            }
            list(outcome)
        }
        return name.isEmpty ? 0 : written + Int64(batch.bytes.count)
    }

    mutating func flush() throws(OutputFailure) -> OutputMark {
        written += Int64(batch.bytes.count)
        try write()
        return OutputMark(file: name, bytes: name.isEmpty ? 0 : written, records: records)
    }

    /// Writes the end of the document. A later run does not count it as written.
    mutating func end() throws(OutputFailure) {
        appendEnd()
        try write()
    }

    mutating func formatEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        formatter.end(into: &bytes)
        return bytes
    }

    private mutating func write() throws(OutputFailure) {
        for problem in formatter.takeProblems() {
            batch.console.say("fetchall: \(problem)")
            hadProblems = true
        }
        try batch.write()
        // The pages whose records a terminal took with it are fetched again.
        if isDurable, batch.console.terminalIsGone { throw .closed }
    }
}

extension OutputFile {
    /// Opens a file to continue it; the caller cuts it where the good part ends.
    ///
    /// - Returns: The file, and its length.
    static func reopen(_ path: String) throws(InputFailure) -> (file: OutputFile, size: Int64) {
        let file = try open(path, [])
        guard let size = file.size else {
            throw InputFailure("cannot append to \(file.name): it is not a regular file")
        }
        return (file, size)
    }

    /// The absolute path, as `ByteText` if the working directory is not UTF-8: two directories are never one name.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = SystemEnvironment.workingDirectory else { return path }
        return folder + "/" + path
    }
}
