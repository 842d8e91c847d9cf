/// The body of an answer that was kept in memory.
extension Response {
    /// Its bytes, decoded from any Content-Encoding; empty where the body was not kept.
    public var bytes: [UInt8] {
        if case .bytes(let bytes) = body { bytes } else { [] }
    }

    /// Its text in UTF-8; what is no UTF-8 becomes U+FFFD.
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

/// Ways into a JSON value. Each is nil where the value is of another kind.
extension JSONValue {
    /// The value of a member of an object; the last one where the name occurs twice, as most readers have it.
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

    /// The value of a number, as near as floating point comes to it.
    public var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    /// The value of a number that is written as a whole one and fits.
    public var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}
