import FetchGitHub
import FetchHTTP

/// Counts the outcomes of the logins, for the exit code and the final messages.
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

    /// The status that the process ends with.
    var status: ExitStatus {
        if kinds[.deadline] != nil { return .deadline }
        if kinds[.io] != nil || kinds[.localLimit] != nil { return .io }
        if unauthorized > 0 { return .authentication }
        if kinds[.rateLimited] != nil { return .rateLimited }
        return failed > 0 ? .failed : .success
    }

    /// The final messages, one per line.
    ///
    /// - Parameters:
    ///   - failedTo: The list of failures; nil for none.
    ///   - journal: The journal, which knows how to continue; nil without `--resume`.
    ///   - undone: The number of logins that are left for another run.
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
