import FetchGitHub
import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import FetchWatch

/// Receives the events of a run and writes records: it handles the order, the format, the destination, the list of
/// failures, and the messages meanwhile.
struct GitHubEmitter: RecordEmitter {
    private let console: Console
    private var formatter: any GitHubFormatter
    private let options: OutputOptions
    var batch: OutputBatch
    private let table: GitHubUserTable?
    private var rows: [GitHubRecord] = []
    private let live: LiveLine
    private let secrets: [GitHubToken]
    private let isOrdered: Bool
    /// The logins whose records an earlier run has written.
    private let completed: CompletedInputs
    private var waiting: [Int: GitHubRecord] = [:]
    private var next = 0
    /// Collects what reports say; nil without them.
    var report: ReportCollector?
    /// Receives records and requests for the live page; nil without it.
    var watch: WatchFeed?
    /// Outcomes that the journal learns of when the document is complete: a table is written at its end.
    private var held: [Outcome] = []
    /// The counts of the records.
    private(set) var tally = GitHubTally()
    private(set) var hadProblems = false
    /// The summary of the requests.
    private(set) var requests: Summary

    init(
        formatter: any GitHubFormatter, batch: OutputBatch, table: GitHubUserTable?, completed: CompletedInputs,
        live: LiveLine, secrets: [GitHubToken], options: OutputOptions
    ) {
        console = batch.console
        self.formatter = formatter
        self.options = options
        self.batch = batch
        self.table = table
        self.completed = completed
        self.live = live
        self.secrets = secrets
        isOrdered = options.isOrdered || options.chosenFormat == .table
        requests = Summary(isDetailed: options.summary)
    }

    /// The number of logins without a record; a later run requests them again.
    var undone: Int { batch.undone }

    mutating func prepare() throws(InputFailure) { try formatter.prepare() }

    /// Writes all records of the events.
    mutating func consume(_ events: AsyncStream<GitHubClient.Event>) async throws(OutputFailure) {
        if try batch.begin() { formatter.resume() } else { append { $0.begin(into: &$1) } }
        try flush()
        for await event in events {
            switch event {
            case .records(let records):
                for record in records { take(record) }
                // Each response was paid for from the rate limit: a killed process must not lose any that it received.
                try flush()
            case .request(let outcome):
                requests.add(outcome)
                report?.addRequest(outcome)
                watch?.addRequest(outcome)
                if options.verbose { describe(outcome) }
            case .waiting(let duration):
                try flush()
                if !options.quiet { say("waiting \(duration.formatted) for GitHub's rate limit") }
            }
        }
        for record in waiting.values.sorted(by: { $0.index < $1.index }) { write(record) }
        appendEnd()
        for outcome in held { batch.note(outcome) }
        try flush()
    }

    mutating func formatEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        formatter.end(into: &bytes)
        return hidden(bytes)
    }

    private mutating func take(_ record: GitHubRecord) {
        live.add(Outcome(input: record.input, error: record.error))
        watch?.addRecord(Outcome(input: record.input, error: record.error))
        guard isOrdered else { return write(record) }
        waiting[record.index] = record
        while completed.contains(next) || waiting[next] != nil {
            if let due = waiting.removeValue(forKey: next) { write(due) }
            next += 1
        }
    }

    private mutating func write(_ record: GitHubRecord) {
        tally.add(record)
        report?.addRecord(Outcome(input: record.input, error: record.error))
        if let error = record.error, options.verbose { say("\(record.login): \(error)") }
        let outcome = Outcome(input: record.input, error: record.error)
        // A rejected token says nothing about the login, and the next run may have another token.
        guard batch.accepts(isFinal: Journal.isFinal(outcome) && !record.isRejected) else { return }
        if table != nil { rows.append(record) }
        append { $0.append(record, into: &$1) }
        if record.error != nil, batch.listsFailures {
            batch.failedBytes += hidden(Array((record.login + "\n").utf8))
        }
        if options.chosenFormat == .table { held.append(outcome) } else { batch.note(outcome) }
    }

    /// Appends what the formatter writes. A server may repeat the token; it is hidden in all output, before the journal
    /// learns the length of the output.
    private mutating func append(_ format: (inout any GitHubFormatter, inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        format(&formatter, &bytes)
        batch.bytes += hidden(bytes)
    }

    private func hidden(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets { secret.hide(in: &bytes) }
        return bytes
    }

    private mutating func flush() throws(OutputFailure) {
        for problem in formatter.takeProblems() {
            say(problem)
            hadProblems = true
        }
        do throws(InputFailure) {
            try table?.append(rows, hiding: secrets)
        } catch {
            throw .failed(error.message)
        }
        rows.removeAll(keepingCapacity: true)
        try batch.write()
    }

    private func describe(_ outcome: Outcome) {
        let status = outcome.response.map { "\($0.status)" } ?? outcome.error?.kind.rawValue ?? ""
        let left = outcome.response?.headers["x-ratelimit-remaining"].map { ", \($0) requests left" } ?? ""
        say("\(outcome.input.text): \(status)\(left)")
    }

    private func say(_ text: String) { console.say("fetchall: \(secrets.reduce(text) { $1.hidden(in: $0) })") }
}

extension GitHubRecord {
    /// The login as an input; it is validated elsewhere.
    var input: Input { GitHubUserRun.input(index, login) }
}
