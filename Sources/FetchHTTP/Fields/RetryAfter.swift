/// The wait that a server asks for (RFC 9110 §10.2.3): seconds, or one of the three HTTP dates.
package enum RetryAfter {
    /// The maximum that a longer wait is reduced to, so that no sum with it can overflow: ten years.
    package static let maximum: Duration = .seconds(maximumSeconds)
    private static let maximumSeconds: Int64 = 3650 * 86_400

    /// The wait, at most ``maximum``; nil for a value that is neither whole seconds nor a future date, so that the
    /// caller uses its own backoff.
    ///
    /// - Parameters:
    ///   - value: The value of the header.
    ///   - now: Seconds since 1970, from the server's `Date` if it sent one, else from our own clock.
    package static func parse(_ value: String, now: Int64) -> Duration? {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var bytes = value.utf8.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { return nil }
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return wait(until: String(decoding: bytes, as: UTF8.self), now: now)
        }
        var seconds: Int64 = 0
        for byte in bytes { seconds = min(seconds * 10 + Int64(byte - 0x30), maximumSeconds) }
        return .seconds(seconds)
    }

    /// The wait that a response asks for, more than zero; nil if it names no time that can be waited for.
    ///
    /// A date is compared with the server's own clock (`Date`) if it sent one, else with ours.
    package static func wait(asked headers: HeaderFields, wallSeconds: Int64) -> Duration? {
        guard let value = headers["retry-after"] else { return nil }
        let now = headers["date"].flatMap { HTTPDate.parse($0) } ?? wallSeconds
        guard let wait = parse(value, now: now), wait > .zero else { return nil }
        return wait
    }

    private static func wait(until date: String, now: Int64) -> Duration? {
        guard let date = HTTPDate.parse(date), date > now else { return nil }
        let (seconds, overflow) = date.subtractingReportingOverflow(now)
        return .seconds(overflow ? maximumSeconds : min(seconds, maximumSeconds))
    }
}
