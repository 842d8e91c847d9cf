public import FetchHTTP
import FetchSQLite
import FetchSystem

/// An open SQLite database: statements and queries run one at a time, on its own thread.
///
/// It comes from ``withStore(_:_:)`` and is closed when that returns.
public final class SQLiteStore: Sendable {
    private let session: StoreSession
    private let thread: ThreadExecutor

    init(path: String) throws(FetchError) {
        session = StoreSession(try StoreSession.open(path))
        do throws(SystemFailure) {
            thread = try ThreadExecutor()
        } catch {
            throw FetchError(error)
        }
    }

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `?` for each argument.
    ///   - arguments: The values for the `?`, in their order.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's text.
    public func execute(_ sql: String, _ arguments: [SQLiteValue] = []) async throws(FetchError) {
        try await execute(sql, rows: [arguments])
    }

    /// Runs a statement once for each row of arguments in one transaction, which is committed or rolled back as a
    /// whole.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `?` for each argument.
    ///   - rows: The values for the `?`, a row for each run.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's text.
    public func execute(_ sql: String, rows: [[SQLiteValue]]) async throws(FetchError) {
        let rows = rows.map { $0.map(\.databaseValue) }
        try await withTaskExecutorPreference(thread) { [session] () async throws(FetchError) in
            try await session.execute(sql, rows)
        }
    }

    /// Runs a query.
    ///
    /// - Parameters:
    ///   - sql: The query, with `?` for each argument.
    ///   - arguments: The values for the `?`, in their order.
    /// - Returns: All rows of the result, each with a value for each column by name.
    /// - Throws: ``FetchError`` of kind `io` with SQLite's text.
    public func rows(
        _ sql: String, _ arguments: [SQLiteValue] = []
    ) async throws(FetchError) -> [[String: SQLiteValue]] {
        let values = arguments.map(\.databaseValue)
        return try await withTaskExecutorPreference(thread) { [session] () async throws(FetchError) in
            try await session.rows(sql, values)
        }
    }

    func close() async throws(FetchError) {
        defer { thread.shutdown() }
        try await withTaskExecutorPreference(thread) { [session] () async throws(FetchError) in
            try await session.close()
        }
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

    init(_ value: DatabaseValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real(number)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .text(let text): .text(text)
        case .blob(let bytes): .blob(bytes)
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

/// Opens a SQLite database, runs the body with it, and closes it, also when the body throws.
///
/// ```swift
/// let dear = try await withStore("shop.db") { store in
///     try await store.rows("SELECT name FROM products WHERE price > ?", [50])
/// }
/// ```
///
/// - Parameters:
///   - path: The file, created if it does not exist; empty for a database in memory.
///   - body: Uses the database.
/// - Returns: What the body returns.
/// - Throws: The body's error; ``FetchError`` of kind `io` when the file cannot be opened or closed.
public func withStore<Result>(
    _ path: String, _ body: (SQLiteStore) async throws -> Result
) async throws -> Result {
    let store = try SQLiteStore(path: path)
    let result: Result
    do {
        result = try await body(store)
    } catch {
        try? await store.close()
        throw error
    }
    try await store.close()
    return result
}
