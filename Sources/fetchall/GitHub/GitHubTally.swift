import FetchCore

/// Counts what became of the logins, for the exit code and for what is said at the end.
struct GitHubTally {
    private(set) var ok = 0
    private(set) var failed = 0
    private var kinds: [FetchError.Kind: Int] = [:]
    private var unauthorized = 0
    private var rateLimit: FetchError?

    /// Counts a record.
    mutating func add(_ record: GitHubRecord) {
        guard let error = record.error else { return ok += 1 }
        failed += 1
        kinds[error.kind, default: 0] += 1
        if record.isRejected { unauthorized += 1 }
        if error.kind == .rateLimited { rateLimit = error }
    }

    /// What the process ends with.
    var status: ExitStatus {
        if kinds[.deadline] != nil { return .deadline }
        if kinds[.io] != nil { return .io }
        if unauthorized > 0 { return .authentication }
        if kinds[.rateLimited] != nil { return .rateLimited }
        return failed > 0 ? .failed : .success
    }

    /// What a person should know at the end, a line each.
    ///
    /// - Parameters:
    ///   - failedTo: The list of what failed; nil for none.
    ///   - journal: What says how to go on; nil without `--resume`.
    ///   - undone: Logins that the journal leaves for another run.
    func advice(failedTo: String?, journal: ResumeJournal?, undone: Int) -> [String] {
        var lines: [String] = []
        if unauthorized > 0 { lines.append("GitHub rejects the token; \(unauthorized) logins were not fetched") }
        if let rateLimit, let count = kinds[.rateLimited] {
            lines.append("\(count) logins were not fetched: \(rateLimit.message)")
            if journal == nil {
                lines.append(
                    failedTo.map { "fetch them later with --input \($0)" }
                        ?? "use --resume FILE to record progress and to continue later with the same command")
            }
        }
        if let journal, undone > 0 { lines.append(journal.advice(undone: undone)) }
        return lines
    }
}
