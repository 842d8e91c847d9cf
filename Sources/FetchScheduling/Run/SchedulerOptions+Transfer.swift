import FetchHTTP
import FetchTransport

/// What the options mean for one transfer.
extension SchedulerOptions {
    /// The limits of the next hop of an attempt.
    ///
    /// - Parameters:
    ///   - spent: The time of the hops before it.
    ///   - excused: The part of it that does not count, because the hosts of those hops have their own maximum.
    ///   - first: The URL of the first hop, which names a saved file.
    ///   - url: The URL of the hop; nil if its host has no limits of its own.
    func limits(
        after spent: Duration, excused: Duration = .zero, from first: FetchURL? = nil, to url: FetchURL? = nil
    ) -> TransferLimits {
        var packed = packed
        if packed != nil, let first { packed?.named = PackedFile.coding(named: first) }
        var limits = TransferLimits(
            maxTime: timeLeft(after: spent - excused, for: url), maxBodySize: maxBodySize,
            dropsRedirectBody: redirects.maxRedirects != nil, accepted: url.map(accept(for:)) ?? accept,
            keepsBeginning: keepsBeginning, packed: packed)
        if spent > .zero { limits.firstURL = first }
        limits.bodies = wantedBodies
        return limits
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

    /// The file for the body of an input; nil if bodies are not saved, or the request asks for none.
    func file(for input: Input, _ url: FetchURL) throws(FetchError) -> BodyFile? {
        guard case .folder(let folder) = bodies, (try? input.request.get())?.method != "HEAD" else { return nil }
        return try folder.open(for: input, url)
    }

    /// Whether a large file is fetched with several requests at once.
    var fetchesSegments: Bool {
        if case .folder(let folder) = bodies { folder.saving.segments > 1 } else { false }
    }

    /// The file of an input for which nothing is sent, because it exists.
    func existingFile(of input: Input, _ url: FetchURL) -> String? {
        guard case .folder(let folder) = bodies, folder.saving.skipsExisting else { return nil }
        return folder.existing(for: input, url).map(folder.path)
    }

    /// The request of a hop as it is sent, which may ask for the rest of a file, and the destination of its body.
    ///
    /// - Parameters:
    ///   - input: The input that it is a request of.
    ///   - isNew: Whether nothing of an earlier attempt can be in the file.
    func prepare(
        _ request: Request, of input: Input, _ file: BodyFile?, isNew: Bool = false
    ) -> (request: Request, sink: BodySink) {
        if let file { return (file.prepare(request, isNew: isNew), .file(file)) }
        if case .spools(let spools) = bodies {
            let spool = spools.spool(of: input.index)
            spool.restart()
            return (request, .spool(spool, limit: 0))
        }
        if case .memory = bodies { return (request, .memory) }
        return (request, .discard)
    }

    /// Whether a failed attempt may be repeated: no byte of its answer was written.
    func mayRepeat(_ input: Input) -> Bool {
        if case .spools(let spools) = bodies { spools.spool(of: input.index).hold() } else { true }
    }

    /// Whether a status of a URL counts as a success: also one that completes a file where 200 does.
    func accepts(_ status: Int, of url: FetchURL, _ file: BodyFile?) -> Bool {
        let accept = accept(for: url)
        return accept.contains(status) || accept.contains(200) && file?.isSettled(by: status) == true
    }

    /// Whether the first hop of an input is its last: an accepted response that is not a redirect.
    func isEnd(_ result: TransferResult, of url: FetchURL, _ file: BodyFile?) -> Bool {
        guard result.error == nil, let status = result.response?.status, accepts(status, of: url, file) else {
            return false
        }
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
        var details = SavedDetails(resumedFrom: file.resumedFrom)
        if let status = response?.status, file.isConfirmed(by: status) {
            fileName = file.folder.path(of: file.path.name)
            details.skipped = "not-modified"
            saved = details
            return file.discard()
        }
        do throws(FetchError) {
            let published = try file.publish(response?.headers ?? HeaderFields())
            fileName = file.folder.path(of: published.name)
            if let hash = file.folder.saving.hash {
                details.algorithm = hash
                details.digest = published.digests[hash]
            }
            if details != SavedDetails() { saved = details }
        } catch {
            self.error = error
        }
    }
}
