import FetchCore

/// Takes the events of a run and writes records: order, form, destination, the list of what failed, and what is said to
/// people meanwhile.
struct GitHubEmitter {
    private let console: Console
    private var formatter: any GitHubFormatter
    private let isOrdered: Bool
    private let output: OutputFile
    private let failedTo: OutputFile?
    private let live: LiveLine
    private let secrets: [GitHubToken]
    private let isQuiet: Bool
    private let isVerbose: Bool
    private var waiting: [Int: GitHubRecord] = [:]
    private var next = 0
    private var bytes: [UInt8] = []
    /// What the records amount to.
    private(set) var tally = GitHubTally()
    /// Whether documents could not be made as they should be.
    private(set) var hadProblems = false
    /// The requests behind them.
    private(set) var requests: Summary

    init(
        formatter: any GitHubFormatter, isOrdered: Bool, output: OutputFile, failedTo: OutputFile?, console: Console,
        live: LiveLine, secrets: [GitHubToken], options: OutputOptions
    ) {
        self.formatter = formatter
        self.isOrdered = isOrdered
        self.output = output
        self.failedTo = failedTo
        self.console = console
        self.live = live
        self.secrets = secrets
        isQuiet = options.quiet
        isVerbose = options.verbose
        requests = Summary(isDetailed: options.summary)
    }

    /// Writes everything that comes.
    mutating func consume(_ events: AsyncStream<GitHubClient.Event>) async throws(Emitter.End) {
        do throws(InputFailure) {
            try formatter.prepare()
        } catch {
            throw .refused(error.message)
        }
        formatter.begin(into: &bytes)
        try flush()
        for await event in events {
            switch event {
            case .record(let record): try take(record)
            case .request(let outcome):
                requests.add(outcome)
                if isVerbose { describe(outcome) }
            case .waiting(let duration):
                try flush()
                if !isQuiet { say("waiting \(duration.formatted) for GitHub's limit") }
            }
        }
        for record in waiting.values.sorted(by: { $0.index < $1.index }) { try write(record) }
        formatter.end(into: &bytes)
        try flush()
    }

    private mutating func take(_ record: GitHubRecord) throws(Emitter.End) {
        let text = record.login
        let input = Input(index: record.index, text: text, request: .failure(FetchError(.invalidURL, "")))
        live.add(Outcome(input: input, error: record.error))
        guard isOrdered else {
            try write(record)
            return try flush()
        }
        waiting[record.index] = record
        while let due = waiting.removeValue(forKey: next) {
            next += 1
            try write(due)
        }
        if bytes.count >= 1 << 16 { try flush() }
    }

    private mutating func write(_ record: GitHubRecord) throws(Emitter.End) {
        tally.add(record)
        formatter.append(record, into: &bytes)
        guard let error = record.error else { return }
        if isVerbose { say("\(record.login): \(error)") }
        if let failedTo { try put(Array((record.login + "\n").utf8), into: failedTo) }
    }

    private mutating func flush() throws(Emitter.End) {
        for problem in formatter.takeProblems() {
            say(problem)
            hadProblems = true
        }
        try put(bytes, into: output)
        bytes.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: [UInt8], into file: OutputFile) throws(Emitter.End) {
        var bytes = bytes
        // A server may say the token back; it is in no output whatever it says.
        for secret in secrets { secret.hide(in: &bytes) }
        do {
            try console.write(bytes, to: file.descriptor)
        } catch {
            switch error {
            case .closed: throw .closed
            case .failed(let reason): throw .failed("cannot write \(file.name): \(reason)")
            }
        }
    }

    private func describe(_ outcome: Outcome) {
        let status = outcome.response.map { "\($0.status)" } ?? outcome.error?.kind.rawValue ?? ""
        let left = outcome.response?.headers["x-ratelimit-remaining"].map { ", \($0) requests left" } ?? ""
        say("\(outcome.input.text): \(status)\(left)")
    }

    private func say(_ text: String) { console.say("fetchall: \(secrets.reduce(text) { $1.hidden(in: $0) })") }
}
