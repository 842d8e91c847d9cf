import FetchRecords

/// The status that the process ends with. The codes are part of the contract (README, "Exit codes").
enum ExitStatus {
    case success
    /// At least one record is not ok.
    case failed
    /// The command line or a list is not valid; nothing was sent.
    case usage
    /// Output cannot be written, or a list cannot be read to its end.
    case io
    /// All failures are rejected authentication.
    case authentication
    /// A server asked for a longer wait than the maximum.
    case rateLimited
    /// The deadline of the run has passed.
    case deadline
    /// A signal ended the run.
    case signal(Int32)

    /// The process's exit code.
    var rawValue: Int32 {
        switch self {
        case .success: 0
        case .failed: 1
        case .usage: 2
        case .io: 3
        case .authentication: 4
        case .rateLimited: 5
        case .deadline: 124
        case .signal(let number): 128 + number
        }
    }

    /// The status that follows from the records of a run.
    init(_ summary: Summary) {
        if summary.deadline > 0 {
            self = .deadline
        } else if summary.ioErrors > 0 {
            self = .io
        } else if summary.rateLimited > 0 {
            self = .rateLimited
        } else if summary.failed > 0 {
            self = summary.unauthorized == summary.failed ? .authentication : .failed
        } else {
            self = .success
        }
    }
}
