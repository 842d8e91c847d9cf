import FetchHTTP
import FetchSystem
import FetchTransport

/// Tells what an attempt does, if there is a receiver.
extension RequestRun {
    /// A hop is about to be sent, or to be answered by a cache.
    func traceStart(_ hop: Request, attempt: Int) {
        guard let trace = options.trace else { return }
        trace.learn(hop)
        let number = attempt > 1 ? "attempt \(attempt): " : ""
        trace.note(input.index, "\(number)\(hop.method) \(hop.url.redacted)")
    }

    /// A hop has ended.
    func traceEnd(_ result: TransferResult, to hop: Request) {
        guard let trace = options.trace else { return }
        if let cache = result.response?.cache {
            let meaning =
                switch cache {
                case .fresh: "fresh: answered from the cache, nothing was sent"
                case .revalidated: "revalidated: the server confirmed the stored response"
                case .stored: "stored"
                case .miss: "miss: it was not stored"
                }
            trace.note(input.index, "cache: \(meaning)")
        }
        if let error = result.error { trace.note(input.index, "failed: \(error.kind.rawValue): \(error.message)") }
        if let response = result.response, result.error == nil {
            trace.note(input.index, "ended: \(response.status), \(response.size) bytes")
        }
        if let timing = result.timing { trace.note(input.index, "times: \(Self.text(of: timing))") }
        let key = hop.url.authority.text
        if let rest = pool.rest(of: key) {
            trace.note(input.index, "\(key) rests for \(HumanText.time(rest)); nothing is sent to it until then")
        }
    }

    /// A redirect is followed.
    func traceRedirect(_ status: Int, to next: Request) {
        options.trace?.note(input.index, "redirect \(status) to \(next.method) \(next.url.redacted)")
    }

    /// An attempt was not the last, or was.
    func traceDecision(_ decision: RetryPolicy.Decision, after error: FetchError) {
        guard let trace = options.trace else { return }
        let reason = "\(error.kind.rawValue): \(error.message)"
        switch decision {
        case .stop: break
        case .retry(let wait): trace.note(input.index, "retry in \(HumanText.time(wait)), because of \(reason)")
        case .obey: trace.note(input.index, "retry when the host's rest is over, because of \(reason)")
        case .giveUp(let wait):
            trace.note(input.index, "no retry: the server asks to wait \(HumanText.time(wait)), longer than allowed")
        }
    }

    private static func text(of timing: Timing) -> String {
        let times: [(name: String, time: Duration)] = [
            ("name lookup", timing.nameLookup), ("connect", timing.connect), ("TLS", timing.appConnect),
            ("first byte", timing.startTransfer), ("total", timing.total),
        ]
        return times.filter { $0.time > .zero }.map { "\($0.name) \(HumanText.time($0.time))" }.joined(separator: ", ")
    }
}
