import FetchCore

/// Takes the events of a run and writes records: order, form, destination, the list of what failed, and what is said to
/// people meanwhile.
struct GitHubEmitter {
    private let console: Console
    private var formatter: any GitHubFormatter
    private let options: OutputOptions
    private var batch: OutputBatch
    private let table: GitHubUserTable?
    private var rows: [GitHubRecord] = []
    private let live: LiveLine
    private let secrets: [GitHubToken]
    private let isOrdered: Bool
    /// Logins that have their records from a run before.
    private let completed: CompletedInputs
    private var waiting: [Int: GitHubRecord] = [:]
    private var next = 0
    /// What the journal learns when the document is written: a table is written at its end.
    private var held: [Outcome] = []
    /// What the records amount to.
    private(set) var tally = GitHubTally()
    /// Whether documents could not be made as they should be.
    private(set) var hadProblems = false
    /// The requests behind them.
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

    /// Logins without a record, because they are asked for again next time.
    var undone: Int { batch.undone }

    /// Makes ready, on the thread that writes, before anything is sent.
    mutating func prepare() throws(InputFailure) { try formatter.prepare() }

    /// Writes everything that comes.
    mutating func consume(_ events: AsyncStream<GitHubClient.Event>) async throws(OutputFailure) {
        if try batch.begin() { formatter.resume() } else { append { $0.begin(into: &$1) } }
        try flush()
        for await event in events {
            switch event {
            case .records(let records):
                for record in records { take(record) }
                // Each answer was paid for out of a limit: a killed process has lost none that it had.
                try flush()
            case .request(let outcome):
                requests.add(outcome)
                if options.verbose { describe(outcome) }
            case .waiting(let duration):
                try flush()
                if !options.quiet { say("waiting \(duration.formatted) for GitHub's rate limit") }
            }
        }
        for record in waiting.values.sorted(by: { $0.index < $1.index }) { write(record) }
        append { $0.end(into: &$1) }
        for outcome in held { batch.note(outcome) }
        try flush()
    }

    private mutating func take(_ record: GitHubRecord) {
        live.add(Outcome(input: record.input, error: record.error))
        guard isOrdered else { return write(record) }
        waiting[record.index] = record
        while completed.contains(next) || waiting[next] != nil {
            if let due = waiting.removeValue(forKey: next) { write(due) }
            next += 1
        }
    }

    private mutating func write(_ record: GitHubRecord) {
        tally.add(record)
        if let error = record.error, options.verbose { say("\(record.login): \(error)") }
        let outcome = Outcome(input: record.input, error: record.error)
        // A rejected token is no answer about the login, and may be another one next time.
        guard batch.accepts(isFinal: Journal.isFinal(outcome) && !record.isRejected) else { return }
        if table != nil { rows.append(record) }
        append { $0.append(record, into: &$1) }
        if record.error != nil, batch.failedTo != nil {
            batch.failedBytes += hidden(Array((record.login + "\n").utf8))
        }
        if options.chosenFormat == .table { held.append(outcome) } else { batch.note(outcome) }
    }

    /// Appends what the formatter makes. A server may say the token back; it is in no output whatever it says, and it is
    /// hidden before the journal learns how long the output is.
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
    /// The login as the input that it is; it is checked elsewhere.
    var input: Input { GitHubUserRun.input(index, login) }
}
