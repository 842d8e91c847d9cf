import FetchCrawl
import FetchHTTP

/// What the runs before left of a crawl that this run continues: the outputs of a crawl are those of all its runs.
struct EarlierRuns {
    /// The number of pages whose record is not ok.
    let failedCount: Int
    /// The pages that belong to the list of failures; empty if there is no list.
    let failedURLs: [FetchURL]

    /// Reads it from the state.
    ///
    /// - Parameters:
    ///   - checksLinks: Whether a failed page has its record only when its links are known, at the end of a run.
    init(_ state: SQLiteFrontier, listsFailures: Bool, checksLinks: Bool) throws(FetchError) {
        failedCount = try state.failedCount()
        failedURLs = listsFailures ? try state.failedURLs(isReported: checksLinks) : []
    }

    /// The exit status, which includes earlier failures as that of a resumed list does.
    func status(_ status: ExitStatus) -> ExitStatus { ResumeJournal.status(status, failedBefore: failedCount) }
}
