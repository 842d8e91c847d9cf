import FetchHTTP
import FetchSystem

/// A value in the body of a request whose name suggests a secret: `password=…` of a form, `"password":"…"` of JSON, and a
/// part of `multipart/form-data` of such a name.
package struct BodySecret: Sendable, Equatable {
    /// The name.
    package let name: String
    /// Where the value is.
    package let range: Range<Int>

    /// Larger bodies are not searched: a file is not a form.
    static let largestBody = 1 << 20

    /// Finds all, in their order; they do not overlap.
    package static func all(in body: [UInt8]) -> [BodySecret] {
        guard body.count <= largestBody else { return [] }
        let isJSON = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(body.first { $0 > 0x20 } ?? 0)
        return isJSON ? inJSON(body) : body.starts(with: "--".utf8) ? inParts(body) : inForm(body)
    }

    /// Whether a name suggests a secret.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return SecretName.occurs(in: name) || ["passwd", "passphrase", "pwd", "pass", "credential"].contains(name)
    }

    private static func inForm(_ body: [UInt8]) -> [BodySecret] {
        var found: [BodySecret] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), equals + 1 < pair.endIndex else { continue }
            let name = ByteText.text(of: PercentEncoding.decode(pair[..<equals]))
            if name.utf8.count <= 200, isSecret(name) {
                found.append(BodySecret(name: name, range: equals + 1..<pair.endIndex))
            }
        }
        return found
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
            let name = ByteText.text(of: Array(body[start + 1..<end]))
            guard isSecret(name) else { continue }
            if body[value] == UInt8(ascii: "\"") {
                guard let close = endOfString(body, value) else { break }
                if close > value + 1 { found.append(BodySecret(name: name, range: value + 1..<close)) }
                index = close + 1
            } else if body[value] == UInt8(ascii: "-") || body[value].isASCIIDigit {
                let rest = body[value...].prefix { $0 > 0x20 && !",}]".utf8.contains($0) }
                found.append(BodySecret(name: name, range: rest.indices))
                index = rest.endIndex
            }
        }
        return found
    }

    private static func endOfString(_ body: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        while index < body.count {
            if body[index] == UInt8(ascii: "\"") { return index }
            index += body[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private static func inParts(_ body: [UInt8]) -> [BodySecret] {
        guard let lineEnd = body.firstRange(of: Array("\r\n".utf8)) else { return [] }
        let boundary = Array("\r\n".utf8) + body[..<lineEnd.lowerBound]
        var found: [BodySecret] = []
        var start = lineEnd.upperBound
        while let blank = body[start...].firstRange(of: Array("\r\n\r\n".utf8)) {
            let end = body[blank.upperBound...].firstRange(of: boundary)?.lowerBound ?? body.endIndex
            let head = body[start..<blank.lowerBound]
            if let begin = head.firstRange(of: Array(" name=\"".utf8))?.upperBound,
                let close = head[begin...].firstIndex(of: UInt8(ascii: "\"")), end > blank.upperBound
            {
                let name = ByteText.text(of: Array(head[begin..<close]))
                if isSecret(name) { found.append(BodySecret(name: name, range: blank.upperBound..<end)) }
            }
            start = end
            guard start < body.endIndex else { break }
            start = min(body.endIndex, start + boundary.count)
        }
        return found
    }
}
