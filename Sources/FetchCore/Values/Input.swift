/// One entry of the user's list. Every input gives exactly one record, whatever happens to it.
public struct Input: Sendable {
    /// Its place in the whole input, from 0.
    public var index: Int
    /// The name the user gave it (`id<TAB>URL`, `"id"` of a JSON line), or nil.
    public var id: String?
    /// The URL as the user wrote it; for a line that is no URL, that line, cut at 2,048 bytes.
    public var text: String
    /// What to send, or why that is not possible (always ``FetchError/Kind/invalidURL`` or
    /// ``FetchError/Kind/blockedScheme``).
    public var request: Result<Request, FetchError> {
        get { plan.request }
        set { plan = Plan(request: newValue, withoutURL: plan.withoutURL) }
    }
    /// Whether it came as a JSON request line, and so must be written as one to be valid as input again.
    public var isJSONLine: Bool
    /// Of a JSON request whose URL is no good, everything else of it, with a URL that stands for none; else nil.
    var withoutURL: Request? {
        get { plan.withoutURL }
        set { plan = Plan(request: plan.request, withoutURL: newValue) }
    }
    private var plan: Plan

    /// What is to be sent. An object, because an input goes through many hands, and each copy of a request counts six
    /// references up and down.
    private final class Plan: Sendable {
        let request: Result<Request, FetchError>
        let withoutURL: Request?

        init(request: Result<Request, FetchError>, withoutURL: Request?) {
            self.request = request
            self.withoutURL = withoutURL
        }
    }

    /// Makes an input.
    public init(
        index: Int, id: String? = nil, text: String, request: Result<Request, FetchError>, isJSONLine: Bool = false
    ) {
        self.index = index
        self.id = id
        self.text = text
        plan = Plan(request: request, withoutURL: nil)
        self.isJSONLine = isJSONLine
    }
}
