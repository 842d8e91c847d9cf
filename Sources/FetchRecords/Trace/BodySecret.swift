package import FetchHTTP
import FetchSystem

/// A value in the body of a request whose name suggests a secret: `password=…` of a form, `"password":"…"` of JSON, and a
/// part of `multipart/form-data` of such a name.
package struct BodySecret: Sendable, Equatable {
    /// The name.
    package let name: String
    /// Where the value is.
    package let range: Range<Int>

    /// Names that suggest a secret where they are the whole name.
    private static let names: Set = [
        "passphrase", "pwd", "pass", "sig", "sid", "phpsessid", "code_verifier", "assertion", "client_assertion", "otp",
        "bearer", "hmac",
    ]

    /// Larger bodies are not searched: a file is not a form.
    static let largestBody = 1 << 20

    /// Finds all, in their order; they do not overlap.
    package static func all(in body: [UInt8]) -> [BodySecret] {
        guard body.count <= largestBody else { return [] }
        let isJSON = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(body.first { $0 > 0x20 } ?? 0)
        return isJSON ? inJSON(body) : body.starts(with: "--".utf8) ? inParts(body) : inForm(body[...])
    }

    /// Finds all in a body in pieces: for each piece those in it. A file is not searched, and ends no part of a form.
    package static func all(in pieces: [UploadBody.Piece]) -> [[BodySecret]] {
        var joined: [UInt8] = []
        var starts: [Int] = []
        for piece in pieces {
            starts.append(joined.count)
            if case .bytes(let bytes) = piece { joined += bytes }
        }
        var found = pieces.map { _ in [BodySecret]() }
        for secret in all(in: joined) {
            guard let index = starts.lastIndex(where: { $0 <= secret.range.lowerBound }) else { continue }
            let range = secret.range.lowerBound - starts[index]..<secret.range.upperBound - starts[index]
            if case .bytes(let bytes) = pieces[index], range.upperBound <= bytes.count {
                found[index].append(BodySecret(name: secret.name, range: range))
            }
        }
        return found
    }

    /// Finds all in the query of a URL.
    package static func inQuery(of url: [UInt8]) -> [BodySecret] {
        let end = url.firstIndex(of: UInt8(ascii: "#")) ?? url.endIndex
        guard let start = url[..<end].firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return inForm(url[(start + 1)..<end])
    }

    /// Whether a name suggests a secret.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return SecretName.occurs(in: name) || names.contains(name)
    }

    private static func inForm(_ body: ArraySlice<UInt8>) -> [BodySecret] {
        var found: [BodySecret] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), equals + 1 < pair.endIndex else { continue }
            let name = ByteText.text(of: PercentEncoding.decode(pair[..<equals]))
            if name.utf8.count <= 200, isSecret(name) || holdsSecret(PercentEncoding.decode(pair[(equals + 1)...])) {
                found.append(BodySecret(name: name, range: equals + 1..<pair.endIndex))
            }
        }
        return found
    }

    /// Whether the value of a form's field is a JSON text or a URL with a secret.
    private static func holdsSecret(_ value: [UInt8]) -> Bool {
        if "[{".utf8.contains(value.first ?? 0) { return !inJSON(value).isEmpty }
        guard value.contains(UInt8(ascii: "?")) || value.contains(UInt8(ascii: "@")) else { return false }
        let text = ByteText.shown(ByteText.text(of: value))
        return !inQuery(of: value).isEmpty
            || text.contains(text: "//") && PrintableURL.hidingCredentials(in: text) != text
    }

    /// Each string whose next characters are a colon is a name; the value is what follows, up to the end of the string or
    /// number.
    private static func inJSON(_ body: [UInt8]) -> [BodySecret] {
        var found: [BodySecret] = []
        var index = 0
        while let start = body[index...].firstIndex(of: UInt8(ascii: "\"")) {
            guard let end = endOfString(body, start) else { break }
            index = end + 1
            guard let colon = body[index...].firstIndex(where: { $0 > 0x20 }), body[colon] == UInt8(ascii: ":"),
                let value = body[(colon + 1)...].firstIndex(where: { $0 > 0x20 })
            else { continue }
            let written = ByteText.text(of: Array(body[start + 1..<end]))
            var name = written
            if written.contains("\\"), case .string(let text)? = try? JSONValue.parse(body[start...end]) { name = text }
            guard isSecret(name) else { continue }
            if body[value] == UInt8(ascii: "\"") {
                guard let close = endOfString(body, value) else { break }
                if close > value + 1 { found.append(BodySecret(name: name, range: value + 1..<close)) }
                index = close + 1
            } else if body[value] == UInt8(ascii: "-") || body[value].isASCIIDigit {
                let rest = body[value...].prefix { $0 > 0x20 && !",}]".utf8.contains($0) }
                found.append(BodySecret(name: name, range: rest.indices))
                index = rest.endIndex
            } else if "[{".utf8.contains(body[value]) {
                index = addStrings(in: body, from: value, of: name, to: &found)
            }
        }
        return found
    }

    /// Adds the strings of an array or object that are values.
    ///
    /// - Returns: The index behind it.
    private static func addStrings(
        in body: [UInt8], from start: Int, of name: String, to found: inout [BodySecret]
    ) -> Int {
        var depth = 0
        var index = start
        while index < body.count {
            switch body[index] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "\""):
                guard let end = endOfString(body, index) else { return body.count }
                let isName = body[(end + 1)...].first { $0 > 0x20 } == UInt8(ascii: ":")
                if !isName, end > index + 1 { found.append(BodySecret(name: name, range: index + 1..<end)) }
                index = end
            default: break
            }
            index += 1
            if depth == 0 { break }
        }
        return index
    }

    private static func endOfString(_ body: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        while index < body.count {
            if body[index] == UInt8(ascii: "\"") { return index }
            index += body[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// The secrets of a part that is a JSON text or a form itself.
    private static func inValue(_ value: [UInt8]) -> [BodySecret] {
        "[{".utf8.contains(value.first { $0 > 0x20 } ?? 0) ? inJSON(value) : inForm(value[...])
    }

    private static func inParts(_ body: [UInt8]) -> [BodySecret] {
        guard let lineEnd = body.range(ofBytes: Array("\r\n".utf8)) else { return [] }
        let boundary = Array("\r\n".utf8) + body[..<lineEnd.lowerBound]
        var found: [BodySecret] = []
        var start = lineEnd.upperBound
        while let blank = body[start...].range(ofBytes: Array("\r\n\r\n".utf8)) {
            let end = body[blank.upperBound...].range(ofBytes: boundary)?.lowerBound ?? body.endIndex
            let head = body[start..<blank.lowerBound]
            if let begin = head.range(ofBytes: Array(" name=\"".utf8))?.upperBound,
                let close = head[begin...].firstIndex(of: UInt8(ascii: "\"")), end > blank.upperBound
            {
                let name = ByteText.text(of: Array(head[begin..<close]))
                if isSecret(name) {
                    found.append(BodySecret(name: name, range: blank.upperBound..<end))
                } else {
                    found += inValue(Array(body[blank.upperBound..<end])).map { inner in
                        let start = blank.upperBound + inner.range.lowerBound
                        return BodySecret(name: inner.name, range: start..<start + inner.range.count)
                    }
                }
            }
            start = end
            guard start < body.endIndex else { break }
            start = min(body.endIndex, start + boundary.count)
        }
        return found
    }
}
