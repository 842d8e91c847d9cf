package import FetchHTTP
import FetchSystem

/// The text of the progress line on stderr. It counts; drawing and clocks are the caller's.
package struct ProgressLine: Sendable {
    /// Records that are ok.
    private(set) var ok = 0
    /// Records that are not ok.
    private(set) var failed = 0

    /// A line with nothing done yet.
    package init() {}

    /// Counts a completed record.
    package mutating func add(_ outcome: Outcome) {
        if outcome.isOK { ok += 1 } else { failed += 1 }
    }

    /// `  37/1000  36 ok  1 failed  5 in flight  412/s  ETA 3s`, without line break or colour.
    ///
    /// - Parameters:
    ///   - elapsed: The time since the start of the run.
    ///   - total: The number of inputs; nil while the list is still being read.
    ///   - inFlight: The transfers in flight.
    ///   - resting: The paused hosts and the remaining time of each pause; left out if there are none.
    ///   - width: The columns of the terminal.
    package func render(
        now elapsed: Duration, total: Int?, inFlight: Int,
        resting: [(authority: String, rest: Duration)] = [], width: Int
    ) -> String {
        let done = ok + failed
        var parts: [String] = []
        if let total {
            parts.append(HumanText.rightAligned("\(done)", "\(total)".count) + "/\(total)")
        } else {
            parts.append("\(done)")
        }
        parts.append("\(ok) ok")
        parts.append("\(failed) failed")
        parts.append("\(inFlight) in flight")
        if let longest = resting.max(by: { $0.rest < $1.rest }) {
            let count = resting.count == 1 ? "1 host waits" : "\(resting.count) hosts wait"
            let seconds = HumanText.remaining(seconds: longest.rest.inSeconds)
            parts.append("\(count): \(TerminalText.escaped(longest.authority)) \(seconds)")
        }
        parts.append(HumanText.rate(done, in: elapsed))
        let seconds = Double(elapsed.microseconds) / 1_000_000
        if let total, done > 0, total > done, seconds > 0 {
            let remaining = seconds / Double(done) * Double(total - done)
            parts.append("ETA \(HumanText.remaining(seconds: remaining))")
        }
        return TerminalText.cut(parts.joined(separator: "  "), to: width)
    }
}
