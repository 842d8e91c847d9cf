/// A JSON value in memory: members keep their order and duplicates, numbers keep their text.
public indirect enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// The text of a number, with all digits.
    case number(String)
    /// The text of a string, with its escapes resolved.
    case string(String)
    /// The elements of an array.
    case array([JSONValue])
    /// The members of an object.
    case object([(key: String, value: JSONValue)])

    /// Parses one JSON text strictly, at most ``JSONText/depthLimit`` levels deep.
    public static func parse(_ bytes: ArraySlice<UInt8>) throws(ParseFailure) -> JSONValue {
        /// A container that is not closed yet.
        struct Frame {
            var isObject: Bool
            var keys: [String] = []
            var values: [JSONValue] = []

            var value: JSONValue {
                isObject ? .object(Array(zip(keys, values)).map { (key: $0, value: $1) }) : .array(values)
            }
        }

        var reader = JSONReader(bytes)
        // The outermost frame is the text itself; its one value is the result.
        var frames = [Frame(isObject: false)]
        while let event = try reader.next() {
            let finished: JSONValue
            switch event {
            case .beginObject, .beginArray:
                if case .beginObject = event {
                    frames.append(Frame(isObject: true))
                } else {
                    frames.append(Frame(isObject: false))
                }
                continue
            case .key(let range):
                frames[frames.count - 1].keys.append(JSONText.unescape(bytes[range]))
                continue
            case .endObject, .endArray: finished = frames.removeLast().value
            case .null: finished = .null
            case .bool(let bool): finished = .bool(bool)
            case .number(let range): finished = .number(String(decoding: bytes[range], as: UTF8.self))
            case .string(let range): finished = .string(JSONText.unescape(bytes[range]))
            }
            frames[frames.count - 1].values.append(finished)
        }
        guard let value = frames.first?.values.first else { throw reader.failure("a value is missing") }
        return value
    }

    /// The members of a text that must be one object, in order and with duplicates.
    package static func members(
        of bytes: ArraySlice<UInt8>
    ) throws(ParseFailure) -> [(key: String, value: JSONValue)] {
        guard case .object(let members) = try parse(bytes) else {
            throw ParseFailure("not an object", at: 0)
        }
        return members
    }
}

extension JSONValue: Equatable {
    /// Equal in every member, order and digit.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)):
            left.elementsEqual(right) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }
}
