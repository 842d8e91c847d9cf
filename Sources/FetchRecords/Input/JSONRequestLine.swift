import FetchHTTP
import FetchSystem

/// A request as a JSON object: `{"id","url","method","headers","body"}`, a body in files as `"body_file"` or `"form"`, and the
/// checksum of the response's body as `"sha256"`, `"sha512"`, `"sha1"` or `"md5"`.
enum JSONRequestLine {
    /// Methods that are capitalised for convenience; all others are case-sensitive (RFC 9110 §9.1).
    private static let knownMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE",
    ]
    /// Fields that frame the message or name its target; libcurl writes them.
    private static let refusedFields: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "trailer",
    ]

    /// The members of a line, each key at most once; null counts as absent.
    private struct Fields {
        var id: String?
        var url: String?
        var method: String?
        var headers: [(key: String, value: JSONValue)] = []
        var body: [UInt8]?
        var bodyIsJSON = false
        /// The member of the body in files.
        var files: (key: String, value: JSONValue)?
        var checksum: Checksum?
    }

    /// The input for a line that starts with `{`.
    static func input(
        _ line: ArraySlice<UInt8>, index: Int, defaults: RequestDefaults, files: ListFiles = .none,
        location: @autoclosure () -> String
    ) -> Input {
        var fields = Fields()
        do throws(ParseFailure) {
            try read(line, into: &fields)
            guard let text = fields.url else { throw ParseFailure("a JSON request needs a \"url\"") }
            // Everything else is checked before the URL: if a record shows a URL, nothing else is wrong.
            let make = try request(fields, defaults, files)
            var plain = ListLine(defaults: RequestDefaults())
            var input = plain.input(url: text, id: fields.id, index: index, location: location())
            input.isJSONLine = true
            if let checksum = fields.checksum { input.checksum = checksum }
            input.request = input.request.flatMap { request in
                Result { () throws(FetchError) in
                    let url = try defaults.target(request.url)
                    return make(url, { defaults.gate?.fields(for: url, besides: $0) ?? defaults.headers })
                }
            }
            if case .failure = input.request, let nowhere = FetchURL("http://url.invalid/") {
                input.withoutURL = make(nowhere) { _ in defaults.gate?.fieldsForNothing ?? defaults.headers }
            }
            return input
        } catch {
            let error = FetchError(.invalidURL, "\(location()): \(error.message)", curlCode: .urlMalformat)
            return Input(
                index: index, id: fields.id, text: ListLine.kept(withoutSecrets(line)), request: .failure(error),
                isJSONLine: true)
        }
    }

    /// Whether a field can never be set from a list.
    static func isRefused(_ name: String) -> Bool { refusedFields.contains(name.lowercased()) }

    /// The part of a request that may be shown when it cannot be read: everything before a name that suggests a secret.
    ///
    /// The rest of a request that is cut is not a request: its closing brace is missing.
    static func withoutSecrets(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = line.prefix(LineSplitter.keptLength)
        var index = line.startIndex
        while index < line.endIndex {
            let name = line[index...].prefix { byte in
                byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
            if name.isEmpty {
                index += 1
                continue
            }
            // It is a name if a colon follows, whatever quotes are around it. At the end it cannot be known.
            let next = line[name.endIndex...].first { !"\"'\\ \t".utf8.contains($0) }
            if next == nil || next == UInt8(ascii: ":"), SecretName.occurs(in: String(decoding: name, as: UTF8.self)) {
                return line[..<index]
            }
            index = name.endIndex
        }
        return line
    }

    private static func read(_ line: ArraySlice<UInt8>, into fields: inout Fields) throws(ParseFailure) {
        let members = try members(line)
        // The id is read first, so that it names the record of a request that is wrong elsewhere.
        for (key, value) in members where key == "id" {
            switch value {
            case .string(let text), .number(let text): fields.id = text
            case .null: break
            default: throw ParseFailure("\"id\" of a JSON request must be a string or a number")
            }
        }
        var seen: Set<String> = []
        for (key, value) in members {
            guard seen.insert(key).inserted else {
                throw ParseFailure("a JSON request has \"\(TerminalText.escaped(String(key.prefix(60))))\" twice")
            }
            switch (key, value) {
            case ("id", _), ("method", .null), ("headers", .null), ("body", .null), ("body_file", .null),
                ("form", .null):
                break
            case ("sha256", _), ("sha512", _), ("sha1", _), ("md5", _): try checksum(key, value, into: &fields)
            case ("url", .string(let value)): fields.url = value
            case ("method", .string(let value)): fields.method = try method(value)
            case ("headers", .object(let members)): fields.headers = members
            case ("body", .string(let value)): fields.body = Array(value.utf8)
            case ("body", _):
                var bytes: [UInt8] = []
                value.append(to: &bytes)
                fields.body = bytes
                fields.bodyIsJSON = true
            case ("body_file", _), ("form", _):
                if let other = fields.files {
                    throw ParseFailure("a JSON request has one body, not \"\(other.key)\" and \"\(key)\"")
                }
                fields.files = (key, value)
            case ("url", _), ("method", _), ("headers", _):
                throw ParseFailure("\"\(key)\" of a JSON request has the wrong type")
            default:
                throw ParseFailure(
                    "a JSON request has id, url, method, headers, body, body_file, form and a checksum "
                        + "(\(DigestAlgorithm.choices)), but no "
                        + "\"\(TerminalText.escaped(String(key.prefix(60))))\"")
            }
        }
    }

    private static func checksum(
        _ name: String, _ value: JSONValue, into fields: inout Fields
    ) throws(ParseFailure) {
        guard let algorithm = DigestAlgorithm(rawValue: name) else { return }
        switch value {
        case .null: return
        case .string(let digits):
            if let other = fields.checksum {
                throw ParseFailure(
                    "a JSON request has one checksum, not \"\(other.algorithm.rawValue)\" and \"\(name)\"")
            }
            fields.checksum = try Checksum(algorithm, hexadecimal: digits)
        default: throw ParseFailure("\"\(name)\" of a JSON request has the wrong type")
        }
    }

    /// Makes the request, once there is a URL.
    ///
    /// - Returns: A function of the URL, and of what gives the fields of the command line besides those of the line.
    private static func request(
        _ fields: Fields, _ defaults: RequestDefaults, _ files: ListFiles
    ) throws(ParseFailure) -> (FetchURL, (HeaderFields) -> HeaderFields) -> Request {
        let own = try headers(fields.headers)
        let names = Set(fields.headers.map { $0.key.lowercased() })
        let content = try content(fields, files) ?? defaults.content
        let method = fields.method ?? defaults.method ?? (content == nil ? "GET" : "POST")
        if method == "HEAD", content != nil { throw ParseFailure("a HEAD request has no body") }
        let isForm = content?.contentType?.hasPrefix("multipart/form-data") == true
        if isForm, own.decides("content-type") || defaults.headers.decides("content-type") {
            throw ParseFailure("the Content-Type of a form cannot be set: it has the form's boundary")
        }
        return { url, shared in
            var headers = shared(own)
            if !names.isEmpty {
                headers = headers.filter { !names.contains($0.lowercased()) }
                headers.append(contentsOf: own)
            }
            headers = content?.headers(headers) ?? headers
            var request = Request(url, method: method, headers: headers, body: content?.body)
            request.upload = content?.upload
            return request
        }
    }

    /// The body of a line; nil if it has none of its own.
    private static func content(_ fields: Fields, _ files: ListFiles) throws(ParseFailure) -> RequestContent? {
        guard let (key, value) = fields.files else {
            return fields.body.map {
                RequestContent(body: $0, contentType: fields.bodyIsJSON ? "application/json" : nil)
            }
        }
        if fields.body != nil { throw ParseFailure("a JSON request has one body, not \"body\" and \"\(key)\"") }
        return try key == "form" ? files.content(form: value) : files.content(bodyFile: value)
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
        guard HTTPToken.isValid(text) else { throw ParseFailure("\"method\" is not a valid HTTP method") }
        return text
    }

    /// The fields of a line, which replace those of the same name.
    private static func headers(
        _ fields: [(key: String, value: JSONValue)]
    ) throws(ParseFailure) -> HeaderFields {
        var headers = HeaderFields()
        for (name, value) in fields {
            guard HTTPToken.isValid(name) else {
                throw ParseFailure("\"\(TerminalText.escaped(String(name.prefix(60))))\" is not a valid header name")
            }
            guard !isRefused(name) else {
                throw ParseFailure("the header \"\(name)\" cannot be set; the URL and the body determine it")
            }
            if case .null = value {
                headers.leaveOut(name)
                continue
            }
            let values: [JSONValue]
            if case .array(let list) = value { values = list } else { values = [value] }
            for value in values {
                guard case .string(let text) = value,
                    !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F })
                else {
                    throw ParseFailure("the header \"\(name)\" needs a string without line breaks")
                }
                headers.append(name, text)
            }
        }
        return headers
    }
}
