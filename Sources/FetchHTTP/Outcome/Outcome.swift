/// The result of one input: the response, or why there is none. Formatters turn it into a record.
public struct Outcome: Sendable {
    /// The input it belongs to.
    public var input: Input
    /// The URL of the last hop; nil when nothing was sent.
    public var effectiveURL: FetchURL?
    /// The last response that arrived, also together with an error (a 404, or a cut response).
    public var response: Response?
    /// Why the record is not ok; nil exactly when it is.
    public var error: FetchError?
    /// The times of the last attempt over all its redirects; nil when nothing was sent.
    public var timing: Timing?
    /// The number of redirects followed in the last attempt.
    public var redirects: Int
    /// The number of attempts after the first.
    public var retries: Int
    /// When the first attempt started, in milliseconds since 1970-01-01 UTC; nil when nothing was sent.
    public var startedAt: Int64?
    /// Time spent waiting for permits, rates and backoff; never part of ``Timing/total``.
    public var wait: Duration
    /// The path of the file that contains the body; nil without one.
    public var fileName: String?
    /// The value taken from the body, as JSON text on one line; nil without one.
    public var value: [UInt8]?
    /// What a crawl knows about the page; nil except for pages of a crawl.
    public var crawl: CrawlDetails?
    /// See ``saved``.
    @usableFromInline var savedBox: SavedDetailsBox?

    /// Takes each value as it is.
    @inlinable
    package init(
        input: Input, effectiveURL: FetchURL? = nil, response: Response? = nil, error: FetchError? = nil,
        timing: Timing? = nil, redirects: Int, retries: Int, startedAt: Int64? = nil, wait: Duration,
        fileName: String? = nil, value: [UInt8]? = nil, crawl: CrawlDetails? = nil
    ) {
        self.input = input
        self.effectiveURL = effectiveURL
        self.response = response
        self.error = error
        self.timing = timing
        self.redirects = redirects
        self.retries = retries
        self.startedAt = startedAt
        self.wait = wait
        self.fileName = fileName
        self.value = value
        self.crawl = crawl
    }

    /// Whether the record is ok.
    public var isOK: Bool { error == nil }
}

// In an extension, so that the memberwise initialiser, which does not copy its arguments, remains.
extension Outcome {
    /// Makes an outcome, without a response unless one is given.
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
