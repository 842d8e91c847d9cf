package import FetchHTTP
import FetchSystem

/// What a report keeps of a record; no text in it contains a secret that the run knows.
package struct ReportRow: Sendable {
    /// Whether the record is ok.
    package enum State: Int, Sendable {
        case ok = 0
        case failed = 1
        /// It was not fetched, or its failure does not count.
        case skipped = 2
    }

    /// The index of the input, from 0.
    package var index: Int
    /// The name that the user gave it.
    package var id: String?
    /// The URL, or the text that is not a valid one.
    package var url: String
    /// The host of the URL; empty without one.
    package var host: String
    /// The URL of the last hop where it is another one.
    package var effectiveURL: String?
    package var method: String
    package var state: State
    /// The status of the response; nil without one.
    package var status: Int?
    /// The kind of the error, or the reason why nothing was fetched, as a slug; nil for an ok record.
    package var kind: String?
    /// What failed, as a sentence.
    package var message: String?
    /// The title of a crawled page.
    package var title: String?
    package var contentType: String?
    /// The decoded bytes of the body.
    package var size: Int?
    package var redirects: Int
    package var retries: Int
    /// The number of new connections.
    package var connects: Int
    package var httpVersion: String
    package var remoteIP: String
    package var remotePort: Int
    /// When the first attempt started, in milliseconds since 1970; nil when nothing was sent.
    package var startedAt: Int64?
    /// The time spent waiting for permits, rates and backoff, in microseconds.
    package var wait: Int64
    /// The times of the last attempt; nil when nothing was sent.
    package var timing: Timing.Microseconds?
    /// Request and response for an archive; nil unless it is asked for.
    package var exchange: HARExchange?

    /// What it says when a table has one column for it: the status, or the kind of the failure.
    var verdict: String {
        if let kind, status == nil || state == .skipped { return kind }
        return status.map { "\($0)" } ?? (state == .ok ? "ok" : "–")
    }

    /// About how many bytes it takes.
    var cost: Int {
        200 + url.utf8.count + (effectiveURL?.utf8.count ?? 0) + (message?.utf8.count ?? 0) + (title?.utf8.count ?? 0)
            + (exchange?.cost ?? 0)
    }
}

extension ReportRow {
    /// Takes the values of an outcome and hides secrets in them.
    init(_ outcome: Outcome, counts: Bool, _ secrets: RowSecrets) {
        let input = outcome.input
        let response = outcome.response
        var method = "GET"
        var host = ""
        if case .success(let request) = input.request {
            method = request.method
            host = request.url.host
        }
        let skipped = outcome.crawl?.skipped?.slug ?? (response == nil ? outcome.saved?.skipped : nil)
        let url = secrets.url(PrintableURL.text(of: input))
        let isSame = outcome.effectiveURL?.redacted == PrintableURL.text(of: input)
        let effective = isSame ? nil : outcome.effectiveURL.map { secrets.url($0.redacted) }
        self.init(
            index: input.index, id: input.id.map(secrets.text), url: url, host: host,
            effectiveURL: effective == url ? nil : effective, method: method,
            state: skipped != nil || !counts ? .skipped : outcome.isOK ? .ok : .failed, status: response?.status,
            kind: outcome.error?.kind.rawValue ?? skipped,
            message: (outcome.error?.message).map(secrets.message), title: (outcome.crawl?.title).map(secrets.text),
            contentType: (response?.headers.contentType).map(secrets.text), size: response?.size,
            redirects: outcome.redirects, retries: outcome.retries, connects: response?.connects ?? 0,
            httpVersion: response?.httpVersion ?? "", remoteIP: response?.remoteIP ?? "",
            remotePort: response?.remotePort ?? 0, startedAt: outcome.startedAt,
            wait: outcome.wait.microseconds, timing: (outcome.timing ?? response?.timing)?.microseconds)
    }
}
