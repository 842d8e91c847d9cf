import FetchHTTP
import FetchSQLite
import FetchSystem

/// The cache's file on its thread: a damaged file is renamed and recreated, and the run continues; a file that cannot
/// be written is still read.
struct CacheConnection {
    private let path: String
    private let network: NetworkOptions
    private let report: @Sendable (String) -> Void
    private var database: StoreDatabase?
    private var isReadOnly = false
    private(set) var keys: CacheKey.Maker

    /// Opens the file.
    ///
    /// - Parameters:
    ///   - repairs: Whether a damaged file is renamed and recreated.
    ///   - report: Receives messages.
    init(
        path: String, network: NetworkOptions, repairs: Bool, report: @escaping @Sendable (String) -> Void
    ) throws(StoreFailure) {
        self.path = path
        self.network = network
        self.report = report
        keys = CacheKey.Maker(secret: [], network: network)
        do {
            try open()
        } catch {
            guard repairs, case .damaged(let reason) = error else { throw error }
            try rebuild(reason)
        }
    }

    private mutating func open() throws(StoreFailure) {
        let opened = try StoreDatabase(path: path, kind: ResponseTable.kind)
        do {
            let secret = try ResponseTable(opened.connection).secret()
            keys = CacheKey.Maker(secret: secret, network: network)
        } catch {
            try? opened.close()
            throw StoreFailure(error)
        }
        database = opened
    }

    private mutating func rebuild(_ reason: String) throws(StoreFailure) {
        abandon()
        let aside = try DamagedFile.putAside(path)
        report("the cache \(path) is damaged (\(reason)); it was renamed to \(aside), and a new one is used")
        try open()
    }

    /// Reads; nil if that is not possible, and for a missing entry.
    mutating func read<Value>(_ body: (ResponseTable, CacheKey.Maker) throws -> Value?) -> Value? {
        guard let database else { return nil }
        do {
            return try body(ResponseTable(database.connection), keys)
        } catch {
            recover(from: error, doing: "read")
            return nil
        }
    }

    /// Writes everything or nothing.
    mutating func write(_ body: (ResponseTable, CacheKey.Maker) throws -> Void) {
        guard let database, !isReadOnly else { return }
        do {
            try database.connection.transaction { try body(ResponseTable(database.connection), keys) }
        } catch {
            if !recover(from: error, doing: "write") { isReadOnly = true }
        }
    }

    /// Returns free pages to the system.
    mutating func compact() {
        do {
            try database?.connection.execute("VACUUM")
        } catch {
            recover(from: error, doing: "compact")
        }
    }

    /// Closes the file; reports what could not be written.
    mutating func close() {
        do throws(StoreFailure) {
            try database?.close()
        } catch {
            if !isReadOnly { report("cannot write the cache \(path): \(error.message)") }
        }
        database = nil
    }

    /// Closes a damaged file.
    private mutating func abandon() {
        try? database?.close()
        database = nil
    }

    /// Reports what went wrong; true when a new file can be used instead.
    @discardableResult
    private mutating func recover(from error: any Error, doing what: String) -> Bool {
        let failure = StoreFailure(error)
        switch failure {
        case .damaged(let reason):
            do throws(StoreFailure) {
                try rebuild(reason)
                return true
            } catch {
                report("the cache \(path) is damaged and cannot be recreated; the run continues without it")
                abandon()
            }
        case .refused, .mismatch, .io: report("cannot \(what) the cache \(path): \(failure.message)")
        }
        return false
    }
}
