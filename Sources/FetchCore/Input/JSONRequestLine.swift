/// A request as a JSON object: `{"id","url","method","headers","body"}`.
enum JSONRequestLine {
    /// Methods whose names are capitalised as a courtesy; all others are case-sensitive (RFC 9110 §9.1).
    private static let knownMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE",
    ]
    /// Fields that frame the message or name its target: libcurl writes them.
    private static let refusedFields: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "trailer",
    ]

    /// Reads the line.
    static func read(_ line: ArraySlice<UInt8>, index: Int, defaults: RequestDefaults) -> Result<Input, ParseFailure> {
        do {
            return .success(try parse(line, index: index, defaults: defaults))
        } catch {
            return .failure(error)
        }
    }

    private static func parse(
        _ line: ArraySlice<UInt8>, index: Int, defaults: RequestDefaults
    ) throws(ParseFailure) -> Input {
        var id: String?
        var text: String?
        var method = defaults.method
        var headers = defaults.headers
        var body = defaults.body
        var bodyIsJSON = false
        for (key, value) in try members(line) {
            switch (key, value) {
            case ("id", .string(let value)), ("id", .number(let value)): id = value
            case ("url", .string(let value)): text = value
            case ("method", .string(let value)): method = try self.method(value)
            case ("headers", .object(let fields)): try override(&headers, with: fields)
            case ("body", .string(let value)): body = Array(value.utf8)
            case ("body", .null): body = nil
            case ("body", let value):
                var bytes: [UInt8] = []
                value.append(to: &bytes)
                body = bytes
                bodyIsJSON = true
            case ("id", .null), ("method", .null), ("headers", .null): break
            case ("id", _), ("url", _), ("method", _), ("headers", _):
                throw ParseFailure("\"\(key)\" of a JSON request has the wrong type")
            default:
                throw ParseFailure(
                    "a JSON request has id, url, method, headers and body, but no \"\(TerminalText.escaped(key))\"")
            }
        }
        guard let text else { throw ParseFailure("a JSON request needs a \"url\"") }
        let url: FetchURL
        do { url = try ListLine.parse(text) } catch { throw ParseFailure(error.message) }
        if bodyIsJSON, !headers.contains("content-type") { headers.append("Content-Type", "application/json") }
        let request = Request(url, method: method ?? (body == nil ? "GET" : "POST"), headers: headers, body: body)
        return Input(index: index, id: id, text: text, request: .success(request), isJSONLine: true)
    }

    private static func members(
        _ line: ArraySlice<UInt8>
    ) throws(ParseFailure) -> [(key: String, value: JSONValue)] {
        do {
            return try JSONValue.members(of: line)
        } catch {
            throw ParseFailure("not valid JSON \(error)")
        }
    }

    private static func method(_ text: String) throws(ParseFailure) -> String {
        let capitals = text.uppercased()
        if knownMethods.contains(capitals) { return capitals }
        guard HTTPToken.isValid(text) else { throw ParseFailure("\"method\" is not an HTTP method") }
        return text
    }

    private static func override(
        _ headers: inout HeaderFields, with fields: [(key: String, value: JSONValue)]
    ) throws(ParseFailure) {
        let names = Set(fields.map { $0.key.lowercased() })
        headers = headers.filter { !names.contains($0.lowercased()) }
        for (name, value) in fields {
            guard HTTPToken.isValid(name) else {
                throw ParseFailure("\"\(TerminalText.escaped(name))\" is not a header name")
            }
            guard !refusedFields.contains(name.lowercased()) else {
                throw ParseFailure("the header \"\(name)\" cannot be set; it follows from the URL and the body")
            }
            let values: [JSONValue]
            if case .array(let list) = value { values = list } else { values = [value] }
            for value in values {
                guard case .string(let text) = value, !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
                    throw ParseFailure("the header \"\(name)\" needs a string without line breaks")
                }
                headers.append(name, text)
            }
        }
    }
}
