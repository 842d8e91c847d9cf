package import FetchHTTP
import FetchSystem

/// The text of the progress line on stderr. It counts; drawing and clocks are the caller's.
package struct ProgressLine: Sendable {
    /// Records that are ok.
    package private(set) var ok = 0
    /// Records that are not ok.
    package private(set) var failed = 0

    /// A line with nothing done yet.
    package init() {}

    /// Counts a completed record.
    package mutating func add(_ outcome: Outcome) { add(isOK: outcome.isOK) }

    /// Counts a completed record, without the outcome that a closure would have to hold.
    package mutating func add(isOK: Bool) {
        if isOK { ok += 1 } else { failed += 1 }
    }

    /// `  37/1000  36 ok  1 failed  5 in flight  412/s  ETA 3s`, without line break or colour; where bytes are counted
    /// `12/50  148 of 560 MB  26 %  18.9 MB/s  ETA 22s  3 in flight  0 failed`.
    ///
    /// - Parameters:
    ///   - elapsed: The time since the start of the run.
    ///   - total: The number of inputs; nil while the list is still being read.
    ///   - inFlight: The transfers in flight.
    ///   - resting: The paused hosts and the remaining time of each pause; left out if there are none.
    ///   - bytes: The bytes of the bodies; nil if they are not known.
    ///   - width: The columns of the terminal.
    package func render(
        now elapsed: Duration, total: Int?, inFlight: Int,
        resting: [(authority: String, rest: Duration)] = [], bytes: ByteReading? = nil, width: Int
    ) -> String {
        let counts = ProgressCounts(ok: ok, failed: failed, total: total, inFlight: inFlight)
        let count = total.map { HumanText.rightAligned("\(counts.done)", "\($0)".count) + "/\($0)" }
        let rest = resting.max { $0.rest < $1.rest }.map { longest in
            let hosts = resting.count == 1 ? "1 host waits" : "\(resting.count) hosts wait"
            let seconds = HumanText.remaining(seconds: longest.rest.inSeconds)
            return "\(hosts): \(TerminalText.escaped(longest.authority)) \(seconds)"
        }
        let start = count ?? "\(counts.done)"
        let left = counts.secondsLeft(bytes, after: elapsed).map { "ETA \(HumanText.remaining(seconds: $0))" }
        guard let bytes, bytes.countsBytes else {
            let parts = [start, "\(ok) ok", "\(failed) failed", "\(inFlight) in flight", rest]
            return fitted(parts + [HumanText.rate(counts.done, in: elapsed), left], without: [], to: width)
        }
        let parts = [
            start, bytes.amount, bytes.percent, bytes.rate, left, "\(inFlight) in flight", "\(failed) failed", rest,
        ]
        // In few columns the time left is worth more than the rate.
        return fitted(parts, without: failed > 0 ? [5, 3, 2] : [5, 3, 6, 2], to: width)
    }

    /// The parts as one line. While it is too wide, one part after the other is left out; then it is cut.
    private func fitted(_ parts: [String?], without order: [Int], to width: Int) -> String {
        var parts = parts
        func text() -> String { parts.compactMap { $0 }.joined(separator: "  ") }
        for index in order where DisplayWidth.of(text()) > width { parts[index] = nil }
        return TerminalText.cut(text(), to: width)
    }

    /// `120 done  3 failed  431 queued  8 in flight  412/s  2 hosts wait`, the line of a crawl; where bytes are counted,
    /// they and their rate are in place of the pages per second.
    package static func crawl(
        _ counts: ProgressCounts, now elapsed: Duration, bytes: ByteReading? = nil, width: Int
    ) -> String {
        var parts = ["\(counts.done) done", "\(counts.failed) failed"]
        if let queued = counts.queued { parts.append("\(queued) queued") }
        parts.append("\(counts.inFlight) in flight")
        if let bytes, bytes.countsBytes {
            parts += [bytes.amount, bytes.rate]
        } else {
            parts.append(HumanText.rate(counts.done, in: elapsed))
        }
        let waiting = counts.waitingHosts
        if waiting > 0 { parts.append(waiting == 1 ? "1 host waits" : "\(waiting) hosts wait") }
        return TerminalText.cut(parts.joined(separator: "  "), to: width)
    }
}

extension ProgressCounts {
    /// The seconds until the run is over: from the bytes where they tell, else from the counts.
    func secondsLeft(_ bytes: ByteReading?, after elapsed: Duration) -> Double? {
        if let bytes, bytes.countsBytes, bytes.expected != nil { return bytes.secondsLeft }
        return secondsLeft(after: elapsed)
    }
}
