import FetchHTTP
import FetchSystem

/// The value of a body, as JSON text on one line.
package enum BodyValue {
    /// The members of a record that contain its body; it has one of them.
    package static let members = ["json", "body", "body_base64"]

    /// The text of a JSON body with all digits.
    ///
    /// - Throws: ``FetchError`` of kind `unparsable` for a body that is not JSON, or was not kept.
    static func json(of response: Response?) throws(FetchError) -> [UInt8] {
        let bytes = withoutMark(response?.bytes ?? [])
        var value: [UInt8] = []
        guard JSONText.append(bytes, into: &value) else {
            throw FetchError(.unparsable, "the body is not valid JSON: \(problem(of: bytes))")
        }
        return value
    }

    /// The text of a JSON body, or any other text as a JSON string.
    ///
    /// - Throws: ``FetchError`` of kind `unparsable` for a body that is neither, or that claims to be JSON and is not.
    static func jsonOrText(of response: Response?) throws(FetchError) -> [UInt8] {
        let says = response?.headers.contentType.map(JSONRecordWriter.isJSON) ?? false
        if says { return try json(of: response) }
        let bytes = response?.bytes ?? []
        var value: [UInt8] = []
        if JSONText.append(withoutMark(bytes), into: &value) { return value }
        guard UTF8Decoding.isText(bytes[...]) else {
            throw FetchError(.unparsable, "the body is neither JSON nor text")
        }
        bytes.withUnsafeBufferPointer { JSONWriter.string(utf8: $0, into: &value) }
        return value
    }

    /// Some servers put a BOM before their JSON; RFC 8259 §8.1 allows readers to ignore it.
    private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    }

    private static func problem(of bytes: ArraySlice<UInt8>) -> String {
        if bytes.isEmpty { return "it is empty" }
        do throws(ParseFailure) {
            try JSONText.validate(bytes)
            return "it cannot be read"
        } catch {
            return "\(error)"
        }
    }
}
