package import FetchSystem

/// One entry of the user's list. Every input gives exactly one record, whatever happens to it.
public struct Input: Sendable {
    /// Its index in the whole input, from 0.
    public var index: Int {
        get { content.fields.index }
        set { change { $0.index = newValue } }
    }
    /// The name that the user gave it (`id<TAB>URL`, `"id"` of a JSON line), or nil.
    public var id: String? {
        get { content.fields.id }
        set { change { $0.id = newValue } }
    }
    /// The URL as the user wrote it; for a line that is not a valid URL the line, cut at 2,048 bytes.
    public var text: String {
        get { content.fields.text }
        set { change { $0.text = newValue } }
    }
    /// The request, or why there is none (always ``FetchError/Kind/invalidURL`` or ``FetchError/Kind/blockedScheme``).
    public var request: Result<Request, FetchError> {
        get { content.fields.request }
        set { change { $0.request = newValue } }
    }
    /// Whether it came from a JSON request line and must be written as one to be valid as input again.
    public var isJSONLine: Bool {
        get { content.fields.isJSONLine }
        set { change { $0.isJSONLine = newValue } }
    }
    /// For a JSON request whose URL is not valid: the rest of it, with a placeholder for the URL; else nil.
    package var withoutURL: Request? {
        get { content.fields.withoutURL }
        set { change { $0.withoutURL = newValue } }
    }

    /// The digest that its body must have; nil for most inputs.
    package var checksum: Checksum? {
        get { content.fields.extras?.checksum }
        set { changeExtras { $0.checksum = newValue } }
    }
    /// The values that the globs of its URL have, the first one first; empty for most inputs.
    package var globParts: [String] {
        get { content.fields.extras?.globParts ?? [] }
        set { changeExtras { $0.globParts = newValue } }
    }

    /// Why its request is not sent although it is valid, because the run ends first; nil for most inputs.
    package var refusal: FetchError? {
        get { content.fields.extras?.refusal }
        set { changeExtras { $0.refusal = newValue } }
    }

    private var content: Content

    private struct Fields: Sendable {
        var index: Int
        var id: String?
        var text: String
        var request: Result<Request, FetchError>
        var isJSONLine: Bool
        var withoutURL: Request?
        var extras: Extras?
    }

    /// What most inputs do not have: one reference for all of it.
    private final class Extras: Sendable {
        let checksum: Checksum?
        let globParts: [String]
        let refusal: FetchError?

        init(_ values: ExtraValues) {
            refusal = values.refusal
            checksum = values.checksum
            globParts = values.globParts
        }
    }

    private struct ExtraValues {
        var checksum: Checksum?
        var globParts: [String] = []
        var refusal: FetchError?
    }

    /// The values of an input. They are in an object, because an input is passed on often, and each copy of them would
    /// count eight references.
    private final class Content: Sendable {
        let fields: Fields

        init(_ fields: consuming Fields) { self.fields = fields }
    }

    /// Makes an input.
    public init(
        index: Int, id: String? = nil, text: String, request: Result<Request, FetchError>, isJSONLine: Bool = false
    ) {
        content = Content(
            Fields(
                index: index, id: id, text: text, request: request, isJSONLine: isJSONLine, withoutURL: nil, extras: nil
            ))
    }

    private mutating func changeExtras(_ body: (inout ExtraValues) -> Void) {
        let old = content.fields.extras
        var values = ExtraValues(
            checksum: old?.checksum, globParts: old?.globParts ?? [], refusal: old?.refusal)
        body(&values)
        guard old != nil || values.checksum != nil || !values.globParts.isEmpty || values.refusal != nil else { return }
        change { $0.extras = Extras(values) }
    }

    private mutating func change(_ body: (inout Fields) -> Void) {
        var fields = content.fields
        body(&fields)
        content = Content(fields)
    }
}
