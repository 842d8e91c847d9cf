import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import struct Foundation.Data
#endif

/// A SQLite database that is open: statements and queries, one at a time, on a thread of their own.
///
/// It comes from ``withStore(_:_:)`` and is closed when that returns.
public final class SQLiteStore: Sendable {
    private let queue: DatabaseQueue

    init(path: String) throws(FetchError) {
        do {
            queue = try path.isEmpty ? DatabaseQueue() : DatabaseQueue(path: path)
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `?` for each argument.
    ///   - arguments: The values for the `?`, in their order.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's words.
    public func execute(_ sql: String, _ arguments: [SQLiteValue] = []) async throws(FetchError) {
        try await execute(sql, rows: [arguments])
    }

    /// Runs a statement once for each row of arguments, all in one transaction: all of it happens, or nothing.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `?` for each argument.
    ///   - rows: The values for the `?`, a row for each run.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's words.
    public func execute(_ sql: String, rows: [[SQLiteValue]]) async throws(FetchError) {
        try await Self.translating { [queue] in
            try await queue.write { database in
                let statement = try database.makeStatement(sql: sql)
                for row in rows { try statement.execute(arguments: StatementArguments(row.map(\.databaseValue))) }
            }
        }
    }

    /// Runs a query.
    ///
    /// - Parameters:
    ///   - sql: The query, with `?` for each argument.
    ///   - arguments: The values for the `?`, in their order.
    /// - Returns: All rows of the result; in each a value for each column, by name.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's words.
    public func rows(
        _ sql: String, _ arguments: [SQLiteValue] = []
    ) async throws(FetchError) -> [[String: SQLiteValue]] {
        try await Self.translating { [queue] in
            try await queue.read { database in
                let found = try Row.fetchAll(
                    database, sql: sql, arguments: StatementArguments(arguments.map(\.databaseValue)))
                return found.map { row in
                    Dictionary(
                        row.map { ($0, SQLiteValue($1)) }, uniquingKeysWith: { first, _ in first })
                }
            }
        }
    }

    func close() { try? queue.close() }

    private static func translating<Result>(
        _ body: () async throws -> Result
    ) async throws(FetchError) -> Result {
        do {
            return try await body()
        } catch is CancellationError {
            throw FetchError(.cancelled, "the task was cancelled")
        } catch {
            throw failure("", error)
        }
    }

    private static func failure(_ path: String, _ error: any Error) -> FetchError {
        let reason = (error as? DatabaseError)?.message ?? "\(error)"
        return FetchError(.io, path.isEmpty ? reason : "\(path): \(reason)")
    }
}

/// A value of SQLite.
public enum SQLiteValue: Sendable, Hashable {
    /// NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob(Array(data))
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): bytes.withUnsafeBytes { Data($0) }.databaseValue
        }
    }
}

extension SQLiteValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }
    /// An integer.
    public init(integerLiteral number: Int64) { self = .integer(number) }
    /// A floating-point number.
    public init(floatLiteral number: Double) { self = .real(number) }
    /// NULL.
    public init(nilLiteral: ()) { self = .null }
}

/// Opens a SQLite database, runs the body with it, and closes it, whatever the body does.
///
/// ```swift
/// let dear = try await withStore("shop.db") { store in
///     try await store.rows("SELECT name FROM products WHERE price > ?", [50])
/// }
/// ```
///
/// - Parameters:
///   - path: The file, made if it is not there; empty for a database in memory.
///   - body: What to do with it.
/// - Returns: What the body returns.
/// - Throws: What the body throws; ``FetchError`` of kind `io` when the file cannot be opened.
public func withStore<Result>(
    _ path: String, _ body: (SQLiteStore) async throws -> Result
) async throws -> Result {
    let store = try SQLiteStore(path: path)
    defer { store.close() }
    return try await body(store)
}
