import FetchHTTP
import FetchSystem

/// A field of an object of GitHub's API: its name in REST, and its type besides null.
protocol GitHubField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The type of its value.
    var kind: GitHubValueKind { get }
}

/// The types of fields.
enum GitHubValueKind: String, Sendable {
    case text = "a string"
    /// An integer of 64 bits; no digit is lost.
    case integer = "an integer"
    case flag = "true or false"
}

/// The known fields of an object, each with the type of GitHub's schema.
///
/// A missing field is null. A value of another type makes the whole response `unparsable`, because half an object is
/// worse than none.
struct GitHubObject<Field: GitHubField>: Sendable, Equatable {
    private var values: [Field: JSONValue] = [:]

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - value: The value that must be an object.
    ///   - what: The name of the object for messages: `a user`.
    /// - Throws: ``FetchError/Kind/unparsable`` with the field and its value.
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

    /// The value of a field; null if it is missing.
    subscript(field: Field) -> JSONValue { values[field] ?? .null }

    /// The text of a field, or nil.
    func text(_ field: Field) -> String? {
        if case .string(let text) = self[field] { return text }
        return nil
    }

    /// The integer of a field, or nil.
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
    /// The type of the value, for messages.
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

    /// Parses the body of a response.
    ///
    /// - Throws: ``FetchError/Kind/unparsable`` with the offset in bytes and what is wrong there.
    static func parse(answer bytes: [UInt8]) throws(FetchError) -> JSONValue {
        do {
            return try parse(bytes[...])
        } catch {
            throw .unparsable("the response is not JSON: \(error)")
        }
    }
}

extension FetchError {
    /// A response that is not as expected.
    static func unparsable(_ message: String) -> FetchError { FetchError(.unparsable, message) }
}
