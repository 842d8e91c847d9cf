/// A field of an object of GitHub's API: its name in REST, and what may stand in it beside null.
protocol GitHubField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What may stand in it.
    var kind: GitHubValueKind { get }
}

/// What may stand in a field.
enum GitHubValueKind: String, Sendable {
    case text = "a string"
    /// A whole number of 64 bits; no digit is lost.
    case integer = "an integer"
    case flag = "true or false"
}

/// The known fields of an object, each of the type that GitHub's schema gives it.
///
/// A field that is missing is null, as is one that is null; anything of another type makes the whole answer
/// `unparsable`, because half an object is worse than none.
struct GitHubObject<Field: GitHubField>: Sendable, Equatable {
    private var values: [Field: JSONValue] = [:]

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - value: What must be an object.
    ///   - what: What it is, for the message: `a user`.
    /// - Throws: ``FetchError/Kind/unparsable``, with the field and what stands there.
    init(_ value: JSONValue, what: String) throws(FetchError) {
        guard case .object(let members) = value else {
            throw .unparsable("the response is \(value.kindName), not \(what)")
        }
        for member in members {
            guard let field = Field(rawValue: member.key) else { continue }
            guard Self.fits(member.value, field.kind) else {
                throw .unparsable(
                    "the response is not \(what): \(field.rawValue) is \(member.value.kindName), not \(field.kind.rawValue)"
                )
            }
            values[field] = member.value
        }
    }

    /// The value of a field; null where there is none.
    subscript(field: Field) -> JSONValue { values[field] ?? .null }

    /// The text of a field, or nil.
    func text(_ field: Field) -> String? {
        if case .string(let text) = self[field] { return text }
        return nil
    }

    /// The whole number of a field, or nil.
    func integer(_ field: Field) -> Int64? {
        if case .number(let text) = self[field] { return Int64(text) }
        return nil
    }

    private static func fits(_ value: JSONValue, _ kind: GitHubValueKind) -> Bool {
        switch (value, kind) {
        case (.null, _), (.string, .text), (.bool, .flag): true
        case (.number(let text), .integer): Int64(text) != nil
        default: false
        }
    }
}

extension JSONValue {
    /// What kind of value it is, for a message.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number(let text): Int64(text) == nil ? "a number that is not a 64-bit integer" : "an integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Reads the body of an answer.
    ///
    /// - Throws: ``FetchError/Kind/unparsable``, with the offset in bytes and what is wrong there.
    static func parse(answer bytes: [UInt8]) throws(FetchError) -> JSONValue {
        do {
            return try parse(bytes[...])
        } catch {
            throw .unparsable("the response is not JSON: \(error)")
        }
    }
}

extension FetchError {
    /// An answer that is not what it should be.
    static func unparsable(_ message: String) -> FetchError { FetchError(.unparsable, message) }
}
