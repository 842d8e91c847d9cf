package import FetchHTTP
import FetchSystem

/// Writes a request before it is sent: everything but its secrets.
package struct PlannedRequest: Sendable {
    /// The names of fields that JSON lines do not have, because their values are secret.
    package private(set) var leftOut: Set<String> = []
    /// Whether a JSON line has a URL whose secrets are `***`, which is not valid as input.
    package private(set) var hidesSecrets = false
    /// The names, in small letters, of fields that are secret besides those that look so.
    private let secretFields: Set<String>

    /// Makes a writer for one run.
    package init(secretFields: Set<String> = []) { self.secretFields = secretFields }

    /// Appends the request as one JSON line without its line break, in the form of a list: `{"id":…,"url":…,"method":…,
    /// "headers":…,"body":…}`. Secret fields are left out, and secrets in the body are `***`. The parts of a form with
    /// files are `"body_parts"`, which a list does not have.
    package mutating func appendJSON(_ input: Input, to out: inout [UInt8]) {
        guard case .success(var request) = input.request else { return }
        request.body = request.body.map { shown($0, without: BodySecret.all(in: $0)) }
        if let upload = request.upload, upload.member == nil {
            let secrets = BodySecret.all(in: upload.pieces)
            let pieces = zip(upload.pieces, secrets).map { piece, secrets -> JSONValue in
                switch piece {
                case .bytes(let bytes):
                    String(validating: shown(bytes, without: secrets), as: UTF8.self).map { .string($0) } ?? .null
                case .file(let file): .object([("body_file", .string(file.path))])
                }
            }
            let isFile = if case .object = pieces.first { pieces.count == 1 } else { false }
            let member: (key: String, value: JSONValue) =
                isFile
                ? ("body_file", .string(upload.pieces.compactMap(\.path).joined())) : ("body_parts", .array(pieces))
            request.upload = UploadBody(upload.pieces, identity: upload.identity, member: member)
        }
        var line: [UInt8] = []
        var writer = FailedLine()
        var json = input
        json.isJSONLine = true
        // A value from elsewhere is not known here.
        let isLeftOut = { [secretFields] (name: String, value: String) in
            SecretName.occurs(in: name) || value == "***" || secretFields.contains(name.lowercased())
        }
        let fields = request.headers.fields
        for field in fields where isLeftOut(field.name, field.value) { leftOut.insert(field.name) }
        if fields.contains(where: { isLeftOut($0.name, $0.value) || shown($0.value, of: $0.name) != $0.value }) {
            var headers = HeaderFields()
            request.headers.forEachField { name, value in
                let text = ByteText.text(of: Array(value))
                if !isLeftOut(name, text) { headers.append(name, shown(text, of: name)) }
            }
            for name in request.headers.leftOut { headers.leaveOut(name) }
            request.headers = headers
        }
        if request.url.hasCredentials {
            leftOut.insert("Authorization")
            request.url = request.url.withoutCredentials
        }
        json.text = target(of: request)
        if json.text != request.url.href { hidesSecrets = true }
        json.request = .success(request)
        writer.append(json, to: &line)
        out.append(contentsOf: line.dropLast())
    }

    /// The lines of a request for reading: `GET https://…`, and below it, indented, its fields, the size of its body, and
    /// its file.
    ///
    /// - Parameter file: The name of the file; nil if the body is not saved.
    package func lines(_ input: Input, file: String?) -> [String] {
        guard case .success(let request) = input.request else { return [] }
        var lines = ["\(request.method) \(target(of: request))"]
        var headers = request.headers
        if request.url.hasCredentials, !headers.decides("authorization") { headers.append("Authorization", "***") }
        for field in headers.fields {
            lines.append(
                "  \(field.name): \(SecretName.occurs(in: field.name) ? "***" : shown(field.value, of: field.name))")
        }
        lines += headers.leftOut.map { "  \($0): is not sent" }
        if let body = request.body { lines.append("  body: \(body.count) bytes") }
        if let upload = request.upload { lines.append("  body: \(Self.text(of: upload))") }
        if let file { lines.append("  file: \(file)") }
        return lines
    }

    /// The value of a field without the secrets of a URL in it; of a secret field `***`.
    private func shown(_ value: String, of name: String) -> String {
        if secretFields.contains(name.lowercased()) { return "***" }
        let bytes = Array(PrintableURL.value(value, of: name).utf8)
        return ByteText.text(of: shown(bytes, without: BodySecret.inQuery(of: bytes)))
    }

    /// The URL without the secrets of its query.
    private func target(of request: Request) -> String {
        let url = Array(request.url.redacted.utf8)
        return ByteText.text(of: shown(url, without: BodySecret.inQuery(of: url)))
    }

    /// `1234 bytes, with a.txt and b.png`.
    private static func text(of upload: UploadBody) -> String {
        var size = 0
        for piece in upload.pieces {
            switch piece {
            case .bytes(let bytes): size += bytes.count
            case .file(let file):
                guard let count = try? file.size() else { return "\(file.shown) cannot be read" }
                size += count
            }
        }
        let names = upload.pieces.compactMap(\.path)
        return "\(size) bytes" + (names.isEmpty ? "" : ", with " + names.joined(separator: " and "))
    }

    /// The body without its secrets.
    private func shown(_ body: [UInt8], without secrets: [BodySecret]) -> [UInt8] {
        var out: [UInt8] = []
        var end = 0
        for secret in secrets {
            out += body[end..<secret.range.lowerBound] + SecretMask.mask
            end = secret.range.upperBound
        }
        return out + body[end...]
    }
}

extension UploadBody.Piece {
    /// The path of a file; nil for bytes.
    fileprivate var path: String? {
        if case .file(let file) = self { return file.path }
        return nil
    }
}
