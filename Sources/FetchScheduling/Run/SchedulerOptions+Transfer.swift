import FetchHTTP
import FetchTransport

/// What the options mean for one transfer.
extension SchedulerOptions {
    /// The limits of the next hop of an attempt.
    ///
    /// - Parameters:
    ///   - spent: The time of the hops before it.
    ///   - first: The URL of the first hop, which names a saved file.
    func limits(after spent: Duration, from first: FetchURL? = nil) -> TransferLimits {
        var packed = packed
        if packed != nil, let first { packed?.named = PackedFile.coding(named: first) }
        return TransferLimits(
            maxTime: maxTime.map { $0 - spent }, maxBodySize: maxBodySize,
            dropsRedirectBody: redirects.maxRedirects != nil, accepted: accept, keepsBeginning: keepsBeginning,
            packed: packed)
    }

    /// The signal of a hop about the pace of its authority.
    func paceSignal(_ result: TransferResult, wallSeconds: @autoclosure () -> Int64) -> AuthorityPace.Signal {
        let signal = AuthorityPace.Signal.reading(result, wallSeconds: wallSeconds())
        guard callerKeepsLimits else { return signal }
        return switch signal {
        case .spent: .answered
        case .slowDown where result.response?.status == 429: .reached
        default: signal
        }
    }

    private var packed: PackedFile? {
        if case .folder = bodies { return PackedFile() }
        return keepsPackedFiles ? PackedFile(leavesPages: true) : nil
    }

    /// The file for the body of an input; nil if bodies are not saved.
    func file(for input: Input, _ url: FetchURL) throws(FetchError) -> BodyFile? {
        guard case .folder(let folder) = bodies else { return nil }
        return try folder.open(for: input, url)
    }

    /// The destination of the body: a file that is not new may contain what an earlier attempt wrote.
    func sink(_ file: BodyFile?, isNew: Bool = false) -> BodySink {
        if let file {
            if !isNew { file.rewind() }
            return .file(file.descriptor)
        }
        if case .memory = bodies { return .memory }
        return .discard
    }

    /// Whether the first hop of an input is its last: an accepted response that is not a redirect.
    func isEnd(_ result: TransferResult) -> Bool {
        guard result.error == nil, let status = result.response?.status, accept.contains(status) else { return false }
        return !RedirectPolicy.isRedirect(status) || result.response?.headers.contains("location") != true
    }
}

extension Outcome {
    /// The outcome of an input whose first hop is its last. Not an initialiser, which would copy its arguments.
    static func first(
        _ input: Input, _ request: Request, _ start: RequestRun.Start, _ result: inout TransferResult
    ) -> Outcome {
        // Moved out of an optional, which keeps another value; otherwise it would be copied.
        return Outcome(
            input: input, effectiveURL: request.url, response: result.response.take(), error: nil,
            timing: result.timing, redirects: 0, retries: 0, startedAt: start.startedAt, wait: start.wait,
            fileName: nil, value: nil, crawl: nil)
    }

    /// Finishes the file of a body: a complete one gets its final name, an incomplete one never does.
    mutating func finish(_ file: BodyFile?) {
        guard let file else { return }
        guard isOK else { return file.discard() }
        do throws(FetchError) {
            fileName = try file.publish()
        } catch {
            self.error = error
        }
    }
}
