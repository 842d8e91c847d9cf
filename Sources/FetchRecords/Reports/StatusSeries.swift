import FetchHTTP

/// Counts of responses by their time and the class of their status. Its size does not grow with the run: when the time of
/// the run exceeds the intervals, each of them becomes twice as long.
struct StatusSeries: Sendable {
    /// What is counted in an interval.
    enum Class: Int, CaseIterable, Sendable {
        case informational, success, redirection, clientError, serverError, failure

        /// The class of a status; a failure without one.
        init(_ status: Int?) {
            switch status ?? 0 {
            case 100..<200: self = .informational
            case 200..<300: self = .success
            case 300..<400: self = .redirection
            case 400..<500: self = .clientError
            case 500...: self = .serverError
            default: self = .failure
            }
        }

        /// Its name in a legend.
        var name: String { self == .failure ? "no response" : "\(rawValue + 1)xx" }
    }

    /// The maximum number of intervals.
    static let intervalLimit = 60

    /// The beginning of the first interval, in milliseconds since 1970; nil while there is none.
    private(set) var start: Int64?
    /// The length of an interval in milliseconds.
    private(set) var length: Int64 = 10
    /// The counts of each interval by ``Class``.
    private(set) var counts: [[Int]] = []

    /// Counts a record whose request was sent, at the end of its first attempt. What it waited for before that is not known,
    /// and is no part of its start.
    mutating func add(_ row: ReportRow) {
        guard let startedAt = row.startedAt else { return }
        let end = startedAt + (row.timing?.total ?? 0) / 1000
        let start = self.start ?? startedAt
        self.start = start
        // A clock that was set back, or a time that a cache kept, is at the beginning.
        let time = max(0, end - start)
        while time / length >= Int64(Self.intervalLimit), length < .max / 4 { double() }
        let index = Int(min(time / length, Int64(Self.intervalLimit - 1)))
        while counts.count <= index { counts.append(Array(repeating: 0, count: Class.allCases.count)) }
        counts[index][Class(row.status).rawValue] += 1
    }

    private mutating func double() {
        length *= 2
        var joined: [[Int]] = []
        for index in stride(from: 0, to: counts.count, by: 2) {
            let next = index + 1 < counts.count ? counts[index + 1] : []
            joined.append(next.isEmpty ? counts[index] : zip(counts[index], next).map { $0 + $1 })
        }
        counts = joined
    }
}
