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
    public var request: Result<Request, FetchError>
    /// Whether it came as a JSON request line, and so must be written as one to be valid as input again.
    public var isJSONLine: Bool
    /// Of a JSON request whose URL is no good, everything else of it, with a URL that stands for none; else empty. (An
    /// array, as an optional request would make every input larger.)
    var withoutURL: [Request] = []

    /// Makes an input.
    public init(
        index: Int, id: String? = nil, text: String, request: Result<Request, FetchError>, isJSONLine: Bool = false
    ) {
        self.index = index
        self.id = id
        self.text = text
        self.request = request
        self.isJSONLine = isJSONLine
    }
}
