/// What became of one input: the answer, or why there is none. Formatters turn it into a record.
public struct Outcome: Sendable {
    /// The input it belongs to.
    public var input: Input
    /// Where the last hop went; nil when nothing was sent.
    public var effectiveURL: FetchURL?
    /// The last answer that arrived, also beside an error (a 404, or an answer that was cut).
    public var response: Response?
    /// Why the record is not ok; nil exactly when it is.
    public var error: FetchError?
    /// Where the time of the last attempt went, over all its redirects; nil when nothing was sent.
    public var timing: Timing?
    /// Redirects followed in the last attempt.
    public var redirects: Int
    /// Attempts after the first.
    public var retries: Int
    /// When the first attempt started, in milliseconds since 1970-01-01 UTC; nil when nothing was sent.
    public var startedAt: Int64?
    /// Time spent waiting for permits, rates and backoff; never part of ``Timing/total``.
    public var wait: Duration
    /// The file that holds the body, relative to the output folder; nil without one.
    public var fileName: String?
    /// What was taken out of the body, as JSON text on one line; nil where nothing was.
    public var value: [UInt8]?
    /// What a crawl knows of the page; nil for everything but pages of a crawl.
    public var crawl: CrawlDetails?

    /// Whether the record counts as a success.
    public var isOK: Bool { error == nil }
}

// In an extension, so that the initialiser of all members stays: it does not copy what it takes.
extension Outcome {
    /// Makes an outcome; one without an answer unless told otherwise.
    public init(
        input: Input, effectiveURL: FetchURL? = nil, response: Response? = nil, error: FetchError? = nil,
        timing: Timing? = nil, redirects: Int = 0, retries: Int = 0, startedAt: Int64? = nil, wait: Duration = .zero,
        fileName: String? = nil, crawl: CrawlDetails? = nil
    ) {
        self.init(
            input: input, effectiveURL: effectiveURL, response: response, error: error, timing: timing,
            redirects: redirects, retries: retries, startedAt: startedAt, wait: wait, fileName: fileName, value: nil,
            crawl: crawl)
    }
}
