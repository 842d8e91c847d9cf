public import FetchSystem

/// The body of a response that was kept in memory.
extension Response {
    /// Its bytes, decoded from any Content-Encoding; empty if the body was not kept.
    public var bytes: [UInt8] {
        if case .bytes(let bytes) = body { bytes } else { [] }
    }

    /// Its text in UTF-8; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Its value as JSON (RFC 8259).
    ///
    /// - Throws: ``FetchError`` of kind `unparsable`.
    public func json() throws(FetchError) -> JSONValue {
        do throws(ParseFailure) {
            return try JSONValue.parse(bytes[...])
        } catch {
            throw FetchError(.unparsable, "the body is not valid JSON: \(error)")
        }
    }
}

/// Accessors of a JSON value. Each is nil if the value is of another type.
extension JSONValue {
    /// The value of a member of an object; the last one if the name occurs twice, as in most readers.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == name }?.value
    }

    /// The element at an index, from 0.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }

    /// The text of a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a number as the nearest floating-point number.
    public var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    /// The value of a number that is written as an integer and fits.
    public var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}
