/// A value that is bound to a statement or read from a row, in one of SQLite's five storage classes.
package enum DatabaseValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// An integer, or NULL.
    package static func int(_ value: Int?) -> DatabaseValue { value.map { .integer(Int64($0)) } ?? .null }

    /// An integer, or NULL.
    package static func int(_ value: Int64?) -> DatabaseValue { value.map { .integer($0) } ?? .null }

    /// A text, or NULL.
    package static func string(_ value: String?) -> DatabaseValue { value.map { .text($0) } ?? .null }
}
