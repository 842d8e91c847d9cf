/// Reads a JSON request, `{"id","url","method","headers","body"}`, from one line of a list.
///
/// It is strict: an unknown key is more often a slip of the pen than a wish to be ignored. null means "not given".
enum JSONLine {
    /// What a line gave so far.
    private struct Fields {
        var id: String?
        var url: String?
        var method: String?
        var headers = HeaderFields()
        var body: [UInt8]?
        var isJSONBody = false
    }

    /// Reads a line that starts with `{`.
    static func parse(_ line: ArraySlice<UInt8>, defaults: RequestDefaults) -> Input {
        var fields = Fields()
        do throws(ParseFailure) {
            try read(line, into: &fields)
            guard let text = fields.url else { throw ParseFailure("the key \"url\" is missing") }
            // The rules of a URL are the same wherever it stands.
            var input = ListLine.url(Array(text.utf8)[...], id: fields.id, defaults: defaults)
            input.isJSONLine = true
            if case .success(let plain) = input.request {
                input.request = .success(
                    defaults.request(
                        to: plain.url, method: fields.method, headers: fields.headers, body: fields.body,
                        contentType: fields.isJSONBody ? "application/json" : nil))
            }
            return input
        } catch {
            return ListLine.invalid(
                withoutSecrets(line), id: fields.id, "JSON request: \(error.message)", isJSONLine: true)
        }
    }

    /// What a JSON request that cannot be used shows of itself: everything before a field that may hold a secret.
    ///
    /// What is left is never a valid request: its closing brace is gone.
    static func withoutSecrets(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = line.prefix(ListLine.maximumText)
        var index = line.startIndex
        while index < line.endIndex {
            let name = line[index...].prefix(while: { FieldRules.isTokenByte($0) && $0 != UInt8(ascii: "'") })
            if name.isEmpty {
                index += 1
                continue
            }
            // It is a name if a colon follows, in whatever quotes somebody wrote it. At the end nobody knows.
            let next = line[name.endIndex...].first { !"\"'\\ \t".utf8.contains($0) }
            if next == nil || next == UInt8(ascii: ":"), FieldRules.isSecret(String(decoding: name, as: UTF8.self)) {
                return line[..<index]
            }
            index = name.endIndex
        }
        return line
    }

    private static func read(_ line: ArraySlice<UInt8>, into fields: inout Fields) throws(ParseFailure) {
        let members: [(key: String, value: JSONValue)]
        do throws(JSONText.Failure) {
            members = try JSONValue.members(of: line)
        } catch {
            throw ParseFailure("not valid JSON \(error)")
        }
        var seen: Set<String> = []
        // The id first, so that it names the record of a request that is wrong in some other way.
        for member in members where member.key == "id" { fields.id = try id(member.value) }
        for (key, value) in members {
            guard seen.insert(key).inserted else {
                throw ParseFailure("the key \(ParseFailure.quoted(key)) comes twice")
            }
            switch (key, value) {
            case ("id", _): break
            case ("url", .string(let text)): fields.url = text
            case ("url", _): throw ParseFailure("\"url\" must be a string")
            case ("method", .null), ("headers", .null), ("body", .null): break
            case ("method", .string(let text)):
                guard let method = FieldRules.method(text) else {
                    throw ParseFailure("\"method\" is not a method: \(ParseFailure.quoted(text))")
                }
                fields.method = method
            case ("method", _): throw ParseFailure("\"method\" must be a string")
            case ("headers", .object(let headers)): fields.headers = try self.headers(headers)
            case ("headers", _): throw ParseFailure("\"headers\" must be an object")
            case ("body", .string(let text)): fields.body = Array(text.utf8)
            case ("body", _):
                var body: [UInt8] = []
                JSONLine.append(value, to: &body)
                fields.body = body
                fields.isJSONBody = true
            default:
                throw ParseFailure(
                    "unknown key \(ParseFailure.quoted(key)); there are id, url, method, headers and body")
            }
        }
    }

    private static func id(_ value: JSONValue) throws(ParseFailure) -> String? {
        switch value {
        case .null: nil
        case .string(let text), .number(let text): text
        default: throw ParseFailure("\"id\" must be a string or a number")
        }
    }

    private static func headers(
        _ members: [(key: String, value: JSONValue)]
    ) throws(ParseFailure) -> HeaderFields {
        var fields = HeaderFields()
        for (name, value) in members {
            guard FieldRules.isToken(name) else {
                throw ParseFailure("not a header's name: \(ParseFailure.quoted(name))")
            }
            guard !FieldRules.isReserved(name) else { throw ParseFailure("the header \(name) cannot be set") }
            let values = if case .array(let several) = value { several } else { [value] }
            for value in values {
                guard case .string(let text) = value else {
                    throw ParseFailure("the header \(name) must be a string or an array of strings")
                }
                guard FieldRules.isValue(text) else {
                    throw ParseFailure("the header \(name) has a line break or control character in its value")
                }
                fields.append(name, text)
            }
        }
        return fields
    }

    /// Writes a value as JSON without spaces, every number as it was written.
    private static func append(_ value: JSONValue, to out: inout [UInt8]) {
        switch value {
        case .null: JSONWriter.null(into: &out)
        case .bool(let bool): JSONWriter.bool(bool, into: &out)
        case .number(let text): out.append(contentsOf: text.utf8)
        case .string(let text): JSONWriter.string(text, into: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                append(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONWriter.string(member.key, into: &out)
                out.append(UInt8(ascii: ":"))
                append(member.value, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }
}
