/// The states of a URL as numbers for statements. They stand in the text instead of being bound: SQLite uses a partial
/// index (`WHERE state = 0`) for a query only where the query has the same literal (https://sqlite.org/partialindex.html).
enum StoredState {
    static let queued = FrontierRecord.State.queued.rawValue
    static let leased = FrontierRecord.State.leased.rawValue
    static let done = FrontierRecord.State.done.rawValue
    static let failed = FrontierRecord.State.failed.rawValue
    static let dropped = FrontierRecord.State.dropped.rawValue
}
