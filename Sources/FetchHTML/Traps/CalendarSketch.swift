/// The dates of URLs that differ in nothing else: whether they are the days of a calendar.
///
/// The first number of `/thread-4567-1-1.html` may look like a year. A calendar has many days in few years; numbered
/// pages have many "years", each with few days.
struct CalendarSketch: Sendable {
    /// The number of URLs since the last decision.
    private(set) var count: Int32 = 0
    /// Whether they have become too many.
    private(set) var isEndless = false
    /// The years and the days of the year that occurred, each as a bit of its remainder by 64.
    private var years: UInt64 = 0
    private var days: UInt64 = 0

    /// Counts a date.
    ///
    /// - Returns: Whether these URLs have become too many now.
    mutating func add(_ date: DateScan.Day, limit: Int) -> Bool {
        count += 1
        years |= 1 << UInt64(date.year & 63)
        days |= 1 << UInt64((date.month * 31 + date.day) & 63)
        guard !isEndless, count > limit else { return false }
        // A thousand dates of a calendar have hundreds of days, and far fewer than 40 years.
        isEndless = days.nonzeroBitCount >= min(24, (limit + 1) / 2) && years.nonzeroBitCount <= 40
        if !isEndless { self = CalendarSketch() }
        return isEndless
    }
}
