package import FetchHTTP
package import FetchSystem

/// Composes the body of a form with files (RFC 7578), in the bytes that curl sends.
package struct MultipartForm {
    /// The value of a field: bytes, or a file that is read while it is sent.
    package typealias Value = UploadBody.Piece

    private var pieces: [UploadBody.Piece] = []
    private var text: [UInt8] = []
    private var identity: [String] = []
    private let parts: [(field: FormField, value: Value)]

    private let escapesByBackslash: Bool

    private init(_ parts: [(field: FormField, value: Value)], escapesByBackslash: Bool) {
        self.parts = parts
        self.escapesByBackslash = escapesByBackslash
    }

    /// The body and its type.
    ///
    /// - Parameters:
    ///   - parts: The fields with their values.
    ///   - random: 64 random bits for the boundary of a form with files, which the author of a file cannot know. Without
    ///     files the boundary depends on the values, so that the same form is the same request in a resumed run.
    ///   - escapesByBackslash: Whether quotes in names are written as curl before 7.81.0 did (`--form-escape`).
    ///   - member: The member of the JSON request line that it came from.
    package static func content(
        of parts: [(field: FormField, value: Value)], random: UInt64 = .random(in: 0 ... .max),
        escapesByBackslash: Bool = false, member: (key: String, value: JSONValue)? = nil
    ) -> RequestContent {
        var form = MultipartForm(parts, escapesByBackslash: escapesByBackslash)
        for (field, value) in parts {
            form.identity += [field.name, "\(field.kind)", field.contentType ?? "", field.fileName ?? ""]
            switch value {
            case .bytes(let bytes): form.identity.append(Digest.text(of: ["bytes", ByteText.text(of: bytes)]))
            case .file(let file): form.identity += [file.folder ?? "", "file", file.name]
            }
        }
        let identity = Digest.text(of: form.identity)
        let hasFiles = parts.contains { if case .file = $0.value { true } else { false } }
        let digits = hasFiles ? String(random, radix: 16) : String(identity.prefix(16))
        let boundary = String(repeating: "-", count: 24) + String(repeating: "0", count: 16 - digits.count) + digits
        form.write(boundary)
        let type = "multipart/form-data; boundary=" + boundary
        guard hasFiles || member != nil else { return RequestContent(body: form.text, contentType: type) }
        form.flush()
        return RequestContent(
            upload: UploadBody(form.pieces, identity: identity, member: member), contentType: type)
    }

    /// The Content-Type that the name of a file suggests, from curl's short list.
    package static func contentType(of fileName: String) -> String {
        let known = [
            ".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
            ".svg": "image/svg+xml", ".txt": "text/plain", ".htm": "text/html", ".html": "text/html",
            ".pdf": "application/pdf", ".xml": "application/xml",
        ]
        let lower = fileName.lowercased()
        return known.first { lower.hasSuffix($0.key) }?.value ?? "application/octet-stream"
    }

    /// Whether a field is the type of a form whose boundary was made here, which is another one in each run.
    package static func isGenerated(_ name: String, _ value: some Collection<UInt8>, of request: Request) -> Bool {
        request.upload != nil && name.lowercased() == "content-type"
            && value.starts(with: "multipart/form-data; boundary=------------------------".utf8)
    }

    private mutating func write(_ boundary: String) {
        for (field, value) in parts {
            var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(escaped(field.name))\""
            var type = field.contentType
            if field.kind == .upload {
                let own = field.value.split(separator: "/").last.map(String.init) ?? field.value
                head += "; filename=\"\(escaped(field.fileName ?? own))\""
                type = type ?? Self.contentType(of: own)
            }
            if let type { head += "\r\nContent-Type: \(type)" }
            text += Array((head + "\r\n\r\n").utf8)
            switch value {
            case .bytes(let bytes): text += bytes
            case .file:
                flush()
                pieces.append(value)
            }
            text += [0x0D, 0x0A]
        }
        text += Array("--\(boundary)--\r\n".utf8)
    }

    private mutating func flush() {
        if !text.isEmpty { pieces.append(.bytes(text)) }
        text = []
    }

    /// A name in quotes, as browsers and curl since 7.81.0 write it (HTML §4.10.21.8).
    private func escaped(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case _ where escapesByBackslash && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")):
                bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\""), 0x0D, 0x0A: PercentEncoding.append(byte, to: &bytes)
            default: bytes.append(byte)
            }
        }
        return ByteText.text(of: bytes)
    }
}
