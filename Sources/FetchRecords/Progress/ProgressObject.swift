import FetchSystem

/// The progress of a run as one JSON object in a line: bytes, and seconds as decimal numbers.
package enum ProgressObject {
    /// The line with its line break.
    ///
    /// - Parameters:
    ///   - counts: The counts.
    ///   - bytes: The bytes.
    ///   - elapsed: The time since the start of the run.
    ///   - isFinal: Whether the run is over.
    package static func line(
        _ counts: ProgressCounts, _ bytes: ByteReading, elapsed: Duration, isFinal: Bool
    ) -> [UInt8] {
        var out: [UInt8] = []
        JSONWriter.raw("{\"type\":\"progress\",\"final\":", into: &out)
        JSONWriter.bool(isFinal, into: &out)
        JSONWriter.raw(",\"elapsed\":", into: &out)
        seconds(elapsed.inSeconds, into: &out)
        JSONWriter.raw(",\"total\":", into: &out)
        JSONWriter.integer(counts.total, into: &out)
        JSONWriter.raw(",\"done\":", into: &out)
        JSONWriter.integer(counts.done, into: &out)
        JSONWriter.raw(",\"ok\":", into: &out)
        JSONWriter.integer(counts.ok, into: &out)
        JSONWriter.raw(",\"failed\":", into: &out)
        JSONWriter.integer(counts.failed, into: &out)
        JSONWriter.raw(",\"queued\":", into: &out)
        JSONWriter.integer(counts.queued, into: &out)
        JSONWriter.raw(",\"in_flight\":", into: &out)
        JSONWriter.integer(counts.inFlight, into: &out)
        JSONWriter.raw(",\"hosts_waiting\":", into: &out)
        JSONWriter.integer(counts.waitingHosts, into: &out)
        JSONWriter.raw(",\"bytes\":", into: &out)
        JSONWriter.integer(bytes.received, into: &out)
        JSONWriter.raw(",\"bytes_total\":", into: &out)
        JSONWriter.integer(bytes.expected, into: &out)
        JSONWriter.raw(",\"bytes_total_estimated\":", into: &out)
        JSONWriter.bool(bytes.isEstimated, into: &out)
        rate(bytes.perSecond, into: &out)
        JSONWriter.raw(",\"eta\":", into: &out)
        seconds(isFinal ? nil : counts.secondsLeft(bytes, after: elapsed), into: &out)
        JSONWriter.raw(",\"transfers\":[", into: &out)
        for (index, row) in bytes.rows.enumerated() {
            if index > 0 { JSONWriter.raw(",", into: &out) }
            append(row, into: &out)
        }
        JSONWriter.raw("]}\n", into: &out)
        return out
    }

    private static func append(_ row: ByteReading.Row, into out: inout [UInt8]) {
        JSONWriter.raw("{\"name\":", into: &out)
        JSONWriter.string(row.name, into: &out)
        JSONWriter.raw(",\"bytes\":", into: &out)
        JSONWriter.integer(row.received, into: &out)
        JSONWriter.raw(",\"bytes_total\":", into: &out)
        JSONWriter.integer(row.total, into: &out)
        JSONWriter.raw(",\"resumed_from\":", into: &out)
        JSONWriter.integer(row.resumedFrom, into: &out)
        rate(row.perSecond, into: &out)
        JSONWriter.raw(",\"eta\":", into: &out)
        seconds(row.secondsLeft, into: &out)
        JSONWriter.raw("}", into: &out)
    }

    private static func rate(_ perSecond: Double, into out: inout [UInt8]) {
        JSONWriter.raw(",\"bytes_per_second\":", into: &out)
        JSONWriter.integer(Int(exactly: perSecond.rounded()) ?? 0, into: &out)
    }

    /// Seconds with milliseconds, or `null`.
    private static func seconds(_ seconds: Double?, into out: inout [UInt8]) {
        guard let seconds else { return JSONWriter.null(into: &out) }
        let milliseconds = Int64(exactly: (min(seconds, 1e12) * 1000).rounded()) ?? 0
        JSONWriter.seconds(microseconds: milliseconds * 1000, into: &out)
    }
}
