import FetchHTTP
import FetchSystem

/// Request and response of a record as an HTTP archive has them, without secrets.
package final class HARExchange: Sendable {
    /// What is kept of them.
    package enum Content: Sendable {
        /// The fields.
        case fields
        /// Fields and bodies.
        case bodies
    }

    /// A header field.
    struct Field: Sendable {
        let name: String
        let value: String
    }

    /// A body, as text or in base64.
    struct Body: Sendable {
        let text: String
        let isBase64: Bool
    }

    /// The largest body that is kept, and the maximum of all together.
    static let largestBody = 4 << 20
    static let largestTotal = 128 << 20

    let requestFields: [Field]
    let responseFields: [Field]
    let requestBody: Body?
    let requestBodySize: Int
    let responseBody: Body?
    /// Why there is no body though bodies are kept; nil if there is one.
    let withoutBody: String?
    /// The bytes of both bodies.
    let bodyBytes: Int

    /// About how many bytes it takes.
    var cost: Int {
        (requestFields + responseFields).reduce(400) { $0 + $1.name.utf8.count + $1.value.utf8.count + 40 } + bodyBytes
    }

    init(_ outcome: Outcome, keeps content: Content, room: Int, _ secrets: RowSecrets) {
        var requestFields: [Field] = []
        var sent: [UInt8] = []
        if case .success(let request) = outcome.input.request {
            requestFields = Self.fields(request.headers, secrets)
            sent = request.body ?? []
        }
        self.requestFields = requestFields
        responseFields = outcome.response.map { Self.fields($0.headers, secrets) } ?? []
        requestBodySize = sent.count
        guard content == .bodies else {
            requestBody = nil
            responseBody = nil
            withoutBody = nil
            bodyBytes = 0
            return
        }
        let received = outcome.response?.bytes ?? []
        let limit = min(Self.largestBody, room)
        requestBody =
            sent.isEmpty || sent.count > limit
            ? nil : Self.body(secrets.bytes(RowSecrets.hidingValues(inBody: sent)))
        let left = limit - (requestBody?.text.utf8.count ?? 0)
        responseBody = received.isEmpty || received.count > left ? nil : Self.body(secrets.bytes(received))
        withoutBody = !received.isEmpty && responseBody == nil ? "left out: the archive would be too large" : nil
        bodyBytes = (requestBody?.text.utf8.count ?? 0) + (responseBody?.text.utf8.count ?? 0)
    }

    private static func fields(_ headers: HeaderFields, _ secrets: RowSecrets) -> [Field] {
        var fields: [Field] = []
        headers.forEachField { name, value in
            let text = secrets.value(Array(value), of: name).map(ByteText.shown) ?? "***"
            fields.append(Field(name: name, value: text))
        }
        return fields
    }

    private static func body(_ bytes: [UInt8]) -> Body {
        if UTF8Decoding.isText(bytes[...]) { return Body(text: ByteText.text(of: bytes), isBase64: false) }
        return Body(text: Base64.encode(bytes), isBase64: true)
    }
}
